//! A category goes; what was in it moves one level up.

use super::store;
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    error::{Error, Result},
    ids::CategoryId,
    seen,
    system::System,
    tools::access::Asker,
};
use chrono::{DateTime, Utc};
use serde_json::json;

/// Deletes a category. Its children and its tools go to the category above it, or stand at the top.
pub async fn delete(system: &System, actor: &Actor, id: CategoryId) -> Result<()> {
    delete_seen(system, actor, id, None).await
}

/// The same, if the category is still what was `seen`.
pub async fn delete_seen(system: &System, actor: &Actor, id: CategoryId, seen: Option<DateTime<Utc>>) -> Result<()> {
    actor.require(Permission::ManageTools)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    store::lock_tree(&mut tx).await?;
    let all = store::all(&mut tx, Asker::of(actor), now).await?;
    let gone = all.into_iter().find(|category| category.id == id).ok_or(Error::NotFound("category"))?;
    seen::check("category", seen, gone.updated_at)?;
    store::dissolve(&mut tx, id, gone.parent_id).await?;
    let entry = audit::Entry {
        action: "category.delete",
        object_type: "category",
        object_id: Some(id.0),
        object_name: &gone.name,
        before: Some(json!({"parent_id": gone.parent_id, "tools": gone.tool_count})),
        after: None,
    };
    audit::record(&mut tx, actor, now, entry).await?;
    tx.commit().await
}
