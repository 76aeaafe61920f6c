//! What was published of a workflow: list, read, compare, restore.

use super::{
    UpdateWorkflow, Workflow, WorkflowComparison, WorkflowVersion, WorkflowVersionHead, get::get, graph::compare::changes, store, update,
};
use crate::{
    access::Permission,
    actor::Actor,
    db::TenantTx,
    error::{Error, Result},
    ids::WorkflowId,
    page::{Page, decode_place, encode_place},
    system::System,
};

async fn readable(system: &System, actor: &Actor, id: WorkflowId) -> Result<(TenantTx, Workflow)> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    let workflow = store::find(&mut tx, actor, id).await?.ok_or(Error::NotFound("workflow"))?;
    Ok((tx, workflow))
}

/// Newest first, in pages of `limit` (1 to 200; 50 when left out).
pub async fn versions(
    system: &System,
    actor: &Actor,
    id: WorkflowId,
    cursor: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<WorkflowVersionHead>> {
    let before = cursor.map(decode_place).transpose()?;
    let limit = limit.unwrap_or(50).clamp(1, 200);
    let (mut tx, _) = readable(system, actor, id).await?;
    let rows = store::versions(&mut tx, id, before, limit + 1).await?;
    Ok(Page::cut(rows, limit, |last| encode_place(&last.version)))
}

/// One version with its definition.
pub async fn version(system: &System, actor: &Actor, id: WorkflowId, version: i32) -> Result<WorkflowVersion> {
    let (mut tx, _) = readable(system, actor, id).await?;
    store::version(&mut tx, id, version).await?.ok_or(Error::NotFound("version"))
}

/// What is not the same in two versions. `None` is the draft.
pub async fn compare(system: &System, actor: &Actor, id: WorkflowId, from: Option<i32>, to: Option<i32>) -> Result<WorkflowComparison> {
    let (mut tx, workflow) = readable(system, actor, id).await?;
    let mut definitions = Vec::with_capacity(2);
    for side in [from, to] {
        definitions.push(match side {
            None => workflow.definition.clone(),
            Some(version) => store::version(&mut tx, id, version).await?.ok_or(Error::NotFound("version"))?.definition,
        });
    }
    Ok(WorkflowComparison { from, to, changed: changes(&definitions[0], &definitions[1]) })
}

/// Makes the draft what it was at a version. Nothing is published by it. `revision`: the draft that is to be replaced; the newest where left out.
pub async fn restore(system: &System, actor: &Actor, id: WorkflowId, number: i32, revision: Option<i32>) -> Result<Workflow> {
    actor.require(Permission::Build)?;
    let old = version(system, actor, id, number).await?;
    let now = get(system, actor, id).await?;
    if now.definition == old.definition {
        return Err(Error::conflict("version", format!("The draft is as it was at version {number}.")));
    }
    // Tools may be gone since: then the draft says so, and can be mended.
    let change = UpdateWorkflow {
        revision: revision.unwrap_or(now.revision),
        definition: Some(old.definition),
        draft: true,
        ..UpdateWorkflow::default()
    };
    update::update(system, actor, id, change).await
}
