//! The workflows an actor may see.

use super::{WorkflowSummary, store};
use crate::{
    access::Permission,
    actor::Actor,
    error::Result,
    ids::WorkflowId,
    page::{Cursor, ListOrder, Numbered, Page},
    system::System,
};
use serde::{Deserialize, Serialize};

/// What to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListWorkflows {
    /// Part of the name, display name or description.
    #[serde(default)]
    pub search: Option<String>,
    #[serde(default)]
    pub cursor: Option<String>,
    /// 1 to 200; 50 where left out.
    #[serde(default)]
    pub limit: Option<i64>,
}

/// Newest first.
pub async fn list(system: &System, actor: &Actor, query: &ListWorkflows) -> Result<Page<WorkflowSummary>> {
    actor.require(Permission::See)?;
    let cursor = query.cursor.as_deref().filter(|cursor| !cursor.is_empty()).map(Cursor::decode).transpose()?;
    let limit = query.limit.unwrap_or(50).clamp(1, 200);
    let search = query.search.as_deref().map(str::trim).filter(|search| !search.is_empty());
    let mut tx = system.tenant(actor).await?;
    let rows = store::list(&mut tx, actor, search, cursor, limit + 1).await?;
    Ok(Cursor::page(rows, limit, |row| Cursor { at: row.created_at, id: row.id.0 }))
}

/// Workflows to choose from, by name: id, name, newest version. At most 500.
pub async fn names(system: &System, actor: &Actor) -> Result<Vec<(WorkflowId, String, Option<i32>)>> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    store::names(&mut tx, actor).await
}

/// Workflows for people to leaf through, by `name`, `steps`, `runs`, `last_run` or `changed`; newest first where nothing is said.
pub async fn numbered(system: &System, actor: &Actor, search: Option<&str>, order: &ListOrder) -> Result<Numbered<WorkflowSummary>> {
    actor.require(Permission::See)?;
    let search = search.map(str::trim).filter(|search| !search.is_empty());
    let mut tx = system.tenant(actor).await?;
    let found = store::numbered(&mut tx, actor, search, order).await?;
    if found.items.is_empty() && found.page > 1 {
        // There were more once, or somebody typed the number.
        return store::numbered(&mut tx, actor, search, &order.first()).await;
    }
    Ok(found)
}
