//! Rename or describe an agent anew.

use super::{Agent, NewAgent, store};
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

/// Replaces name, display name and description. What is attached stays. With `read` (the agent's `updated_at` that was read) nothing is
/// changed if somebody else changed it since.
pub async fn update(system: &System, actor: &Actor, id: AgentId, new: NewAgent, read: Option<DateTime<Utc>>) -> Result<Agent> {
    actor.require(Permission::Build)?;
    let new = new.tidy();
    let errors = new.check();
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    let before = store::find(&mut tx, id, true).await?.ok_or(Error::NotFound("agent"))?;
    seen::check("agent", read, before.updated_at)?;
    let agent = store::replace(&mut tx, id, &new).await?.ok_or(Error::NotFound("agent"))?;
    let before = NewAgent { name: before.name, display_name: before.display_name, description: before.description };
    if before != new {
        audit::record(
            &mut tx,
            actor,
            now,
            audit::Entry {
                action: "agent.update",
                object_type: "agent",
                object_id: Some(agent.id.0),
                object_name: &agent.name,
                before: Some(json!(before)),
                after: Some(json!(new)),
            },
        )
        .await?;
    }
    tx.commit().await?;
    Ok(agent)
}
