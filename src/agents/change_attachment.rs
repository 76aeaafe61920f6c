//! Switch an attachment on or off, or change what the agent is told about the tool.

use super::{Attachment, AttachmentChange, attachments_store, check_limit, check_usage_comments, get::visible};
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

/// Changes what `change` names; the rest stays.
pub async fn change_attachment(
    system: &System,
    actor: &Actor,
    agent_id: AgentId,
    tool_id: ToolId,
    change: AttachmentChange,
) -> Result<Attachment> {
    change_attachment_seen(system, actor, agent_id, tool_id, change, None).await
}

/// The same, if the attachment is still what was `seen`.
pub async fn change_attachment_seen(
    system: &System,
    actor: &Actor,
    agent_id: AgentId,
    tool_id: ToolId,
    change: AttachmentChange,
    seen: Option<DateTime<Utc>>,
) -> Result<Attachment> {
    actor.require(Permission::Build)?;
    let mut errors = Vec::new();
    if let Some(text) = &change.usage_comments {
        check_usage_comments(text, &mut errors);
    }
    check_limit("rate_limit_per_minute", change.rate_limit_per_minute, &mut errors);
    check_limit("rate_limit_per_hour", change.rate_limit_per_hour, &mut errors);
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    let agent = visible(&mut tx, actor, agent_id, true).await?;
    let before = attachments_store::attachment(&mut tx, agent_id, tool_id, now).await?.ok_or(Error::NotFound("attachment"))?;
    seen::check("attachment", seen, before.updated_at)?;
    if let Some(version) = change.pinned_version.flatten() {
        attachments_store::require_version(&mut tx, tool_id, version).await?;
    }
    attachments_store::change_attachment(&mut tx, before.id, &change).await?;
    let after = attachments_store::attachment(&mut tx, agent_id, tool_id, now).await?.ok_or(Error::NotFound("attachment"))?;
    let shown = |attachment: &Attachment| {
        json!({
            "tool": attachment.tool_name, "is_enabled": attachment.is_enabled, "usage_comments": attachment.usage_comments,
            "rate_limit_per_minute": attachment.rate_limit_per_minute, "rate_limit_per_hour": attachment.rate_limit_per_hour,
            "pinned_version": attachment.pinned_version,
        })
    };
    if shown(&before) != shown(&after) {
        audit::record(
            &mut tx,
            actor,
            now,
            audit::Entry {
                action: "agent.change_tool",
                object_type: "agent",
                object_id: Some(agent_id.0),
                object_name: &agent.name,
                before: Some(shown(&before)),
                after: Some(shown(&after)),
            },
        )
        .await?;
    }
    tx.commit().await?;
    Ok(after)
}
