//! One agent.

use super::{Agent, store};
use crate::{
    access::Permission,
    actor::Actor,
    db::TenantTx,
    error::{Error, Result},
    ids::AgentId,
    system::System,
};

/// The agent, where the actor may see it.
pub async fn get(system: &System, actor: &Actor, id: AgentId) -> Result<Agent> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    visible(&mut tx, actor, id, false).await
}

/// The agent or "not found"; an agent's own token sees itself only.
pub(super) async fn visible(tx: &mut TenantTx, actor: &Actor, id: AgentId, lock: bool) -> Result<Agent> {
    if actor.agent_id.is_some_and(|own| own != id) {
        return Err(Error::NotFound("agent"));
    }
    store::find(tx, id, lock).await?.ok_or(Error::NotFound("agent"))
}
