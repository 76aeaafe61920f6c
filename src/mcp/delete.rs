//! A server goes, and with it what was imported from it.

use super::store;
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

/// Deletes a server and every tool imported from it, with their versions, grants and attachments. What was executed stays on record.
pub async fn delete(system: &System, actor: &Actor, id: McpServerId) -> Result<()> {
    delete_seen(system, actor, id, None).await
}

/// The same, if the configuration is still what was `seen`.
pub async fn delete_seen(system: &System, actor: &Actor, id: McpServerId, seen: Option<DateTime<Utc>>) -> Result<()> {
    actor.require(Permission::ManageTools)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    store::lock(&mut tx, id).await?;
    let server = store::find(&mut tx, id, now).await?.ok_or(Error::NotFound("MCP server"))?;
    seen::check("MCP server", seen, server.updated_at)?;
    let tools: Vec<String> = store::imported(&mut tx, id).await?.into_iter().map(|tool| tool.tool_name).collect();
    store::remove(&mut tx, id).await?;
    let entry = audit::Entry {
        action: "mcp_server.delete",
        object_type: "mcp_server",
        object_id: Some(id.0),
        object_name: &server.configuration.name,
        before: Some(json!({"transport": server.configuration.transport, "url": server.configuration.url, "tools": tools})),
        after: None,
    };
    audit::record(&mut tx, actor, now, entry).await?;
    tx.commit().await?;
    system.mcp.forget(id);
    Ok(())
}
