//! A key goes for good, with its mappings. What was executed with it stays on record.

use super::{create::facts, map::describe, mappings_store, store};
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    error::{Error, Result},
    ids::KeyId,
    seen,
    system::System,
};
use chrono::{DateTime, Utc};
use serde_json::json;

/// Deletes the key, its value and its mappings.
pub async fn delete(system: &System, actor: &Actor, id: KeyId) -> Result<()> {
    delete_seen(system, actor, id, None).await
}

/// The same, if the key is still what was `seen`.
pub async fn delete_seen(system: &System, actor: &Actor, id: KeyId, seen: Option<DateTime<Utc>>) -> Result<()> {
    actor.require(Permission::ManageKeys)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    store::lock(&mut tx, id).await?;
    let key = store::find(&mut tx, id, now).await?.ok_or(Error::NotFound("key"))?;
    seen::check("key", seen, key.updated_at)?;
    let mappings: Vec<_> = mappings_store::mappings(&mut tx, id).await?.iter().map(describe).collect();
    let mut before = facts(&key);
    if let Some(fields) = before.as_object_mut() {
        fields.insert("mappings".to_owned(), json!(mappings));
    }
    store::remove(&mut tx, id).await?;
    let entry = audit::Entry {
        action: "key.delete",
        object_type: "key",
        object_id: Some(id.0),
        object_name: &key.key_name,
        before: Some(before),
        after: None,
    };
    audit::record(&mut tx, actor, now, entry).await?;
    tx.commit().await
}
