//! What is pinned in a workflow.

use super::Pin;
use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    ids::WorkflowId,
    system::System,
    workflows::store,
};

/// By the steps' ids. Who may not build does not see them: they are data of runs.
pub async fn list(system: &System, actor: &Actor, workflow: WorkflowId) -> Result<Vec<Pin>> {
    actor.require(Permission::Build)?;
    let mut tx = system.tenant(actor).await?;
    store::find(&mut tx, actor, workflow).await?.ok_or(Error::NotFound("workflow"))?;
    store::pins(&mut tx, workflow).await
}
