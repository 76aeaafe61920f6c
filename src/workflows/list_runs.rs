//! Runs, newest first.

use super::{RunSummary, engine::RunStatus, store};
use crate::{
    access::Permission,
    actor::Actor,
    error::Result,
    ids::WorkflowId,
    page::{Cursor, Page},
    system::System,
};
use serde::{Deserialize, Serialize};

/// What to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListRuns {
    #[serde(default)]
    pub workflow_id: Option<WorkflowId>,
    #[serde(default)]
    pub status: Option<RunStatus>,
    #[serde(default)]
    pub cursor: Option<String>,
    /// 1 to 200; 50 where left out.
    #[serde(default)]
    pub limit: Option<i64>,
}

/// The runs an actor may see: all, with the right to read executions; else those they started.
pub async fn list_runs(system: &System, actor: &Actor, query: &ListRuns) -> Result<Page<RunSummary>> {
    actor.require(Permission::See)?;
    let cursor = query.cursor.as_deref().filter(|cursor| !cursor.is_empty()).map(Cursor::decode).transpose()?;
    let limit = query.limit.unwrap_or(50).clamp(1, 200);
    let mut tx = system.tenant(actor).await?;
    let rows = store::list_runs(&mut tx, actor, query, cursor, limit + 1).await?;
    Ok(Cursor::page(rows, limit, |row| Cursor { at: row.created_at, id: row.id.0 }))
}
