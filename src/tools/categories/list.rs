//! The categories of the organization.

use super::{Category, store, tree};
use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    ids::CategoryId,
    page::{Page, page_of},
    system::System,
    tools::access::Asker,
};
use std::collections::HashMap;

/// The whole tree, flattened: each category is followed by those below it.
pub async fn list(system: &System, actor: &Actor) -> Result<Vec<Category>> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    Ok(tree::flatten(store::all(&mut tx, Asker::of(actor), system.clock.now()).await?))
}

/// The same in pages of `limit` (1 to 200; 50 when left out).
pub async fn page(system: &System, actor: &Actor, cursor: Option<&str>, limit: Option<i64>) -> Result<Page<Category>> {
    let all = list(system, actor).await?;
    // A place in the tree: the names from the top down.
    let mut places: HashMap<CategoryId, Vec<(String, CategoryId)>> = HashMap::new();
    for category in &all {
        let mut place = category.parent_id.and_then(|parent| places.get(&parent).cloned()).unwrap_or_default();
        place.push((category.name.to_lowercase(), category.id));
        places.insert(category.id, place);
    }
    page_of(all, cursor, limit, |category| places.get(&category.id).cloned().unwrap_or_default())
}

/// One category.
pub async fn get(system: &System, actor: &Actor, id: CategoryId) -> Result<Category> {
    list(system, actor).await?.into_iter().find(|category| category.id == id).ok_or(Error::NotFound("category"))
}
