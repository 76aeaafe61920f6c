//! Attach a tool to an agent, and give the permission to execute it where the tool is private.

use super::{
    Attachment, NewAttachment,
    attachments_store::{self, AttachmentRow, ToolFacts},
    check_usage_comments,
    get::visible,
};
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    error::{Error, Result},
    ids::AgentId,
    system::System,
    tools::access::Level,
};
use serde_json::json;

/// Attaches the tool. A private tool is granted to the agent in the same transaction, if the actor may grant it.
pub async fn attach(system: &System, actor: &Actor, agent_id: AgentId, new: NewAttachment) -> Result<Attachment> {
    actor.require(Permission::Build)?;
    let mut errors = Vec::new();
    check_usage_comments(&new.usage_comments, &mut errors);
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    let agent = visible(&mut tx, actor, agent_id, true).await?;
    let tool = attachments_store::tool_facts(&mut tx, actor, agent_id, new.tool_id, now).await?;
    let tool = tool.filter(|tool| tool.asker_level > Level::None).ok_or(Error::NotFound("tool"))?;
    if tool.is_attached {
        return Err(Error::conflict("tool_id", "This tool is attached to this agent already."));
    }
    if is_not_attachable(&tool) {
        return Err(Error::invalid("tool_id", NOT_ATTACHABLE));
    }
    // A model tells tools apart by their names; a platform tool may have the name of one of the organization's.
    if attachments_store::has_tool_named(&mut tx, agent_id, &tool.name).await? {
        return Err(Error::conflict(
            "tool_id",
            format!("Another tool named “{}” is attached already; a model could not tell them apart.", tool.name),
        ));
    }
    if let Some(message) = obstacle(&tool) {
        return Err(Error::Forbidden(message));
    }
    if let Some(version) = new.pinned_version {
        attachments_store::require_version(&mut tx, tool.id, version).await?;
    }
    let row = AttachmentRow {
        agent_id,
        tool_id: tool.id,
        is_vapi_attached: tool.attach_to_agent,
        usage_comments: new.usage_comments.trim(),
        pinned_version: new.pinned_version,
    };
    attachments_store::insert_attachment(&mut tx, actor, &row, now).await?;
    let granted = needs_grant(&tool);
    if granted {
        attachments_store::grant_execute(&mut tx, actor, agent_id, tool.id, now).await?;
    }
    audit::record(
        &mut tx,
        actor,
        now,
        audit::Entry {
            action: "agent.attach_tool",
            object_type: "agent",
            object_id: Some(agent_id.0),
            object_name: &agent.name,
            before: None,
            after: Some(json!({ "tool": tool.name, "tool_id": tool.id, "granted": granted.then_some("execute") })),
        },
    )
    .await?;
    let attachment = attachments_store::attachment(&mut tx, agent_id, tool.id, now).await?;
    tx.commit().await?;
    attachment.ok_or_else(|| Error::internal("an attachment vanished in its own transaction"))
}

const NOT_ATTACHABLE: &str = "This tool is kept from agents: neither “Offer to the model” nor “Execute on call start” is set on it. Set one of them on the tool first.";

/// `attach_to_agent = false` is for tools that run at the start of a call; without that there is nothing to attach it for.
fn is_not_attachable(tool: &ToolFacts) -> bool {
    !tool.attach_to_agent && !tool.execute_on_call_start
}

/// Attaching it alone is not enough: the agent may not execute it yet.
pub(super) fn needs_grant(tool: &ToolFacts) -> bool {
    tool.agent_level < Level::Execute
}

/// Why who asks cannot attach this tool; `None` when they can.
pub(super) fn obstacle(tool: &ToolFacts) -> Option<String> {
    if is_not_attachable(tool) {
        Some(NOT_ATTACHABLE.to_owned())
    } else if needs_grant(tool) && tool.asker_level < Level::Admin {
        Some("This tool is private: its owner or an admin has to give the agent the permission to execute it.".to_owned())
    } else {
        None
    }
}
