//! What the tools were called that a workflow still names and that are gone.

use super::{
    graph::{Catalog, Definition},
    store,
};
use crate::{access::Permission, actor::Actor, error::Result, ids::ToolId, system::System};
use std::collections::BTreeMap;

/// The names of deleted tools, as far as the audit log knows them. For those who may choose another.
pub async fn vanished(system: &System, actor: &Actor, definition: &Definition, tools: &Catalog) -> Result<BTreeMap<ToolId, String>> {
    let missing: Vec<ToolId> = definition.tool_ids().into_iter().filter(|id| !tools.contains_key(id)).collect();
    if missing.is_empty() || !actor.may(Permission::Build) {
        return Ok(BTreeMap::new());
    }
    let mut tx = system.tenant(actor).await?;
    store::deleted_tools(&mut tx, &missing).await
}
