//! A new number.

use super::{NewPhoneNumber, PhoneNumber, check, store};
use crate::{
    access::Permission,
    actor::Actor,
    audit::{self, Entry},
    error::{Error, Result},
    ids::PhoneNumberId,
    system::System,
};
use serde_json::json;

/// For admins and owners: messages are sent in the organization's name, and paid by it.
pub async fn create(system: &System, actor: &Actor, mut new: NewPhoneNumber) -> Result<PhoneNumber> {
    actor.require(Permission::ManageTools)?;
    let mut errors = Vec::new();
    check(&mut new, &mut errors);
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    if store::count(&mut tx).await? >= store::MOST {
        return Err(Error::conflict("number", format!("An organization has at most {} numbers.", store::MOST)));
    }
    let number = PhoneNumber { id: PhoneNumberId::new(), number: new.number, label: new.label, created_at: now, updated_at: now };
    store::insert(&mut tx, actor.organization_id, &number).await?;
    let entry = Entry {
        action: "phone_number.create",
        object_type: "phone_number",
        object_id: Some(number.id.0),
        object_name: &number.label,
        before: None,
        after: Some(json!({"number": number.number})),
    };
    audit::record(&mut tx, actor, now, entry).await?;
    tx.commit().await?;
    Ok(number)
}
