//! What came of a trigger's firings.

use super::{
    Firing,
    get::{find, readable},
    store,
};
use crate::{
    actor::Actor,
    error::Result,
    ids::{TriggerId, WorkflowId},
    page::{Cursor, Page},
    system::System,
};

/// Newest first, in pages of `limit` (1 to 200; 50 where left out).
pub async fn firings(
    system: &System,
    actor: &Actor,
    workflow: WorkflowId,
    id: TriggerId,
    cursor: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<Firing>> {
    let cursor = cursor.filter(|cursor| !cursor.is_empty()).map(Cursor::decode).transpose()?;
    let limit = limit.unwrap_or(50).clamp(1, 200);
    let (mut tx, _) = readable(system, actor, workflow).await?;
    find(&mut tx, workflow, id).await?;
    let rows = store::list_firings(&mut tx, id, cursor, limit + 1).await?;
    Ok(Cursor::page(rows, limit, |row| Cursor { at: row.fired_at, id: row.id }))
}
