//! A server's configuration anew.

use super::{McpServer, NewMcpServer, check, store};
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    error::{Error, Result},
    ids::McpServerId,
    seen,
    system::System,
};
use chrono::{DateTime, Utc};
use serde_json::json;

/// Replaces name, description and how the server is reached. Imported tools stay, pinned as they are.
pub async fn update(system: &System, actor: &Actor, id: McpServerId, new: NewMcpServer) -> Result<McpServer> {
    update_seen(system, actor, id, new, None).await
}

/// The same, if the configuration is still what was `seen`.
pub async fn update_seen(
    system: &System,
    actor: &Actor,
    id: McpServerId,
    mut new: NewMcpServer,
    seen: Option<DateTime<Utc>>,
) -> Result<McpServer> {
    actor.require(Permission::ManageTools)?;
    let errors = check::check(&mut new);
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    store::lock(&mut tx, id).await?;
    let before = store::find(&mut tx, id, now).await?.ok_or(Error::NotFound("MCP server"))?;
    seen::check("MCP server", seen, before.updated_at)?;
    if before.configuration != new {
        let same_place = NewMcpServer { name: new.name.clone(), description: new.description.clone(), ..before.configuration.clone() };
        store::replace(&mut tx, id, &new, same_place != new, now).await?;
        let entry = audit::Entry {
            action: "mcp_server.update",
            object_type: "mcp_server",
            object_id: Some(id.0),
            object_name: &new.name,
            before: Some(json!(before.configuration)),
            after: Some(json!(new)),
        };
        audit::record(&mut tx, actor, now, entry).await?;
    }
    let after = store::find(&mut tx, id, now).await?.ok_or(Error::NotFound("MCP server"))?;
    tx.commit().await?;
    Ok(after)
}
