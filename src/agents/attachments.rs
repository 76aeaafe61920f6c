//! What is attached to an agent, and what could be.

use super::{
    Attachment, AvailableTool, attach,
    attachments_store::{self, Which},
    get::visible,
};
use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    ids::{AgentId, ToolId},
    page::{Page, decode_place, encode_place},
    system::System,
};

/// Attached tools by name.
pub async fn attachments(system: &System, actor: &Actor, agent: AgentId) -> Result<Vec<Attachment>> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    visible(&mut tx, actor, agent, false).await?;
    attachments_store::attachments(&mut tx, agent, Which::default(), system.clock.now()).await
}

/// The same in pages of `limit` (1 to 200; 50 when left out).
pub async fn page(system: &System, actor: &Actor, agent: AgentId, cursor: Option<&str>, limit: Option<i64>) -> Result<Page<Attachment>> {
    actor.require(Permission::See)?;
    let after: Option<(String, uuid::Uuid)> = cursor.map(decode_place).transpose()?;
    let limit = limit.unwrap_or(50).clamp(1, super::list::MOST);
    let mut tx = system.tenant(actor).await?;
    visible(&mut tx, actor, agent, false).await?;
    let which = Which { after: after.as_ref().map(|(name, id)| (name.as_str(), *id)), limit: Some(limit + 1), ..Which::default() };
    let rows = attachments_store::attachments(&mut tx, agent, which, system.clock.now()).await?;
    Ok(Page::cut(rows, limit, |last| encode_place(&(&last.tool_display_name, last.tool_id))))
}

/// The attachment of one tool.
pub async fn attachment(system: &System, actor: &Actor, agent: AgentId, tool: ToolId) -> Result<Attachment> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    visible(&mut tx, actor, agent, false).await?;
    attachments_store::attachment(&mut tx, agent, tool, system.clock.now()).await?.ok_or(Error::NotFound("attachment"))
}

/// Tools that are not attached yet and that the actor may see, by display name: those whose words hold `search`, in pages of `limit` (1 to 200;
/// 50 when left out). Each with what attaching would do, or why it cannot be done.
pub async fn available(
    system: &System,
    actor: &Actor,
    agent: AgentId,
    search: Option<&str>,
    cursor: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<AvailableTool>> {
    actor.require(Permission::See)?;
    let after: Option<(String, uuid::Uuid)> = cursor.map(decode_place).transpose()?;
    let after = after.as_ref().map(|(name, id)| (name.as_str(), *id));
    let limit = limit.unwrap_or(50).clamp(1, super::list::MOST);
    let search = search.map(str::trim).filter(|search| !search.is_empty());
    let mut tx = system.tenant(actor).await?;
    visible(&mut tx, actor, agent, false).await?;
    let facts = attachments_store::attachable(&mut tx, actor, agent, search, after, limit + 1, system.clock.now()).await?;
    let page = Page::cut(facts, limit, |last| encode_place(&(&last.display_name, last.id)));
    Ok(page.map(|tool| AvailableTool {
        needs_grant: attach::needs_grant(&tool),
        obstacle: attach::obstacle(&tool),
        tool_id: tool.id,
        name: tool.name,
        display_name: tool.display_name,
        description: tool.description,
        kind: tool.kind,
        status: tool.status,
        visibility: tool.visibility,
    }))
}
