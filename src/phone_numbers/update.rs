//! Another label.

use super::{PhoneNumber, UpdatePhoneNumber, store};
use crate::{
    access::Permission,
    actor::Actor,
    audit::{self, Entry},
    error::{Error, Result},
    ids::PhoneNumberId,
    names::check_text,
    system::System,
};
use serde_json::json;

/// For admins and owners.
pub async fn update(system: &System, actor: &Actor, id: PhoneNumberId, change: UpdatePhoneNumber) -> Result<PhoneNumber> {
    actor.require(Permission::ManageTools)?;
    let label = change.label.trim().to_owned();
    let mut errors = Vec::new();
    check_text("label", &label, 100, &mut errors);
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    let before = store::find(&mut tx, id).await?.ok_or(Error::NotFound("phone number"))?;
    store::relabel(&mut tx, id, &label).await?;
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
    Ok(PhoneNumber { label, ..before })
}
