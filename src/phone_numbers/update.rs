//! Another label.

use super::{PhoneNumber, UpdatePhoneNumber, store};
use crate::{
    access::Permission,
    actor::Actor,
    audit::{self, Entry},
    error::{Error, Result},
    ids::PhoneNumberId,
    names::check_text,
    seen,
    system::System,
};
use chrono::{DateTime, Utc};
use serde_json::json;

/// For admins and owners.
pub async fn update(system: &System, actor: &Actor, id: PhoneNumberId, change: UpdatePhoneNumber) -> Result<PhoneNumber> {
    update_seen(system, actor, id, change, None).await
}

/// The same, if the number is still what was `seen`.
pub async fn update_seen(
    system: &System,
    actor: &Actor,
    id: PhoneNumberId,
    change: UpdatePhoneNumber,
    seen: Option<DateTime<Utc>>,
) -> Result<PhoneNumber> {
    actor.require(Permission::ManageTools)?;
    let label = change.label.trim().to_owned();
    let mut errors = Vec::new();
    check_text("label", &label, 100, &mut errors);
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    store::lock(&mut tx, id).await?;
    let before = store::find(&mut tx, id).await?.ok_or(Error::NotFound("phone number"))?;
    seen::check("phone number", seen, before.updated_at)?;
    if before.label == label {
        return Ok(before);
    }
    let updated_at = store::relabel(&mut tx, id, &label).await?;
    let entry = Entry {
        action: "phone_number.update",
        object_type: "phone_number",
        object_id: Some(id.0),
        object_name: &label,
        before: Some(json!({"label": before.label})),
        after: Some(json!({"label": label})),
    };
    audit::record(&mut tx, actor, now, entry).await?;
    tx.commit().await?;
    Ok(PhoneNumber { label, updated_at, ..before })
}
