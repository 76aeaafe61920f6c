//! What happened: one execution.

use super::{Execution, store};
use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    ids::ExecutionId,
    system::System,
};

/// Members see their own executions, agents those made in their name, everybody else all.
pub(super) fn reader(actor: &Actor) -> store::Reader {
    store::Reader { all: actor.may(Permission::ReadExecutions), person: actor.user_id.0, agent: actor.agent_id.map(|id| id.0) }
}

/// One execution, of those that the actor may read.
pub async fn get(system: &System, actor: &Actor, id: ExecutionId) -> Result<Execution> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    store::find(&mut tx, reader(actor), id).await?.ok_or(Error::NotFound("execution"))
}
