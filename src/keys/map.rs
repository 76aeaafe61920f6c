//! Say for which calls a key is: for an agent, a person or everybody; for one tool or for all that ask for its name.

use super::{ContextType, KeyMapping, NewMapping, askers_store, mappings_store, new::check_context, store};
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    db::TenantTx,
    error::{Error, Result},
    ids::{KeyId, KeyMappingId, ToolId},
    problem::FieldError,
    system::System,
};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

/// Maps the key.
pub async fn map(system: &System, actor: &Actor, key_id: KeyId, new: NewMapping) -> Result<KeyMapping> {
    actor.require(Permission::ManageKeys)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    let key = store::find(&mut tx, key_id, now).await?.ok_or(Error::NotFound("key"))?;
    let mut errors: Vec<FieldError> = check_context("context_id", &new).into_iter().collect();
    check(&mut tx, actor, (&key.key_name, key.tool_id), &new, "", &mut errors).await?;
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let id = insert(&mut tx, actor, key_id, &new, now).await?;
    let made = mappings_store::mappings(&mut tx, key_id).await?.into_iter().find(|mapping| mapping.id == id);
    let made = made.ok_or_else(|| Error::internal("a mapping vanished in its own transaction"))?;
    let entry = audit::Entry {
        action: "key.map",
        object_type: "key",
        object_id: Some(key_id.0),
        object_name: &key.key_name,
        before: None,
        after: Some(describe(&made)),
    };
    audit::record(&mut tx, actor, now, entry).await?;
    tx.commit().await?;
    Ok(made)
}

/// Takes a mapping away.
pub async fn unmap(system: &System, actor: &Actor, key_id: KeyId, mapping: KeyMappingId) -> Result<()> {
    actor.require(Permission::ManageKeys)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    let key = store::find(&mut tx, key_id, now).await?.ok_or(Error::NotFound("key"))?;
    let gone =
        mappings_store::mappings(&mut tx, key_id).await?.into_iter().find(|known| known.id == mapping).ok_or(Error::NotFound("mapping"))?;
    mappings_store::remove_mapping(&mut tx, key_id, mapping).await?;
    let entry = audit::Entry {
        action: "key.unmap",
        object_type: "key",
        object_id: Some(key_id.0),
        object_name: &key.key_name,
        before: Some(describe(&gone)),
        after: None,
    };
    audit::record(&mut tx, actor, now, entry).await?;
    tx.commit().await
}

/// Whom and what a mapping names must be there, and the tool must ask for this key. `key` is its name and the tool it is for.
pub(super) async fn check(
    tx: &mut TenantTx,
    actor: &Actor,
    key: (&str, Option<ToolId>),
    new: &NewMapping,
    place: &str,
    errors: &mut Vec<FieldError>,
) -> Result<()> {
    let known = match (new.context_type, new.context_id) {
        (ContextType::Agent, Some(id)) => mappings_store::agent_exists(tx, id).await?,
        (ContextType::User, Some(id)) => mappings_store::is_member(tx, actor.organization_id, id).await?,
        _ => true,
    };
    if !known {
        errors.push(FieldError::new(format!("{place}context_id"), "There is nobody of this id in the organization."));
    }
    let Some(tool) = new.tool_id else { return Ok(()) };
    let field = format!("{place}tool_id");
    match askers_store::tool_needs(tx, tool).await? {
        None => errors.push(FieldError::new(field, "There is no such tool in the organization.")),
        // A platform tool asks for whatever name it is told.
        Some((name, asked)) if !asked.is_empty() && asked.iter().all(|asker| asker.key_name != key.0 && !asker.is_optional()) => {
            let mut asked: Vec<String> = asked.into_iter().map(|asker| format!("“{}”", asker.key_name)).collect();
            asked.dedup();
            errors.push(FieldError::new(field, format!("“{name}” asks for {}, not for “{}”.", asked.join(" and "), key.0)));
        }
        Some(_) if key.1.is_some_and(|only| only != tool) => {
            errors.push(FieldError::new(field, "This key is for another tool only."));
        }
        Some(_) => {}
    }
    Ok(())
}

pub(super) async fn insert(tx: &mut TenantTx, actor: &Actor, key: KeyId, new: &NewMapping, now: DateTime<Utc>) -> Result<KeyMappingId> {
    let id = KeyMappingId::new();
    mappings_store::insert_mapping(tx, actor.organization_id, key, id, new, now).await?;
    Ok(id)
}

/// What the audit log keeps of a mapping.
pub(super) fn describe(mapping: &KeyMapping) -> Value {
    json!({
        "context_type": mapping.context_type, "context_id": mapping.context_id, "context": mapping.context_name,
        "tool": mapping.tool_name, "priority": mapping.priority,
    })
}
