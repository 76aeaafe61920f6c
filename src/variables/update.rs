//! Another value or description.

use super::{NewVariable, UpdateVariable, Variable, check, store};
use crate::{
    access::Permission,
    actor::Actor,
    audit::{self, Entry},
    error::{Error, Result},
    ids::VariableId,
    seen,
    system::System,
};
use chrono::{DateTime, Utc};
use serde_json::json;

/// For admins and owners: its value goes into what every tool sends.
pub async fn update(system: &System, actor: &Actor, id: VariableId, change: UpdateVariable) -> Result<Variable> {
    update_seen(system, actor, id, change, None).await
}

/// The same, if the variable is still what was `seen`.
pub async fn update_seen(
    system: &System,
    actor: &Actor,
    id: VariableId,
    change: UpdateVariable,
    seen: Option<DateTime<Utc>>,
) -> Result<Variable> {
    actor.require(Permission::ManageTools)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    store::lock(&mut tx, id).await?;
    let before = store::find(&mut tx, id).await?.ok_or(Error::NotFound("variable"))?;
    seen::check("variable", seen, before.updated_at)?;
    let mut next = NewVariable {
        name: before.name.clone(),
        description: change.description.unwrap_or_else(|| before.description.clone()),
        value: change.value.unwrap_or_else(|| before.value.clone()),
    };
    let mut errors = Vec::new();
    check(&mut next, &mut errors);
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    if (&next.description, &next.value) == (&before.description, &before.value) {
        return Ok(before);
    }
    let updated_at = store::update(&mut tx, id, &next).await?;
    let entry = Entry {
        action: "variable.update",
        object_type: "variable",
        object_id: Some(id.0),
        object_name: &before.name,
        before: Some(json!({"description": before.description, "value": before.value})),
        after: Some(json!({"description": next.description, "value": next.value})),
    };
    audit::record(&mut tx, actor, now, entry).await?;
    tx.commit().await?;
    Ok(Variable { description: next.description, value: next.value, updated_at, ..before })
}
