//! What happened: one execution, and lists of them.

use super::{Execution, ExecutionFilter, ExecutionSummary, store};
use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    ids::ExecutionId,
    page::Page,
    system::System,
};

fn reader(actor: &Actor) -> store::Reader {
    store::Reader { all: actor.may(Permission::ReadExecutions), person: actor.user_id.0, agent: actor.agent_id.map(|id| id.0) }
}

/// One execution. Members see their own, agents those made in their name, everybody else all.
pub async fn get(system: &System, actor: &Actor, id: ExecutionId) -> Result<Execution> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    store::find(&mut tx, reader(actor), id).await?.ok_or(Error::NotFound("execution"))
}

/// Newest first, of those that [`get`] would give.
pub async fn list(system: &System, actor: &Actor, filter: ExecutionFilter) -> Result<Page<ExecutionSummary>> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    store::list(&mut tx, reader(actor), &filter).await
}
