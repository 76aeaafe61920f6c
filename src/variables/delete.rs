//! The end of a variable that no tool names any more.

use super::store;
use crate::{
    access::Permission,
    actor::Actor,
    audit::{self, Entry},
    error::{Error, Result},
    ids::VariableId,
    system::System,
};

/// Refused while a tool names it: its calls would begin to fail.
pub async fn delete(system: &System, actor: &Actor, id: VariableId) -> Result<()> {
    actor.require(Permission::ManageTools)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    let name = store::name(&mut tx, id).await?.ok_or(Error::NotFound("variable"))?;
    let tools = store::tools_naming(&mut tx, &name).await?;
    if !tools.is_empty() {
        return Err(Error::conflict("", format!("“{name}” is named by {}. Change them first.", tools.join(", "))));
    }
    store::delete(&mut tx, id).await?;
    let entry =
        Entry { action: "variable.delete", object_type: "variable", object_id: Some(id.0), object_name: &name, before: None, after: None };
    audit::record(&mut tx, actor, now, entry).await?;
    tx.commit().await
}
