//! Runs of workflows handed out by Restate, for more servers than PostgreSQL alone keeps busy (docs/scaling.md, docs/decisions/0196-restate.md).
//!
//! What a run is stays in PostgreSQL, guarded by its fence. Restate knows of a run that there is something to do for it, and now or when: it calls
//! [`runs`] on one of the servers, again and on another one if that server dies, and keeps the times of runs that wait. A run is stored first
//! and sent when that is committed; what was not sent, because Restate or this server was away, is found by a look every few seconds.

mod nodes;
mod runs;

use nodes::{Nodes, NotSent};
use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    net::TcpListener,
    sync::{Notify, Semaphore},
};
use toolcrib::{
    config,
    ids::{OrganizationId, RunId},
    system::System,
    workflows::runner::Dispatch,
};

/// How often a server looks for runs that should have been sent.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// When a run that was sent and that nobody drives is sent again.
const AGAIN_AFTER: Duration = Duration::from_secs(30);
const LOOK_FOR: i32 = 100;
/// How many runs are on their way to Restate at once.
const SENDS: usize = 64;
/// The longest pause between two tries to make this server known.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Clones are the same one.
#[derive(Clone)]
pub struct Restate(Arc<Inner>);

struct Inner {
    nodes: Nodes,
    sends: Semaphore,
    /// Where we listen; taken when serving begins.
    listener: Mutex<Option<TcpListener>>,
    identity: Option<String>,
    /// The address at which Restate reaches us.
    endpoint: String,
    /// Restate does not know our service: it was set up anew, or we were never there.
    unknown: Notify,
}

impl Restate {
    /// Listens. What is wrong with the configuration is said here, in one line.
    pub async fn open(config: &config::Restate) -> Result<Self, String> {
        runs::check_identity(config.identity.as_deref())?;
        let listener = TcpListener::bind(config.listen).await.map_err(|error| match error.kind() {
            std::io::ErrorKind::AddrInUse => format!("{} is in use. Set TOOLCRIB_RESTATE_LISTEN to another address.", config.listen),
            _ => format!("cannot listen on {} for Restate: {error}", config.listen),
        })?;
        let endpoint = config.endpoint.clone().unwrap_or_else(|| format!("http://{}", config.listen));
        Ok(Self(Arc::new(Inner {
            nodes: Nodes::new(config)?,
            sends: Semaphore::new(SENDS),
            listener: Mutex::new(Some(listener)),
            identity: config.identity.clone(),
            endpoint,
            unknown: Notify::new(),
        })))
    }

    /// Sends a run; where that fails the database notes it. False: Restate cannot be reached.
    async fn send(&self, system: &System, run: RunId, organization: OrganizationId) -> bool {
        let Err(why) = self.0.nodes.send(run, organization).await else { return true };
        if matches!(why, NotSent::Unknown) {
            self.0.unknown.notify_one();
        }
        tracing::warn!(%why, %run, "a run could not be handed out; that is tried again");
        if let Err(error) = system.runner.not_sent(system, run, organization).await {
            tracing::warn!(%error, %run, "could not note that a run was not handed out; it is sent again later");
        }
        false
    }

    /// Sends what was lost on the way.
    async fn look(&self, system: System) {
        loop {
            match system.runner.unsent(&system, LOOK_FOR, AGAIN_AFTER).await {
                Ok(runs) => {
                    let full = runs.len() == LOOK_FOR as usize;
                    let mut reached = true;
                    for (run, organization) in runs {
                        if reached {
                            reached = self.send(&system, run, organization).await;
                        } else if let Err(error) = system.runner.not_sent(&system, run, organization).await {
                            tracing::warn!(%error, %run, "could not note that a run was not handed out; it is sent again later");
                        }
                    }
                    if full && reached {
                        continue;
                    }
                }
                Err(error) => tracing::warn!(%error, "could not look for runs that were not handed out"),
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Makes the servers' address known to Restate, at every start: a newer release may have something new to say. Then whenever it is unknown.
    async fn make_known(&self) {
        loop {
            let mut pause = Duration::from_millis(500);
            while let Err(why) = self.0.nodes.register(&self.0.endpoint).await {
                tracing::warn!("Restate does not take this server up yet: {why}");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            tracing::info!(endpoint = self.0.endpoint, "Restate hands out the runs of workflows");
            self.0.unknown.notified().await;
        }
    }
}

impl Dispatch for Restate {
    fn keeps(&self) -> bool {
        false
    }

    fn wake(&self, system: &System, run: RunId, organization: OrganizationId) {
        let (this, system) = (self.clone(), system.clone());
        tokio::spawn(async move {
            // Never closed.
            let _turn = this.0.sends.acquire().await;
            this.send(&system, run, organization).await;
        });
    }

    fn serve(&self, system: System) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let this = self.clone();
        Box::pin(async move {
            let listener = this.0.listener.lock().unwrap_or_else(PoisonError::into_inner).take();
            let Some(listener) = listener else { return };
            let served = runs::serve(listener, system.clone(), this.0.identity.as_deref());
            tokio::join!(served, this.make_known(), this.look(system));
        })
    }
}
