//! What is attached to an agent, and what could be.

use super::{Attachment, AvailableTool, attach, get::visible, store};
use crate::{access::Permission, actor::Actor, error::Result, ids::AgentId, system::System};

/// Attached tools by name.
pub async fn attachments(system: &System, actor: &Actor, agent: AgentId) -> Result<Vec<Attachment>> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    visible(&mut tx, actor, agent, false).await?;
    store::attachments(&mut tx, agent, None, system.clock.now()).await
}

/// Tools that are not attached yet and that the actor may see, each with what attaching would do or why it cannot be done.
pub async fn available(system: &System, actor: &Actor, agent: AgentId) -> Result<Vec<AvailableTool>> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    visible(&mut tx, actor, agent, false).await?;
    let facts = store::tool_facts(&mut tx, actor, agent, None, system.clock.now()).await?;
    Ok(facts
        .into_iter()
        .filter(|tool| !tool.is_attached && attach::may_see(actor, tool))
        .map(|tool| AvailableTool {
            needs_grant: attach::needs_grant(&tool),
            obstacle: attach::obstacle(actor, &tool),
            tool_id: tool.id,
            name: tool.name,
            display_name: tool.display_name,
            description: tool.description,
            kind: tool.kind,
            status: tool.status,
            visibility: tool.visibility,
        })
        .collect())
}
