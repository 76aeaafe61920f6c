//! The end of a variable that no tool names any more.

use super::store;
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

/// Refused while a tool names it: its calls would begin to fail.
pub async fn delete(system: &System, actor: &Actor, id: VariableId) -> Result<()> {
    delete_seen(system, actor, id, None).await
}

/// The same, if the variable is still what was `seen`.
pub async fn delete_seen(system: &System, actor: &Actor, id: VariableId, seen: Option<DateTime<Utc>>) -> Result<()> {
    actor.require(Permission::ManageTools)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    store::lock(&mut tx, id).await?;
    let gone = store::find(&mut tx, id).await?.ok_or(Error::NotFound("variable"))?;
    seen::check("variable", seen, gone.updated_at)?;
    let name = gone.name;
    let tools = store::tools_naming(&mut tx, &name).await?;
    if !tools.is_empty() {
        return Err(Error::conflict("", format!("“{name}” is named by {}. Change them first.", tools.join(", "))));
    }
    store::delete(&mut tx, id).await?;
    let before = Some(json!({"description": gone.description, "value": gone.value}));
    let entry =
        Entry { action: "variable.delete", object_type: "variable", object_id: Some(id.0), object_name: &name, before, after: None };
    audit::record(&mut tx, actor, now, entry).await?;
    tx.commit().await
}
