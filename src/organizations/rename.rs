//! The name people read; the address stays, so that links keep working.

use super::store;
use crate::{
    access::Permission,
    actor::Actor,
    audit::{self, Entry},
    error::{Error, Result},
    names::check_text,
    system::System,
};
use serde_json::json;

/// For admins and owners.
pub async fn rename(system: &System, actor: &Actor, name: &str) -> Result<()> {
    actor.require(Permission::ManageMembers)?;
    let name = name.trim();
    let mut errors = Vec::new();
    check_text("name", name, 100, &mut errors);
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    let before = store::lock_organization(&mut tx, actor.organization_id).await?.ok_or(Error::NotFound("organization"))?;
    store::rename_organization(&mut tx, actor.organization_id, name).await?;
    let entry = Entry {
        action: "organization.rename",
        object_type: "organization",
        object_id: Some(actor.organization_id.0),
        object_name: name,
        before: Some(json!({"name": before.name})),
        after: Some(json!({"name": name})),
    };
    audit::record(&mut tx, actor, now, entry).await?;
    tx.commit().await
}
