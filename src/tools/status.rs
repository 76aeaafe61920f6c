//! From draft to active and on.

use super::{Status, Tool, access::Asker, store};
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    error::{Error, Result},
    ids::ToolId,
    system::System,
};
use serde_json::json;

/// Changes the status where the status machine allows it.
pub async fn change_status(system: &System, actor: &Actor, id: ToolId, status: Status) -> Result<Tool> {
    actor.require(Permission::Build)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    store::lock(&mut tx, id).await?;
    let (tool, level) = store::find(&mut tx, Asker::of(actor), id, now).await?.ok_or(Error::NotFound("tool"))?;
    level.require_admin()?;
    if !tool.status.may_become(status) {
        let next: Vec<&str> = tool.status.next().iter().map(|next| next.as_str()).collect();
        return Err(Error::conflict(
            "status",
            format!("A tool that is {} cannot become {status}. It can become {}.", tool.status, next.join(" or ")),
        ));
    }
    store::set_status(&mut tx, id, status).await?;
    let entry = audit::Entry {
        action: "tool.status",
        object_type: "tool",
        object_id: Some(id.0),
        object_name: &tool.name,
        before: Some(json!({"status": tool.status})),
        after: Some(json!({"status": status})),
    };
    audit::record(&mut tx, actor, now, entry).await?;
    let (tool, _) = store::find(&mut tx, Asker::of(actor), id, now).await?.ok_or(Error::NotFound("tool"))?;
    tx.commit().await?;
    Ok(tool)
}
