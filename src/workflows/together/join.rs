//! Listens to a draft: who has it open, and that somebody saved it.

use super::{
    LONGEST_ID, Present, Told,
    hub::{Hub, News, Room, Tab},
};
use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    ids::WorkflowId,
    system::System,
    workflows::store,
};
use std::time::{Duration, Instant};
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// How often who listens is asked for a sign of life. Less than half of how long they may be silent.
const PING: Duration = Duration::from_secs(8);
/// How long one may listen before one has to ask again, and is asked again who one is.
const LONGEST: Duration = Duration::from_secs(300);

/// Somebody who listens. Dropped, they are gone.
pub struct Seat {
    system: System,
    actor: Actor,
    workflow: WorkflowId,
    tab: String,
    told: Receiver<Option<Told>>,
    /// The newest revision that was told.
    revision: Option<i32>,
    since: Instant,
    ping: tokio::time::Instant,
    /// They come back at once: others need not hear of it.
    comes_back: bool,
}

/// Begins to listen to a draft that the actor may see, as this tab of a browser.
pub async fn join(system: &System, actor: &Actor, workflow: WorkflowId, tab: String) -> Result<Seat> {
    actor.require(Permission::See)?;
    check_tab(&tab)?;
    let mut tx = system.tenant(actor).await?;
    if !store::may_see(&mut tx, actor, workflow).await? {
        return Err(Error::NotFound("workflow"));
    }
    drop(tx);
    let hub = &system.together;
    let room = (actor.organization_id, workflow);
    let told = hub.enter(room, (actor.user_id, tab.clone()));
    let seat = Seat {
        system: system.clone(),
        actor: actor.clone(),
        workflow,
        tab: tab.clone(),
        told,
        revision: None,
        since: Instant::now(),
        ping: tokio::time::Instant::now() + PING,
        comes_back: false,
    };
    if let Err(error) = hub.listen(system).await {
        tracing::warn!(%error, "the other servers cannot be heard");
    }
    let chosen = hub.present(room).into_iter().find(|one| one.user == actor.user_id && one.tab == tab).and_then(|one| one.chosen);
    hub.tell(system, room, News::Here(Present { tab, user: actor.user_id, name: name(actor), chosen })).await;
    hub.tell(system, room, News::Who).await;
    Ok(seat)
}

pub(super) fn check_tab(tab: &str) -> Result<()> {
    let fine = (1..=LONGEST_ID).contains(&tab.len()) && tab.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if fine { Ok(()) } else { Err(Error::invalid("tab", "A tab is named by 1 to 100 letters and digits.")) }
}

/// What goes to all servers at once must be short.
pub(in crate::workflows) fn name(actor: &Actor) -> String {
    actor.user_name.chars().take(LONGEST_ID).collect()
}

impl Seat {
    fn room(&self) -> Room {
        (self.actor.organization_id, self.workflow)
    }

    fn own(&self) -> Tab {
        (self.actor.user_id, self.tab.clone())
    }

    /// What happened, as soon as something has; the first is the whole state. `None`: there is nothing more to tell, because the draft is gone,
    /// this server stops, or it was listened to long enough.
    pub async fn next(&mut self) -> Option<Told> {
        if self.revision.is_none() {
            return self.state().await;
        }
        loop {
            if self.since.elapsed() >= LONGEST {
                self.comes_back = true;
                return None;
            }
            let hub = self.system.together.clone();
            tokio::select! {
                told = self.told.recv() => match told {
                    Ok(Some(Told::Saved { revision, user, name })) => {
                        if self.revision.is_some_and(|known| known >= revision) {
                            continue;
                        }
                        self.revision = Some(revision);
                        return Some(Told::Saved { revision, user, name });
                    }
                    Ok(Some(told)) => return Some(told),
                    Ok(None) | Err(RecvError::Lagged(_)) => return self.state().await,
                    Err(RecvError::Closed) => return None,
                },
                () = tokio::time::sleep_until(self.ping) => {
                    self.ping = tokio::time::Instant::now() + PING;
                    hub.expire(self.room());
                    if let Err(error) = hub.listen(&self.system).await {
                        tracing::debug!(%error, "the other servers cannot be heard");
                    }
                    let known = self.revision;
                    return match self.newest().await {
                        Ok(None) => None,
                        Ok(newest) if newest > known => self.state().await,
                        Ok(_) | Err(_) => Some(Told::Ping),
                    };
                }
                () = self.system.runner.closed() => {
                    self.comes_back = true;
                    return None;
                }
            }
        }
    }

    async fn newest(&self) -> Result<Option<i32>> {
        let mut tx = self.system.tenant(&self.actor).await?;
        store::newest_revision(&mut tx, self.workflow).await
    }

    async fn state(&mut self) -> Option<Told> {
        match self.newest().await {
            Ok(Some(revision)) => {
                self.revision = Some(revision);
                Some(Told::State { revision, present: self.system.together.present(self.room()) })
            }
            Ok(None) => None,
            Err(error) => {
                tracing::warn!(%error, workflow = %self.workflow, "a draft can no longer be listened to");
                self.comes_back = true;
                None
            }
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let (room, own) = (self.room(), self.own());
        let hub: Hub = self.system.together.clone();
        if !hub.leave(room, &own) || self.comes_back {
            return;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let system = self.system.clone();
        runtime.spawn(async move { hub.tell(&system, room, News::Gone(own.0, own.1)).await });
    }
}
