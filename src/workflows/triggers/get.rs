//! The triggers of a workflow.

use super::{Trigger, start::with_upcoming, store};
use crate::{
    access::Permission,
    actor::Actor,
    db::TenantTx,
    error::{Error, Result},
    ids::{TriggerId, WorkflowId},
    system::System,
    workflows::{Workflow, store as workflows},
};

/// All, the oldest first.
pub async fn list(system: &System, actor: &Actor, workflow: WorkflowId) -> Result<Vec<Trigger>> {
    let (mut tx, _) = readable(system, actor, workflow).await?;
    let now = system.clock.now();
    Ok(store::list(&mut tx, workflow, None).await?.into_iter().map(|trigger| with_upcoming(trigger, now)).collect())
}

/// One.
pub async fn get(system: &System, actor: &Actor, workflow: WorkflowId, id: TriggerId) -> Result<Trigger> {
    let (mut tx, _) = readable(system, actor, workflow).await?;
    Ok(with_upcoming(find(&mut tx, workflow, id).await?, system.clock.now()))
}

pub(super) async fn readable(system: &System, actor: &Actor, workflow: WorkflowId) -> Result<(TenantTx, Workflow)> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    let workflow = workflows::find(&mut tx, actor, workflow).await?.ok_or(Error::NotFound("workflow"))?;
    Ok((tx, workflow))
}

/// The same for whoever wants to change a trigger: who may change the workflow.
pub(super) async fn changeable(system: &System, actor: &Actor, workflow: WorkflowId) -> Result<(TenantTx, Workflow)> {
    actor.require(Permission::Build)?;
    let (tx, workflow) = readable(system, actor, workflow).await?;
    if !workflows::may_change(actor, &workflow) {
        return Err(Error::Forbidden("Only its owner and admins may change what starts a private workflow.".to_owned()));
    }
    Ok((tx, workflow))
}

pub(super) async fn find(tx: &mut TenantTx, workflow: WorkflowId, id: TriggerId) -> Result<Trigger> {
    store::list(tx, workflow, Some(id)).await?.pop().ok_or(Error::NotFound("trigger"))
}
