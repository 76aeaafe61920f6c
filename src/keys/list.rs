//! The keys of an organization, masked.

use super::{Key, KeyAsker, KeyFilter, KeyName, askers_store, store};
use crate::{access::Permission, actor::Actor, error::Result, page::Page, system::System};

/// Newest first.
pub async fn list(system: &System, actor: &Actor, filter: &KeyFilter) -> Result<Page<Key>> {
    actor.require(Permission::ManageKeys)?;
    let mut tx = system.tenant(actor).await?;
    store::list(&mut tx, filter, system.clock.now()).await
}

/// All of them, newest first, for a list that can be put in any order: an organization has hundreds of keys, not millions.
pub async fn list_all(system: &System, actor: &Actor, mut filter: KeyFilter) -> Result<Vec<Key>> {
    actor.require(Permission::ManageKeys)?;
    let mut tx = system.tenant(actor).await?;
    (filter.cursor, filter.limit) = (None, Some(100));
    let mut keys = Vec::new();
    loop {
        let page = store::list(&mut tx, &filter, system.clock.now()).await?;
        keys.extend(page.items);
        filter.cursor = page.next_cursor;
        if filter.cursor.is_none() {
            return Ok(keys);
        }
    }
}

/// The names that tools can ask for: for builders, who name them in tools and see nothing else of keys.
pub async fn names(system: &System, actor: &Actor) -> Result<Vec<KeyName>> {
    actor.require(Permission::Build)?;
    let mut tx = system.tenant(actor).await?;
    store::names(&mut tx, system.clock.now()).await
}

/// Everything that asks for a key, for which, and in what way.
pub async fn askers(system: &System, actor: &Actor) -> Result<Vec<KeyAsker>> {
    actor.require(Permission::ManageKeys)?;
    let mut tx = system.tenant(actor).await?;
    askers_store::askers(&mut tx, None).await
}
