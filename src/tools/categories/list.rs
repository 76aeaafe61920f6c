//! The categories of the organization.

use super::{Category, store, tree};
use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    ids::CategoryId,
    system::System,
    tools::access::Asker,
};

/// The whole tree, flattened: each category is followed by those below it.
pub async fn list(system: &System, actor: &Actor) -> Result<Vec<Category>> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    Ok(tree::flatten(store::all(&mut tx, Asker::of(actor), system.clock.now()).await?))
}

/// One category.
pub async fn get(system: &System, actor: &Actor, id: CategoryId) -> Result<Category> {
    list(system, actor).await?.into_iter().find(|category| category.id == id).ok_or(Error::NotFound("category"))
}
