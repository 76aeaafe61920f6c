//! Take a key in.

use super::{
    Key, KeyOwner, NewKey, askers_store, envelope, hosts,
    map::{self, describe},
    mappings_store,
    store::{self, KeyRow, ValueRow},
};
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    error::{Error, Result},
    ids::{KeyId, ToolId},
    problem::FieldError,
    system::System,
};
use serde_json::json;

/// Encrypts the value and stores the key, with its mappings.
pub async fn create(system: &System, actor: &Actor, new: NewKey) -> Result<Key> {
    actor.require(Permission::ManageKeys)?;
    let now = system.clock.now();
    let mut new = new.tidy();
    let mut errors = new.check(now);
    hosts::tidy(&mut new.allowed_hosts, &mut errors);
    let mut tx = system.tenant(actor).await?;
    check_tool(&mut tx, new.tool_id, &mut errors).await?;
    let owner = match (new.owner_type, new.owner_id) {
        (Some(kind), Some(id)) => (kind, id),
        _ => (KeyOwner::User, actor.user_id.0),
    };
    let known = match owner.0 {
        KeyOwner::Agent => mappings_store::agent_exists(&mut tx, owner.1).await?,
        KeyOwner::User => mappings_store::is_member(&mut tx, actor.organization_id, owner.1).await?,
    };
    if !known {
        errors.push(FieldError::new("owner_id", "There is nobody of this id in the organization."));
    }
    for (index, mapping) in new.mappings.iter().enumerate() {
        map::check(&mut tx, actor, (&new.key_name, new.tool_id), mapping, &format!("mappings/{index}/"), &mut errors).await?;
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let id = KeyId::new();
    let sealed = envelope::seal(&mut tx, &system.masters, actor.organization_id, id, &new.key_name, &new.value).await?;
    let row = KeyRow {
        key_name: &new.key_name,
        display_name: &new.display_name,
        description: &new.description,
        key_type: new.key_type,
        tool_id: new.tool_id,
        is_active: new.is_active,
        expires_at: new.expires_at,
        allowed_hosts: &new.allowed_hosts,
    };
    let value = ValueRow { sealed: &sealed, masked: &new.value.masked() };
    store::insert(&mut tx, actor.organization_id, id, owner, &row, &value, now).await?;
    for mapping in &new.mappings {
        map::insert(&mut tx, actor, id, mapping, now).await?;
    }
    let key = store::find(&mut tx, id, now).await?.ok_or_else(|| Error::internal("a key vanished in its own transaction"))?;
    let mappings: Vec<_> = mappings_store::mappings(&mut tx, id).await?.iter().map(describe).collect();
    let mut after = facts(&key);
    if let Some(fields) = after.as_object_mut() {
        fields.insert("mappings".to_owned(), json!(mappings));
    }
    audit::record(
        &mut tx,
        actor,
        now,
        audit::Entry {
            action: "key.create",
            object_type: "key",
            object_id: Some(id.0),
            object_name: &key.key_name,
            before: None,
            after: Some(after),
        },
    )
    .await?;
    tx.commit().await?;
    Ok(key)
}

/// The tool that a key is for must be one of the organization's.
pub(super) async fn check_tool(tx: &mut crate::db::TenantTx, tool: Option<ToolId>, errors: &mut Vec<FieldError>) -> Result<()> {
    if let Some(tool) = tool
        && askers_store::tool_needs(tx, tool).await?.is_none()
    {
        errors.push(FieldError::new("tool_id", "There is no such tool in the organization."));
    }
    Ok(())
}

/// What the audit log keeps of a key.
pub(super) fn facts(key: &Key) -> serde_json::Value {
    json!({
        "key_name": key.key_name, "display_name": key.display_name, "description": key.description, "key_type": key.key_type,
        "tool": key.tool_name, "is_active": key.is_active, "expires_at": key.expires_at,
        "allowed_hosts": key.allowed_hosts,
    })
}
