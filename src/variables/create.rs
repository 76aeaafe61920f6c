//! Declare a variable.

use super::{NewVariable, Variable, check, store};
use crate::{
    access::Permission,
    actor::Actor,
    audit::{self, Entry},
    error::{Error, Result},
    ids::VariableId,
    system::System,
};
use serde_json::json;

/// For admins and owners: its value goes into what every tool sends.
pub async fn create(system: &System, actor: &Actor, mut new: NewVariable) -> Result<Variable> {
    actor.require(Permission::ManageTools)?;
    let mut errors = Vec::new();
    check(&mut new, &mut errors);
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    if i64::try_from(store::all(&mut tx).await?.len()).unwrap_or(i64::MAX) >= store::MOST {
        return Err(Error::conflict("name", format!("An organization has at most {} variables.", store::MOST)));
    }
    let id = VariableId::new();
    store::insert(&mut tx, actor.organization_id, id, &new, now).await?;
    let entry = Entry {
        action: "variable.create",
        object_type: "variable",
        object_id: Some(id.0),
        object_name: &new.name,
        before: None,
        after: Some(json!({"description": new.description, "value": new.value})),
    };
    audit::record(&mut tx, actor, now, entry).await?;
    tx.commit().await?;
    Ok(Variable { id, name: new.name, description: new.description, value: new.value, created_at: now, updated_at: now })
}
