//! Delete an agent with its attachments, grants and tokens. Its executions stay: they happened.

use super::{attachments_store, store};
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    error::{Error, Result},
    ids::AgentId,
    seen,
    system::System,
};
use chrono::{DateTime, Utc};
use serde_json::json;

/// Deletes the agent; its tokens end with it.
pub async fn delete(system: &System, actor: &Actor, id: AgentId) -> Result<()> {
    delete_seen(system, actor, id, None).await
}

/// The same, if the agent is still what was `seen`.
pub async fn delete_seen(system: &System, actor: &Actor, id: AgentId, seen: Option<DateTime<Utc>>) -> Result<()> {
    actor.require(Permission::Build)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    let agent = store::find(&mut tx, id, true).await?.ok_or(Error::NotFound("agent"))?;
    seen::check("agent", seen, agent.updated_at)?;
    let tools: Vec<_> = attachments_store::attachments(&mut tx, id, attachments_store::Which::default(), now)
        .await?
        .into_iter()
        .map(|attachment| attachment.tool_name)
        .collect();
    store::remove(&mut tx, id).await?;
    audit::record(
        &mut tx,
        actor,
        now,
        audit::Entry {
            action: "agent.delete",
            object_type: "agent",
            object_id: Some(id.0),
            object_name: &agent.name,
            before: Some(
                json!({ "name": agent.name, "display_name": agent.display_name, "description": agent.description, "tools": tools }),
            ),
            after: None,
        },
    )
    .await?;
    tx.commit().await
}
