//! One key, without its value.

use super::{KeyDetail, KeyMapping, mappings_store, store};
use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    ids::KeyId,
    page::{Page, page_of},
    system::System,
};
use std::cmp::Reverse;

/// The key with its mappings.
pub async fn get(system: &System, actor: &Actor, id: KeyId) -> Result<KeyDetail> {
    actor.require(Permission::ManageKeys)?;
    let mut tx = system.tenant(actor).await?;
    let key = store::find(&mut tx, id, system.clock.now()).await?.ok_or(Error::NotFound("key"))?;
    let mappings = mappings_store::mappings(&mut tx, id).await?;
    Ok(KeyDetail { key, mappings })
}

/// Its mappings in the order in which they are asked, in pages of `limit` (1 to 200; 50 when left out).
pub async fn mappings_page(
    system: &System,
    actor: &Actor,
    id: KeyId,
    cursor: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<KeyMapping>> {
    let mappings = get(system, actor, id).await?.mappings;
    page_of(mappings, cursor, limit, |one| (one.context_type as u8, Reverse((one.priority, one.created_at, one.id))))
}
