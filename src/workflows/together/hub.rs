//! What this server knows of who has which draft open, and how the servers of one database tell each other. A server listens while somebody has
//! a canvas open at it. Where notifications do not come through (a pooler in transaction mode), those at the same server see each other all the
//! same, and a save elsewhere is found by looking.

use super::{Present, Told};
use crate::{
    error::Result,
    ids::{OrganizationId, UserId, WorkflowId},
    system::System,
    workflows::store,
};
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgListener;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::{sync::broadcast, task::JoinHandle};
use uuid::Uuid;

/// Who has given no sign for so long is gone.
const GONE_AFTER: Duration = Duration::from_secs(20);
/// How often a server looks whether anybody listens to it still.
const IDLE: Duration = Duration::from_secs(15);
/// More news at once than this, and who listens is told everything anew.
const NEWS: usize = 64;

/// A draft of an organization.
pub(in crate::workflows) type Room = (OrganizationId, WorkflowId);
/// A tab is its person's: nobody speaks for another's.
pub(super) type Tab = (UserId, String);

/// Clones share what is known.
#[derive(Clone, Default)]
pub struct Hub(Arc<Inner>);

#[derive(Default)]
struct Inner {
    rooms: Mutex<HashMap<Room, Open>>,
    listening: tokio::sync::Mutex<Option<JoinHandle<()>>>,
}

/// A draft that somebody at this server has open.
struct Open {
    /// Who listens here; a tab that connects anew does so before the old connection is known to be gone.
    seats: BTreeMap<Tab, u32>,
    present: BTreeMap<Tab, (Present, Instant)>,
    /// `None`: something may have been missed.
    told: broadcast::Sender<Option<Told>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::workflows) enum News {
    Here(Present),
    Gone(UserId, String),
    Saved {
        revision: i32,
        user: UserId,
        name: String,
    },
    /// A server that has just opened the draft asks who has it open elsewhere.
    Who,
}

/// What servers tell each other.
#[derive(Serialize, Deserialize)]
struct Message {
    from: Uuid,
    organization: OrganizationId,
    workflow: WorkflowId,
    news: News,
}

impl Open {
    fn list(&self) -> Vec<Present> {
        self.present.values().map(|(present, _)| present.clone()).collect()
    }

    fn tell(&self, told: Told) {
        // Nobody listening is no failure.
        let _ = self.told.send(Some(told));
    }
}

impl Hub {
    fn rooms(&self) -> MutexGuard<'_, HashMap<Room, Open>> {
        self.0.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens the draft here, for one more who listens.
    pub(super) fn enter(&self, room: Room, tab: Tab) -> broadcast::Receiver<Option<Told>> {
        let mut rooms = self.rooms();
        let open = rooms.entry(room).or_insert_with(|| Open {
            seats: BTreeMap::new(),
            present: BTreeMap::new(),
            told: broadcast::Sender::new(NEWS),
        });
        *open.seats.entry(tab).or_default() += 1;
        open.told.subscribe()
    }

    /// One fewer listens. Whether that was the tab's last connection here.
    pub(super) fn leave(&self, room: Room, tab: &Tab) -> bool {
        let mut rooms = self.rooms();
        let Some(open) = rooms.get_mut(&room) else { return true };
        let left = open.seats.get_mut(tab).map_or(0, |count| {
            *count -= 1;
            *count
        });
        if left == 0 {
            open.seats.remove(tab);
        }
        if open.seats.is_empty() {
            rooms.remove(&room);
        }
        left == 0
    }

    pub(super) fn present(&self, room: Room) -> Vec<Present> {
        self.rooms().get(&room).map(Open::list).unwrap_or_default()
    }

    /// Takes in what happened, here or at another server, and tells who listens here.
    pub(in crate::workflows) fn apply(&self, room: (OrganizationId, WorkflowId), news: News) {
        let mut rooms = self.rooms();
        let Some(open) = rooms.get_mut(&room) else { return };
        match news {
            News::Here(present) => {
                let tab = (present.user, present.tab.clone());
                let old = open.present.insert(tab, (present.clone(), Instant::now()));
                if old.is_none_or(|(old, _)| old != present) {
                    open.tell(Told::Present { present: open.list() });
                }
            }
            News::Gone(user, tab) => {
                if open.present.remove(&(user, tab)).is_some() {
                    open.tell(Told::Present { present: open.list() });
                }
            }
            News::Saved { revision, user, name } => open.tell(Told::Saved { revision, user, name }),
            News::Who => {}
        }
    }

    /// Lets go of who has given no sign for long.
    pub(super) fn expire(&self, room: Room) {
        let mut rooms = self.rooms();
        let Some(open) = rooms.get_mut(&room) else { return };
        let before = open.present.len();
        open.present.retain(|_, (_, seen)| seen.elapsed() < GONE_AFTER);
        if open.present.len() != before {
            open.tell(Told::Present { present: open.list() });
        }
    }

    /// The text by which the other servers are told; goes with the transaction that it is about.
    pub(in crate::workflows) fn message(
        system: &System,
        (organization, workflow): (OrganizationId, WorkflowId),
        news: News,
    ) -> Result<String> {
        let message = Message { from: system.runner.id(), organization, workflow, news };
        serde_json::to_string(&message).map_err(|error| crate::error::Error::Internal(Box::new(error)))
    }

