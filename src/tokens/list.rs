//! Which tokens there are.

use super::{Token, store};
use crate::{access::Permission, actor::Actor, error::Result, ids::AgentId, system::System};

/// One's own; for admins and owners everybody's.
pub async fn list(system: &System, actor: &Actor) -> Result<Vec<Token>> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    let of = (!actor.may(Permission::ManageMembers)).then_some(actor.user_id);
    let tokens = store::list(&mut tx, of).await?;
    tx.commit().await?;
    Ok(tokens)
}

/// The agents a token may act as.
pub async fn agents(system: &System, actor: &Actor) -> Result<Vec<(AgentId, String)>> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    let agents = store::agents(&mut tx).await?;
    tx.commit().await?;
    Ok(agents)
}
