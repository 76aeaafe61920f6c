//! A tool goes for good; its executions stay.

use super::{Goes, Seen, access::Asker, store};
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    error::{Error, Result},
    ids::ToolId,
    system::System,
};
use serde_json::json;

/// Deletes a tool with its versions, grants and attachments. What was executed stays on record.
pub async fn delete(system: &System, actor: &Actor, id: ToolId) -> Result<()> {
    delete_seen(system, actor, id, None).await
}

/// The same, if the tool is still what was `seen`.
pub async fn delete_seen(system: &System, actor: &Actor, id: ToolId, seen: Option<Seen>) -> Result<()> {
    actor.require(Permission::Build)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    store::lock(&mut tx, id).await?;
    let (tool, level) = store::find(&mut tx, Asker::of(actor), id, now).await?.ok_or(Error::NotFound("tool"))?;
    level.require_admin()?;
    if seen.is_some_and(|seen| !seen.is(&tool)) {
        return Err(Error::Stale(format!(
            "Somebody changed this tool meanwhile; it is at version {} now. It was not deleted.",
            tool.version
        )));
    }
    store::delete(&mut tx, id).await?;
    let entry = audit::Entry {
        action: "tool.delete",
        object_type: "tool",
        object_id: Some(id.0),
        object_name: &tool.name,
        before: Some(json!({"kind": tool.kind, "status": tool.status, "version": tool.version})),
        after: None,
    };
    audit::record(&mut tx, actor, now, entry).await?;
    tx.commit().await
}

/// What deleting the tool would destroy. For those who may delete it.
pub async fn what_goes(system: &System, actor: &Actor, id: ToolId) -> Result<Goes> {
    actor.require(Permission::Build)?;
    let mut tx = system.tenant(actor).await?;
    let (_, level) = store::find(&mut tx, Asker::of(actor), id, system.clock.now()).await?.ok_or(Error::NotFound("tool"))?;
    level.require_admin()?;
    store::what_goes(&mut tx, id).await
}
