//! The tools somebody may see.

use super::{ToolFilter, ToolSummary, access::Asker, store};
use crate::{access::Permission, actor::Actor, error::Result, page::Page, system::System};

/// Newest first. An agent sees exactly what it may call.
pub async fn list(system: &System, actor: &Actor, filter: ToolFilter) -> Result<Page<ToolSummary>> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    store::list(&mut tx, Asker::of(actor), &filter, system.clock.now()).await
}
