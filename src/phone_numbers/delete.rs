//! The end of a number that no tool sends from any more.

use super::store;
use crate::{
    access::Permission,
    actor::Actor,
    audit::{self, Entry},
    error::{Error, Result},
    ids::PhoneNumberId,
    seen,
    system::System,
};
use chrono::{DateTime, Utc};
use serde_json::json;

/// Refused while a tool sends from it: its calls would begin to fail.
pub async fn delete(system: &System, actor: &Actor, id: PhoneNumberId) -> Result<()> {
    delete_seen(system, actor, id, None).await
}

/// The same, if the number is still what was `seen`.
pub async fn delete_seen(system: &System, actor: &Actor, id: PhoneNumberId, seen: Option<DateTime<Utc>>) -> Result<()> {
    actor.require(Permission::ManageTools)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    store::lock(&mut tx, id).await?;
    let number = store::find(&mut tx, id).await?.ok_or(Error::NotFound("phone number"))?;
    seen::check("phone number", seen, number.updated_at)?;
    let tools = store::tools_using(&mut tx, id).await?;
    if !tools.is_empty() {
        return Err(Error::conflict("", format!("{} is the sender of {}. Change them first.", number.label, tools.join(", "))));
    }
    store::delete(&mut tx, id).await?;
    let entry = Entry {
        action: "phone_number.delete",
        object_type: "phone_number",
        object_id: Some(id.0),
        object_name: &number.label,
        before: Some(json!({"number": number.number})),
        after: None,
    };
    audit::record(&mut tx, actor, now, entry).await?;
    tx.commit().await
}
