//! Work of one kind that comes while such work is being done is done together next: nobody waits for company, and a crowd waits once.

use crate::error::{Error, Result};
use std::{
    collections::HashMap,
    future::Future,
    hash::Hash,
    marker::PhantomData,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};
use tokio::{runtime::Handle, sync::oneshot};

/// At most so much goes together: an array of JSON has its limits, and so has a lock's time.
const ITEMS: usize = 200;
const BYTES: usize = 4 * 1024 * 1024;

/// A question that several ask at the same time: one answer, sought after the last of them asked, is as good as one for each.
pub(crate) struct Question<R>(PhantomData<fn() -> R>);

impl<R> Default for Question<R> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<R: Send + 'static> Item for Question<R> {
    type Done = R;
    fn bytes(&self) -> usize {
        0
    }
}

impl<K: Clone + Eq + Hash + Send + 'static, R: Clone + Send + 'static> Gather<K, Question<R>> {
    /// The answer that `seek` finds, for all who ask the same before it begins.
    pub async fn answer<W, F>(&self, key: K, seek: W) -> Result<R>
    where
        W: Fn() -> F + Send + Sync + 'static,
        F: Future<Output = Result<R>> + Send + 'static,
    {
        let seek_for = move |asked: Vec<Question<R>>| {
            let sought = seek();
            async move {
                match sought.await {
                    Ok(answer) => asked.iter().map(|_| Ok(answer.clone())).collect(),
                    Err(error) => {
                        let why = error.to_string();
                        let others = asked.iter().skip(1).map(|_| Err(Error::internal(why.clone())));
                        std::iter::once(Err(error)).chain(others).collect()
                    }
                }
            }
        };
        self.done(key, Question::default(), seek_for).await
    }
}

/// What can be done together.
pub(crate) trait Item: Send + 'static {
    type Done: Send + 'static;
    fn bytes(&self) -> usize;
}

struct Waiting<T: Item> {
    item: T,
    answer: oneshot::Sender<Result<T::Done>>,
}

/// A key that is here has somebody at work.
type Queues<K, T> = HashMap<K, Vec<Waiting<T>>>;

/// What waits, by what belongs together.
pub(crate) struct Gather<K, T: Item>(Arc<Mutex<Queues<K, T>>>);

impl<K, T: Item> Clone for Gather<K, T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K, T: Item> Default for Gather<K, T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Clone + Eq + Hash + Send + 'static, T: Item> Gather<K, T> {
    fn queues(&self) -> MutexGuard<'_, Queues<K, T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has `item` done, by `work` of whoever came first; `work` answers each item in its order.
    pub async fn done<W, F>(&self, key: K, item: T, work: W) -> Result<T::Done>
    where
        W: Fn(Vec<T>) -> F + Send + 'static,
        F: Future<Output = Vec<Result<T::Done>>> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { item, answer };
        let is_first = {
            let mut queues = self.queues();
            match queues.get_mut(&key) {
                Some(queue) => {
                    queue.push(waiting);
                    false
                }
                None => {
                    queues.insert(key.clone(), vec![waiting]);
                    true
                }
            }
        };
        if is_first {
            let last = Last { gather: self.clone(), key, is_over: false };
            Carried(Some(Box::pin(last.begin(work)))).await;
        }
        answered.await.unwrap_or_else(|_| Err(Error::internal("what was to be written together was given up")))
    }
}

/// Whoever is at work for a key; however that ends, the next caller begins anew.
struct Last<K: Clone + Eq + Hash + Send + 'static, T: Item> {
    gather: Gather<K, T>,
    key: K,
    /// The queue is gone; another of the same key is somebody else's.
    is_over: bool,
}

/// Items, and who waits for each.
type Taken<T> = (Vec<T>, Vec<oneshot::Sender<Result<<T as Item>::Done>>>);

/// Work that a caller does, and that goes on without them if they hang up: others wait for it.
struct Carried(Option<Pin<Box<dyn Future<Output = ()> + Send>>>);

impl Future for Carried {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Some(work) = &mut self.0 else { return Poll::Ready(()) };
        let done = work.as_mut().poll(context);
        if done.is_ready() {
            self.0 = None;
        }
        done
    }
}

impl Drop for Carried {
    fn drop(&mut self) {
        if let (Some(work), Ok(runtime)) = (self.0.take(), Handle::try_current())
            && !std::thread::panicking()
        {
            runtime.spawn(work);
        }
    }
}

impl<K: Clone + Eq + Hash + Send + 'static, T: Item> Last<K, T> {
    /// The first caller does what they came for themselves, without a task in between; what came meanwhile is not theirs to wait for.
    async fn begin<W, F>(mut self, work: W)
    where
        W: Fn(Vec<T>) -> F + Send + 'static,
        F: Future<Output = Vec<Result<T::Done>>> + Send + 'static,
    {
        if let Some((items, answers)) = self.next() {
            answer(answers, work(items).await);
        }
        if let Some((items, answers)) = self.next() {
            tokio::spawn(async move {
                answer(answers, work(items).await);
                while let Some((items, answers)) = self.next() {
                    answer(answers, work(items).await);
                }
            });
        }
    }

    /// As much as goes together; the queue goes when there is nothing.
    fn next(&mut self) -> Option<Taken<T>> {
        if self.is_over {
            return None;
        }
        let mut queues = self.gather.queues();
        let queue = queues.get_mut(&self.key)?;
        let mut bytes = 0;
        let fits = queue.iter().take(ITEMS).take_while(|waiting| {
            bytes += waiting.item.bytes();
            bytes <= BYTES
        });
        // One that is too large for company goes alone.
        let number = fits.count().max(1).min(queue.len());
        if number == 0 {
            queues.remove(&self.key);
            self.is_over = true;
            return None;
        }
        Some(queue.drain(..number).map(|waiting| (waiting.item, waiting.answer)).unzip())
    }
}

