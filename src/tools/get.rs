//! One tool.

use super::{
    Tool,
    access::{Asker, Level},
    store,
};
use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    ids::ToolId,
    system::System,
};

/// The tool, or `NotFound` also where it may not be seen.
pub async fn get(system: &System, actor: &Actor, id: ToolId) -> Result<Tool> {
    Ok(get_with_level(system, actor, id).await?.0)
}

/// The tool and how far the actor may go with it.
pub async fn get_with_level(system: &System, actor: &Actor, id: ToolId) -> Result<(Tool, Level)> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    let found = store::find(&mut tx, Asker::of(actor), id, system.clock.now()).await?;
    found.filter(|(_, level)| *level >= Level::Read).ok_or(Error::NotFound("tool"))
}
