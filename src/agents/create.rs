//! Make an agent.

use super::{Agent, NewAgent, store};
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    error::{Error, Result},
    ids::AgentId,
    system::System,
};
use serde_json::json;

/// Makes an agent that holds nothing yet.
pub async fn create(system: &System, actor: &Actor, new: NewAgent) -> Result<Agent> {
    actor.require(Permission::Build)?;
    let new = new.tidy();
    let errors = new.check();
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    let agent = store::insert(&mut tx, actor, AgentId::new(), &new, now).await?;
    audit::record(
        &mut tx,
        actor,
        now,
        audit::Entry {
            action: "agent.create",
            object_type: "agent",
            object_id: Some(agent.id.0),
            object_name: &agent.name,
            before: None,
            after: Some(json!(new)),
        },
    )
    .await?;
    tx.commit().await?;
    Ok(agent)
}
