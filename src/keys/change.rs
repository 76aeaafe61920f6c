//! Change a key: replace its value, rename it, switch it off or on, let it expire.

use super::{
    Key, KeyChange,
    create::{check_tool, facts},
    envelope, hosts,
    new::{check_expiry, check_value, check_words},
    store::{self, KeyRow, ValueRow},
};
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    error::{Error, Result},
    ids::KeyId,
    keys::check_key_name,
    seen,
    system::System,
};
use chrono::{DateTime, Utc};

/// Changes what is given. A new value replaces the old one in place, so that mappings stay; calls that begin afterwards use it.
pub async fn change(system: &System, actor: &Actor, id: KeyId, change: KeyChange) -> Result<Key> {
    change_seen(system, actor, id, change, None).await
}

/// The same, if the key is still what was `seen`.
pub async fn change_seen(system: &System, actor: &Actor, id: KeyId, change: KeyChange, seen: Option<DateTime<Utc>>) -> Result<Key> {
    actor.require(Permission::ManageKeys)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    store::lock(&mut tx, id).await?;
    let before = store::find(&mut tx, id, now).await?.ok_or(Error::NotFound("key"))?;
    seen::check("key", seen, before.updated_at)?;
    let trimmed = |given: Option<String>, old: &str| given.map_or_else(|| old.to_owned(), |text| text.trim().to_owned());
    let key_name = trimmed(change.key_name, &before.key_name);
    let display_name = Some(trimmed(change.display_name, &before.display_name)).filter(|name| !name.is_empty());
    let display_name = display_name.unwrap_or_else(|| key_name.clone());
    let description = trimmed(change.description, &before.description);
    let value = change.value.map(|value| value.trimmed());
    let mut errors = Vec::new();
    let mut allowed_hosts = change.allowed_hosts.unwrap_or_else(|| before.allowed_hosts.clone());
    hosts::tidy(&mut allowed_hosts, &mut errors);
    let row = KeyRow {
        key_name: &key_name,
        display_name: &display_name,
        description: &description,
        key_type: change.key_type.unwrap_or(before.key_type),
        tool_id: change.tool_id.unwrap_or(before.tool_id),
        is_active: change.is_active.unwrap_or(before.is_active),
        expires_at: change.expires_at.unwrap_or(before.expires_at),
        allowed_hosts: &allowed_hosts,
    };
    check_key_name("key_name", row.key_name, &mut errors);
    check_words(row.display_name, row.description, &mut errors);
    if row.expires_at != before.expires_at {
        check_expiry(row.expires_at, now, &mut errors);
    }
    if row.tool_id != before.tool_id {
        check_tool(&mut tx, row.tool_id, &mut errors).await?;
    }
    if let Some(value) = &value {
        check_value("value", value, &mut errors);
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    store::update(&mut tx, id, &row).await?;
    let organization = actor.organization_id;
    if let Some(value) = &value {
        let sealed = envelope::seal(&mut tx, &system.masters, organization, id, row.key_name, value).await?;
        store::set_value(&mut tx, id, &ValueRow { sealed: &sealed, masked: &value.masked() }, Some(now)).await?;
    } else if row.key_name != before.key_name {
        // The name is authenticated along with the value: it is sealed anew.
        let (old, _) = store::value(&mut tx, id).await?.ok_or(Error::NotFound("key"))?;
        let value = envelope::open(&mut tx, &system.masters, organization, id, &before.key_name, &old).await?;
        let sealed = envelope::seal(&mut tx, &system.masters, organization, id, row.key_name, &value).await?;
        store::set_value(&mut tx, id, &ValueRow { sealed: &sealed, masked: &before.masked_value }, None).await?;
    }
    let after = store::find(&mut tx, id, now).await?.ok_or(Error::NotFound("key"))?;
    let (old, new) = (facts(&before), facts(&after));
    let replaced = value.is_some();
    if old != new || replaced {
        let mut new = new;
        if replaced && let Some(fields) = new.as_object_mut() {
            fields.insert("value".to_owned(), "replaced".into());
        }
        let action = match (before.is_active, after.is_active) {
            _ if replaced => "key.replace_value",
            (true, false) => "key.deactivate",
            (false, true) => "key.activate",
            _ => "key.update",
        };
        let entry = audit::Entry {
            action,
            object_type: "key",
            object_id: Some(id.0),
            object_name: &after.key_name,
            before: Some(old),
            after: Some(new),
        };
        audit::record(&mut tx, actor, now, entry).await?;
    }
    tx.commit().await?;
    Ok(after)
}
