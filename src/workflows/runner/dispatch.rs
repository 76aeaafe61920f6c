//! Who drives a run, and when. What a run is, its state and the fence that guards every write, lies in PostgreSQL whoever drives it.

use super::{Claim, LOOK_EVERY};
use crate::{
    error::{Error, Result},
    ids::{OrganizationId, RunId},
    system::System,
    workflows::{
        begin::Begun,
        store::{self, Handed},
    },
};
use chrono::{DateTime, Utc};
use std::{future::Future, pin::Pin, time::Duration};

/// How often a server that was told to drive a run looks whether the one that holds it has let it go.
const ASK_EVERY: Duration = Duration::from_millis(500);

/// Hands runs out to servers.
pub trait Dispatch: Send + Sync {
    /// Whether a run belongs to the server that stores it, which drives it at once. Else it is nobody's until it is handed out.
    fn keeps(&self) -> bool;

    /// There is something to do for a run that is stored, committed and driven by nobody here. Comes back at once.
    fn wake(&self, system: &System, run: RunId, organization: OrganizationId);

    /// Works until the server stops.
    fn serve(&self, system: System) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

/// Servers that share a database share the runs: each drives what it stored, and looks for what others left behind or whose time has come.
pub struct Local;

impl Dispatch for Local {
    fn keeps(&self) -> bool {
        true
    }

    /// Whoever has the run looks at its next sign of life; nobody's run is found by [`Local::serve`].
    fn wake(&self, _: &System, _: RunId, _: OrganizationId) {}

    fn serve(&self, system: System) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async move {
            loop {
                match system.runner.take_up(&system).await {
                    Ok(0) => {}
                    Ok(count) => tracing::debug!(count, "took up runs that were left behind or whose time has come"),
                    Err(error) => tracing::warn!(%error, "could not look for runs that were left behind"),
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        })
    }
}

impl super::Runner {
    /// Who holds a run that is stored now: this server, or nobody yet.
    #[must_use]
    pub fn holder(&self) -> Option<uuid::Uuid> {
        self.0.dispatch.keeps().then_some(self.0.id)
    }

    /// Has a run driven that was stored and committed.
    pub(in crate::workflows) fn stored(&self, system: &System, begun: Begun) {
        let Begun { run: run_id, organization: organization_id, opened } = begun;
        match opened {
            None => self.0.dispatch.wake(system, run_id, organization_id),
            Some(opened) if opened.run.state.status.is_final() => {}
            Some(opened) => {
                self.start(system, Claim { run_id, organization_id, fence: 1 }, Some(opened), !self.0.dispatch.keeps());
            }
        }
    }

    /// There is something new for a run, whoever drives it.
    pub fn told(&self, system: &System, run: RunId, organization: OrganizationId) {
        if !self.wake(run) {
            self.0.dispatch.wake(system, run, organization);
        }
    }

    /// Drives a run that was handed to this server, until it has ended (`None`) or only waits: until this time, or (`None` too) for an answer.
    ///
    /// However often and to however many servers a run is handed, one drives it: whoever else is told waits until that one lets go or gives no
    /// sign of life any more. An error: this server stops, another one may be asked.
    pub async fn hold(&self, system: &System, organization_id: OrganizationId, run_id: RunId) -> Result<Option<DateTime<Utc>>> {
        loop {
            if *self.0.closing.borrow() {
                return Err(Error::Unavailable("This server stops.".to_owned()));
            }
            let mine = self.active().get(&run_id).map(|active| active.done.clone());
            let mut done = match mine {
                Some(done) => done,
                None => {
                    let mut tx = system.tenant_of(organization_id).await?;
                    let handed = store::take(&mut tx, run_id, self.0.id).await?;
                    tx.commit().await?;
                    match handed {
                        Handed::Taken(fence) => self.start(system, Claim { run_id, organization_id, fence }, None, false),
                        Handed::Waits(until) => return Ok(until),
                        Handed::Ended => return Ok(None),
                        Handed::Held => {
                            tokio::time::sleep(ASK_EVERY).await;
                            continue;
                        }
                    }
                }
            };
            // An error: it was aborted, because this server stops.
            let _ = done.wait_for(Option::is_some).await;
        }
    }

    /// Runs that have something to do and that nobody drives, although their time came or they were sent a while ago: what was lost on the way.
    pub async fn unsent(&self, system: &System, most: i32, again: Duration) -> Result<Vec<(RunId, OrganizationId)>> {
        store::unsent(system, most, again.as_secs_f64()).await
    }

    /// This run could not be handed out; [`Self::unsent`] finds it again.
    pub async fn not_sent(&self, system: &System, run: RunId, organization: OrganizationId) -> Result<()> {
        let mut tx = system.tenant_of(organization).await?;
        store::not_sent(&mut tx, run).await?;
        tx.commit().await
    }

    /// A run that was begun here and has been let go is handed out for what is left of it.
    pub(super) async fn tell(&self, system: &System, claim: Claim) {
        let open = async {
            let mut tx = system.tenant_of(claim.organization_id).await?;
            store::run_status(&mut tx, claim.run_id).await
        };
        match open.await {
            Ok(Some(status)) if !status.is_final() => self.0.dispatch.wake(system, claim.run_id, claim.organization_id),
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, run = %claim.run_id, "could not look whether a run goes on; it is handed out when its lease ends")
            }
        }
    }

    /// Hands out and takes up runs until the server stops.
    pub async fn serve(&self, system: System) {
        self.0.dispatch.serve(system).await;
    }
}
