//! Detach a tool from an agent.

use super::{attachments_store, get::visible};
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    error::{Error, Result},
    ids::{AgentId, ToolId},
    seen,
    system::System,
};
use chrono::{DateTime, Utc};
use serde_json::json;

/// Detaches the tool, and takes back the permission that attaching gave.
pub async fn detach(system: &System, actor: &Actor, agent_id: AgentId, tool_id: ToolId) -> Result<()> {
    detach_seen(system, actor, agent_id, tool_id, None).await
}

/// The same, if the attachment is still what was `seen`.
pub async fn detach_seen(system: &System, actor: &Actor, agent_id: AgentId, tool_id: ToolId, seen: Option<DateTime<Utc>>) -> Result<()> {
    actor.require(Permission::Build)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    let agent = visible(&mut tx, actor, agent_id, true).await?;
    let attachment = attachments_store::attachment(&mut tx, agent_id, tool_id, now).await?.ok_or(Error::NotFound("attachment"))?;
    seen::check("attachment", seen, attachment.updated_at)?;
    let revoked = attachments_store::remove_attachment(&mut tx, &attachment).await?;
    audit::record(
        &mut tx,
        actor,
        now,
        audit::Entry {
            action: "agent.detach_tool",
            object_type: "agent",
            object_id: Some(agent_id.0),
            object_name: &agent.name,
            before: Some(json!({ "tool": attachment.tool_name, "tool_id": tool_id, "revoked": revoked.then_some("execute") })),
            after: None,
        },
    )
    .await?;
    tx.commit().await
}
