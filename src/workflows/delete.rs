//! Deletes a workflow with its runs. The executions of its tools stay.

use super::store;
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    error::{Error, Result},
    ids::WorkflowId,
    system::System,
};

/// Runs that are under way stop: their runner finds nothing to write to any more.
pub async fn delete(system: &System, actor: &Actor, id: WorkflowId) -> Result<()> {
    actor.require(Permission::Build)?;
    let mut tx = system.tenant(actor).await?;
    let workflow = store::find(&mut tx, actor, id).await?.ok_or(Error::NotFound("workflow"))?;
    if !store::owns(actor, &workflow) {
        return Err(Error::Forbidden("Only its owner and admins may delete a workflow.".to_owned()));
    }
    let open = store::open_runs(&mut tx, id).await?;
    store::delete(&mut tx, id).await?;
    let before = serde_json::json!({ "name": workflow.name, "revision": workflow.revision, "definition": workflow.definition });
    let entry = audit::Entry {
        action: "workflow.delete",
        object_type: "workflow",
        object_id: Some(id.0),
        object_name: &workflow.display_name,
        before: Some(before),
        after: None,
    };
    audit::record(&mut tx, actor, system.clock.now(), entry).await?;
    tx.commit().await?;
    for run in open {
        system.runner.wake(run);
    }
    Ok(())
}
