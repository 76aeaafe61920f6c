//! What happened: lists.

use super::{ExecutionFilter, ExecutionSummary, get::reader, store};
use crate::{access::Permission, actor::Actor, error::Result, page::Page, system::System};

/// Newest first, of those that [`get`](super::get::get) would give.
pub async fn list(system: &System, actor: &Actor, filter: ExecutionFilter) -> Result<Page<ExecutionSummary>> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    store::list(&mut tx, reader(actor), &filter).await
}
