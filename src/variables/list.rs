//! The declared variables.

use super::{Known, Variable, known, store};
use crate::{access::Permission, actor::Actor, error::Result, system::System};

/// All of the organization, by name.
pub async fn list(system: &System, actor: &Actor) -> Result<Vec<Variable>> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    store::all(&mut tx).await
}

/// What the texts of this organization's tools may name.
pub async fn known_here(system: &System, actor: &Actor) -> Result<Vec<Known>> {
    Ok(known(&list(system, actor).await?))
}
