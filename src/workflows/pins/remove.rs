//! Takes a pin away: the step runs again.

use crate::{
    access::Permission,
    actor::Actor,
    audit,
    error::{Error, Result},
    ids::WorkflowId,
    system::System,
    workflows::store,
};
use serde_json::json;

/// Also the pin of a step that is gone from the draft since.
pub async fn remove(system: &System, actor: &Actor, workflow: WorkflowId, node: &str) -> Result<()> {
    actor.require(Permission::Build)?;
    let mut tx = system.tenant(actor).await?;
    let found = store::find(&mut tx, actor, workflow).await?.ok_or(Error::NotFound("workflow"))?;
    if !store::may_change(actor, &found) {
        return Err(Error::Forbidden("Only its owner and admins may change a private workflow.".to_owned()));
    }
    if !store::remove_pin(&mut tx, workflow, node).await? {
        return Err(Error::NotFound("pin"));
    }
    let entry = audit::Entry {
        action: "workflow.unpin",
        object_type: "workflow",
        object_id: Some(workflow.0),
        object_name: &found.display_name,
        before: Some(json!({ "node": node })),
        after: None,
    };
    audit::record(&mut tx, actor, system.clock.now(), entry).await?;
    tx.commit().await
}
