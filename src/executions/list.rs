//! What happened: lists.

use super::{ExecutionFilter, ExecutionSummary, get::reader, store};
use crate::{access::Permission, actor::Actor, error::Result, page::Page, system::System};

/// Newest first unless another order is asked for, of those that [`get`](super::get::get) would give.
pub async fn list(system: &System, actor: &Actor, filter: ExecutionFilter) -> Result<Page<ExecutionSummary>> {
    Ok(find(system, actor, filter).await?.0)
}

/// The same, and whether older ones than the [`SORTED`](super::SORTED) that were put in order match as well.
pub async fn find(system: &System, actor: &Actor, filter: ExecutionFilter) -> Result<(Page<ExecutionSummary>, bool)> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    store::list(&mut tx, reader(actor), &filter).await
}
