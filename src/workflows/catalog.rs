//! The tools that whoever asks may put into a workflow and run.

use super::{graph::Catalog, store};
use crate::{actor::Actor, error::Result, ids::ToolId, system::System};

/// All of them.
pub async fn catalog(system: &System, actor: &Actor) -> Result<Catalog> {
    let mut tx = system.tenant(actor).await?;
    store::catalog(&mut tx, actor, None, system.clock.now()).await
}

/// Those of a definition only.
pub(super) async fn catalog_of(tx: &mut crate::db::TenantTx, system: &System, actor: &Actor, ids: &[ToolId]) -> Result<Catalog> {
    store::catalog(tx, actor, Some(ids), system.clock.now()).await
}
