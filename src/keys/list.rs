//! The keys of an organization, masked.

use super::{Key, KeyAsker, KeyFilter, KeyName, askers_store, store};
use crate::{
    access::Permission,
    actor::Actor,
    error::Result,
    page::{self, Page, decode_place, encode_place},
    system::System,
};

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
    store::names(&mut tx, None, i64::MAX, system.clock.now()).await
}

/// The same in pages of `limit` (1 to 200; 50 when left out).
pub async fn names_page(system: &System, actor: &Actor, cursor: Option<&str>, limit: Option<i64>) -> Result<Page<KeyName>> {
    actor.require(Permission::Build)?;
    let after: Option<String> = cursor.map(decode_place).transpose()?;
    let limit = page::limit(limit);
    let mut tx = system.tenant(actor).await?;
    let names = store::names(&mut tx, after.as_deref(), limit + 1, system.clock.now()).await?;
    Ok(Page::cut(names, limit, |last| encode_place(&last.key_name)))
}

/// Everything that asks for a key, for which, and in what way.
pub async fn askers(system: &System, actor: &Actor) -> Result<Vec<KeyAsker>> {
    actor.require(Permission::ManageKeys)?;
    let mut tx = system.tenant(actor).await?;
    askers_store::askers(&mut tx, None).await
}