    /// Takes in what happened here and tells the other servers. That they could not be told is logged: they find out by looking.
    pub(super) async fn tell(&self, system: &System, room: Room, news: News) {
        self.apply(room, news.clone());
        let sent = async {
            let text = Self::message(system, room, news)?;
            let mut connection = system.pool.acquire().await?;
            store::tell_servers(&mut connection, &text).await
        };
        if let Err(error) = sent.await {
            tracing::warn!(%error, "the other servers could not be told who has a draft open");
        }
    }

    /// Listens to the other servers, from now until nobody has a draft open here.
    pub(super) async fn listen(&self, system: &System) -> Result<()> {
        let mut listening = self.0.listening.lock().await;
        if listening.as_ref().is_some_and(|task| !task.is_finished()) {
            return Ok(());
        }
        // A connection of its own, made as the pool makes them: it is held for long.
        let pool = system.pool.options().clone().min_connections(0).max_connections(1).max_lifetime(None).idle_timeout(None);
        let pool = pool.connect_lazy_with((*system.pool.connect_options()).clone());
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.listen(store::DRAFTS).await?;
        let (hub, system) = (self.clone(), system.clone());
        *listening = Some(tokio::spawn(async move { hub.hear(&system, listener).await }));
        Ok(())
    }

    async fn hear(&self, system: &System, mut listener: PgListener) {
        loop {
            tokio::select! {
                heard = listener.try_recv() => match heard {
                    Ok(Some(note)) => self.heard(system, note.payload()).await,
                    // The connection was lost and made anew.
                    Ok(None) => self.rooms().values().for_each(|open| drop(open.told.send(None))),
                    Err(error) => {
                        tracing::warn!(%error, "the other servers can no longer be heard; who comes next tries again");
                        return;
                    }
                },
                () = tokio::time::sleep(IDLE) => {}
                () = system.runner.closed() => return,
            }
            if self.rooms().is_empty() {
                // Whoever enters waits for this lock before they rely on being told.
                let mut listening = self.0.listening.lock().await;
                if self.rooms().is_empty() {
                    *listening = None;
                    return;
                }
            }
        }
    }

    async fn heard(&self, system: &System, payload: &str) {
        let Ok(message) = serde_json::from_str::<Message>(payload) else {
            tracing::debug!("something was told that this server does not understand: another one is newer");
            return;
        };
        if message.from == system.runner.id() {
            return;
        }
        let room = (message.organization, message.workflow);
        if message.news != News::Who {
            return self.apply(room, message.news);
        }
        // Each server answers for those that listen to it.
        let mine: Vec<Present> = self.rooms().get(&room).map_or_else(Vec::new, |open| {
            let own = open.present.iter().filter(|(tab, _)| open.seats.contains_key(*tab));
            own.map(|(_, (present, _))| present.clone()).collect()
        });
        for present in mine {
            self.tell(system, room, News::Here(present)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn somebody(tab: &str) -> Present {
        Present { tab: tab.to_owned(), user: UserId(Uuid::from_u128(1)), name: "Ada".to_owned(), chosen: None }
    }

    fn room() -> Room {
        (OrganizationId(Uuid::from_u128(2)), WorkflowId(Uuid::from_u128(3)))
    }

    fn tabs(told: Option<Told>) -> Vec<String> {
        match told {
            Some(Told::Present { present }) => present.into_iter().map(|one| one.tab).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn who_listens_is_told_who_comes_chooses_and_goes_and_nothing_twice() {
        let hub = Hub::default();
        let tab = |name: &str| (UserId(Uuid::from_u128(1)), name.to_owned());
        let mut told = hub.enter(room(), tab("a"));
        hub.apply(room(), News::Here(somebody("a")));
        assert_eq!(tabs(told.try_recv().expect("news")), ["a"]);
        hub.apply(room(), News::Here(somebody("a")));
        assert!(told.try_recv().is_err(), "a sign of life is no news");
        hub.apply(room(), News::Here(Present { chosen: Some("load".to_owned()), ..somebody("b") }));
        assert_eq!(tabs(told.try_recv().expect("news")), ["a", "b"]);
        hub.apply((room().0, WorkflowId(Uuid::from_u128(9))), News::Here(somebody("c")));
        assert!(told.try_recv().is_err(), "another draft is none of its business");
        hub.apply(room(), News::Gone(UserId(Uuid::from_u128(8)), "b".to_owned()));
        assert!(told.try_recv().is_err(), "nobody sends another away");
        hub.apply(room(), News::Gone(UserId(Uuid::from_u128(1)), "b".to_owned()));
        assert_eq!(tabs(told.try_recv().expect("news")), ["a"]);
    }

    #[test]
    fn a_draft_that_nobody_has_open_is_forgotten_and_a_tab_that_came_again_is_not_gone() {
        let hub = Hub::default();
        let tab = (UserId(Uuid::from_u128(1)), "a".to_owned());
        let (_first, _second) = (hub.enter(room(), tab.clone()), hub.enter(room(), tab.clone()));
        hub.apply(room(), News::Here(somebody("a")));
        assert!(!hub.leave(room(), &tab));
        assert_eq!(hub.present(room()).len(), 1);
        assert!(hub.leave(room(), &tab));
        assert!(hub.rooms().is_empty());
    }
}
