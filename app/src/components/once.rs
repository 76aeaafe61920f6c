//! What a page makes of its data is made once.

/// Stands between a resource and what is made of it, where that has resources of its own.
///
/// The server looks through a page, perhaps several times, to find what it must wait for, and throws away what it found; where the data are there
/// already, that would be the whole page with new resources, whose requests were made for nothing, lost their contexts, and failed now and then.
/// This is never there at first sight, so that only the page that is sent is made. In the browser it does nothing.
pub async fn once() {
    #[cfg(feature = "ssr")]
    {
        let mut looked = false;
        std::future::poll_fn(move |context| {
            if std::mem::replace(&mut looked, true) {
                return std::task::Poll::Ready(());
            }
            context.waker().wake_by_ref();
            std::task::Poll::Pending
        })
        .await;
    }
}