fn answer<R>(answers: Vec<oneshot::Sender<R>>, done: Vec<R>) {
    for (answer, done) in answers.into_iter().zip(done) {
        // Nobody may be there any more to hear it.
        let _ = answer.send(done);
    }
}

impl<K: Clone + Eq + Hash + Send + 'static, T: Item> Drop for Last<K, T> {
    fn drop(&mut self) {
        // After a panic, or at the end of the runtime: who waits hears that nothing was done.
        if !self.is_over {
            self.gather.queues().remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{sync::atomic::AtomicUsize, sync::atomic::Ordering::SeqCst, time::Duration};

    struct Number(usize);

    impl Item for Number {
        type Done = usize;
        fn bytes(&self) -> usize {
            self.0
        }
    }

    /// The moment between the last look into the queue and its end: who comes then begins a queue of their own, which stays.
    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn who_comes_at_the_very_end_of_others_work_is_not_given_up() {
        let gather = Gather::<&str, Number>::default();
        let callers = (0..8).map(|caller| {
            let gather = gather.clone();
            tokio::spawn(async move {
                for number in 0..5_000 {
                    let work = |items: Vec<Number>| async move { items.into_iter().map(|item| Ok(item.0)).collect() };
                    assert_eq!(gather.done("key", Number(number + caller), work).await.unwrap(), number + caller);
                }
            })
        });
        for caller in callers.collect::<Vec<_>>() {
            caller.await.unwrap();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_comes_during_work_is_done_together_and_each_hears_its_own() {
        let (gather, rounds) = (Gather::<&str, Number>::default(), Arc::new(AtomicUsize::new(0)));
        let one = |number: usize| {
            let (gather, rounds) = (gather.clone(), rounds.clone());
            async move {
                let work = move |items: Vec<Number>| {
                    rounds.fetch_add(1, SeqCst);
                    async move {
                        tokio::time::sleep(Duration::from_secs(1)).await;
                        items.into_iter().map(|item| Ok(item.0 * 2)).collect()
                    }
                };
                gather.done("key", Number(number), work).await.unwrap()
            }
        };
        let all = futures_util::future::join_all((0..100).map(one)).await;
        assert_eq!(all, (0..100).map(|number| number * 2).collect::<Vec<_>>());
        assert!(rounds.load(SeqCst) <= 2, "{rounds:?}");
        assert!(gather.queues().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_is_sought_after_it_was_asked_for() {
        let (gather, now) = (Gather::<&str, Question<usize>>::default(), Arc::new(AtomicUsize::new(0)));
        let ask = |after: u64| {
            let (gather, now) = (gather.clone(), now.clone());
            async move {
                tokio::time::sleep(Duration::from_millis(after)).await;
                let asked = now.fetch_add(1, SeqCst);
                let seek = move || {
                    let now = now.clone();
                    async move {
                        let seen = now.load(SeqCst);
                        tokio::time::sleep(Duration::from_millis(7)).await;
                        Ok(seen)
                    }
                };
                (asked, gather.answer("key", seek).await.unwrap())
            }
        };
        let all = futures_util::future::join_all((0..50).map(ask)).await;
        assert!(all.iter().all(|(asked, seen)| seen > asked), "{all:?}");
        assert!(all.iter().map(|(_, seen)| seen).collect::<std::collections::HashSet<_>>().len() < 12, "{all:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn who_hangs_up_in_the_middle_holds_nobody_up() {
        let gather = Gather::<&str, Number>::default();
        let slow = |items: Vec<Number>| async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            items.into_iter().map(|item| Ok(item.0)).collect()
        };
        let first = tokio::time::timeout(Duration::from_millis(500), gather.done("key", Number(1), slow));
        let other = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            gather.done("key", Number(2), slow).await
        };
        let (first, other) = tokio::join!(first, other);
        assert!(first.is_err());
        assert_eq!(other.unwrap(), 2);
        assert!(gather.queues().is_empty());
    }

    #[tokio::test]
    async fn what_is_large_goes_alone_and_what_panics_holds_nobody_up() {
        let gather = Gather::<&str, Number>::default();
        let sizes = |items: Vec<Number>| async move { items.iter().map(|_| Ok(items.len())).collect() };
        let (one, other) = tokio::join!(gather.done("key", Number(BYTES + 1), sizes), gather.done("key", Number(BYTES + 1), sizes));
        assert_eq!((one.unwrap(), other.unwrap()), (1, 1));
        let broken = {
            let gather = gather.clone();
            tokio::spawn(async move { gather.done("key", Number(1), |_: Vec<Number>| async { panic!("on purpose") }).await })
        };
        assert!(broken.await.is_err());
        assert_eq!(gather.done("key", Number(1), sizes).await.unwrap(), 1);
    }
}
