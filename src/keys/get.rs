//! One key, without its value.

use super::{KeyDetail, mappings_store, store};
use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    ids::KeyId,
    system::System,
};

/// The key with its mappings.
pub async fn get(system: &System, actor: &Actor, id: KeyId) -> Result<KeyDetail> {
    actor.require(Permission::ManageKeys)?;
    let mut tx = system.tenant(actor).await?;
    let key = store::find(&mut tx, id, system.clock.now()).await?.ok_or(Error::NotFound("key"))?;
    let mappings = mappings_store::mappings(&mut tx, id).await?;
    Ok(KeyDetail { key, mappings })
}
