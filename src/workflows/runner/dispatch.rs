//! Who drives a run, and when. What a run is, its state and the fence that guards every write, lies in PostgreSQL whoever drives it.

use super::{Claim, LOOK_EVERY};
use crate::{
    ids::{OrganizationId, RunId},
    system::System,
    workflows::begin::Begun,
};
use std::{future::Future, pin::Pin};

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
            Some(opened) => self.go_on(system, Claim { run_id, organization_id, fence: 1 }, Some(opened)),
        }
    }

    /// There is something new for a run, whoever drives it.
    pub fn told(&self, system: &System, run: RunId, organization: OrganizationId) {
        if !self.wake(run) {
            self.0.dispatch.wake(system, run, organization);
        }
    }

    /// Hands out and takes up runs until the server stops.
    pub async fn serve(&self, system: System) {
        self.0.dispatch.serve(system).await;
    }
}
