//! Does what the engine says: calls tools, waits for retries, and stores the state before acting, so that a server may die at any moment.
//!
//! A run belongs to one server at a time: it holds a lease, renewed while it works, and a *fence*, a number raised whenever the run
//! changes hands. Every write names the fence; a server whose fence is old writes nothing and stops. That is also how a run is
//! cancelled: the fence is raised with the cancelled state, whichever server has it.
//!
//! A run that only waits, for a time or for somebody's answer, is let go: the database knows when it goes on, and any server takes it up then.
//!
//! Who drives which run, and when, is up to [`Dispatch`]: the servers among themselves ([`Local`]), or an engine beside them.

mod call;
mod changes;
pub(crate) mod children;
mod dispatch;
mod drive;
mod perform;

pub use call::{CallTool, ToolCall, ToolResult};
pub use dispatch::{Dispatch, Local};

use super::{
    engine::{Action, Plan},
    store::{self, OpenRun},
};
use crate::{
    actor::Actor,
    error::Result,
    ids::{OrganizationId, RunId},
    system::System,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{Notify, watch},
    task::AbortHandle,
};
use uuid::Uuid;

/// How often a server looks for runs that were left behind, or whose time has come.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often it gives a sign of life for each run it has.
const RENEW_EVERY: Duration = Duration::from_secs(5);
/// How many left-behind runs it takes up at once.
const TAKE_UP: i32 = 32;

/// One per server process. Clones are the same runner.
#[derive(Clone)]
pub struct Runner(Arc<Inner>);

struct Inner {
    id: Uuid,
    active: Mutex<HashMap<RunId, Active>>,
    tools: Arc<dyn CallTool>,
    dispatch: Arc<dyn Dispatch>,
    /// Told when the server is about to stop.
    closing: watch::Sender<bool>,
}

struct Active {
    claim: Claim,
    wake: Arc<Notify>,
    /// `None`: it is driven still. Then whether it has ended, or goes on elsewhere or later.
    done: watch::Receiver<Option<bool>>,
    task: AbortHandle,
}

/// The right to drive a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    pub run_id: RunId,
    pub organization_id: OrganizationId,
    pub fence: i64,
}

/// A run whose first turn is stored, and what that turn says is to be done.
pub(in crate::workflows) struct Opened {
    pub plan: Plan,
    pub run: OpenRun,
    pub actor: Actor,
    pub actions: Vec<Action>,
}

impl Default for Runner {
    fn default() -> Self {
        Self::new(Arc::new(call::Executions))
    }
}

impl Runner {
    /// `tools`: what carries out the calls.
    #[must_use]
    pub fn new(tools: Arc<dyn CallTool>) -> Self {
        Self::with(tools, Arc::new(Local))
    }

    /// The product's runner, with runs handed out by `dispatch`.
    #[must_use]
    pub fn dispatched(dispatch: Arc<dyn Dispatch>) -> Self {
        Self::with(Arc::new(call::Executions), dispatch)
    }

    fn with(tools: Arc<dyn CallTool>, dispatch: Arc<dyn Dispatch>) -> Self {
        // Names this process among those that share the database.
        Self(Arc::new(Inner { id: RunId::new().0, active: Mutex::default(), tools, dispatch, closing: watch::Sender::new(false) }))
    }

    #[must_use]
    pub fn id(&self) -> Uuid {
        self.0.id
    }

    fn active(&self) -> MutexGuard<'_, HashMap<RunId, Active>> {
        self.0.active.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Drives a run that this server holds, in the background.
    pub fn begin(&self, system: &System, claim: Claim) {
        self.start(system, claim, None, !self.0.dispatch.keeps());
    }

    /// `opened`: with its first turn taken and stored, else it is read. `tell`: whoever hands runs out does not know of this one, and is told when it
    /// is let go before its end.
    fn start(&self, system: &System, claim: Claim, opened: Option<Opened>, tell: bool) -> watch::Receiver<Option<bool>> {
        let wake = Arc::new(Notify::new());
        let (finished, done) = watch::channel(None);
        let (runner, system, signal) = (self.clone(), system.clone(), wake.clone());
        let mut active = self.active();
        let task = tokio::spawn(async move {
            let ended = drive::drive(&system, runner.0.tools.clone(), claim, opened, &signal).await;
            runner.forget(claim);
            finished.send_replace(Some(ended));
            if tell && !ended {
                runner.tell(&system, claim).await;
            }
        });
        active.insert(claim.run_id, Active { claim, wake, done: done.clone(), task: task.abort_handle() });
        done
    }

    fn forget(&self, claim: Claim) {
        let mut active = self.active();
        if active.get(&claim.run_id).is_some_and(|run| run.claim == claim) {
            active.remove(&claim.run_id);
        }
    }

    /// Tells whoever drives this run here to look whether it still may, and what was answered. False: nobody does here.
    pub fn wake(&self, run: RunId) -> bool {
        let active = self.active();
        let Some(active) = active.get(&run) else { return false };
        active.wake.notify_one();
        true
    }

    /// Comes back when the run has ended, or after `longest`.
    pub async fn wait(&self, system: &System, organization: OrganizationId, run: RunId, longest: Duration) -> Result<()> {
        let done = self.active().get(&run).map(|active| active.done.clone());
        let until = async {
            if let Some(mut done) = done {
                // An error: the driver is gone, then the database knows.
                let ended = done.wait_for(Option::is_some).await.is_ok_and(|done| *done == Some(true));
                if ended {
                    return Ok(());
                }
            }
            let mut pause = Duration::from_millis(5);
            loop {
                let mut tx = system.tenant_of(organization).await?;
                let status = store::run_status(&mut tx, run).await?;
                drop(tx);
                if status.is_none_or(super::engine::RunStatus::is_final) {
                    return Ok(());
                }
                tokio::time::sleep(pause).await;
                pause = (pause * 3 / 2).min(Duration::from_secs(1));
            }
        };
        tokio::time::timeout(longest, until).await.unwrap_or(Ok(()))
    }

    /// The server is about to stop: who waits for a run here is answered with what there is; runs go on until [`Self::shut_down`].
    pub fn close(&self) {
        self.0.closing.send_replace(true);
    }

    /// Comes back when the server is about to stop.
    pub async fn closed(&self) {
        // The sender lives as long as the runner.
        let _ = self.0.closing.subscribe().wait_for(|closing| *closing).await;
    }

    /// Takes up runs whose server is gone, and runs whose time has come. How many it took.
    pub async fn take_up(&self, system: &System) -> Result<usize> {
        let mut taken = 0;
        loop {
            let claims = store::claim(system, self.0.id, TAKE_UP).await?;
            for &(run_id, organization_id, fence) in &claims {
                self.begin(system, Claim { run_id, organization_id, fence });
            }
            taken += claims.len();
            if claims.len() < TAKE_UP as usize {
                return Ok(taken);
            }
        }
    }

    /// Stops driving at once, as a crash would.
    pub fn abort(&self) {
        for (_, active) in self.active().drain() {
            active.task.abort();
        }
    }

    /// Stops, and lets another server (or this one's next start) take up the open runs without waiting for the leases to end.
    pub async fn shut_down(&self, system: &System) {
        let claims: Vec<Claim> = self.active().values().map(|active| active.claim).collect();
        self.abort();
        for claim in claims {
            let released = async {
                let mut tx = system.tenant_of(claim.organization_id).await?;
                store::release(&mut tx, claim.run_id, claim.fence).await?;
                tx.commit().await
            };
            if let Err(error) = released.await {
                tracing::warn!(%error, run = %claim.run_id, "could not release a run");
            }
        }
    }
}
