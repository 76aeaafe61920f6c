//! Tools that are workflows.

use crate::{
    actor::Actor,
    db::TenantTx,
    error::Result,
    ids::{RunId, ToolId, WorkflowId},
    tools::access::Asker,
    workflows::CompositeUse,
};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Those of these tools that are workflows, and which.
pub(in crate::workflows) async fn composites(tx: &mut TenantTx, tools: &[ToolId]) -> Result<BTreeMap<ToolId, WorkflowId>> {
    if tools.is_empty() {
        return Ok(BTreeMap::new());
    }
    let ids: Vec<Uuid> = tools.iter().map(|tool| tool.0).collect();
    let rows = sqlx::query!(
        r#"select id, (executor_config->>'workflow_id')::uuid as "workflow_id!" from tools where kind = 'composite' and id = any ($1)"#,
        &ids
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (ToolId(row.id), WorkflowId(row.workflow_id))).collect())
}

/// The tools that run a workflow, by name, as far as the actor sees them.
pub(in crate::workflows) async fn composite_uses(
    tx: &mut TenantTx,
    actor: &Actor,
    workflow: WorkflowId,
    now: DateTime<Utc>,
) -> Result<Vec<CompositeUse>> {
    let asker = Asker::of(actor);
    let rows = sqlx::query!(
        r#"select (l.tool).id as "id!", (l.tool).name as "name!", (l.tool).display_name as "display_name!", (l.tool).status as "status!",
             ((l.tool).executor_config->>'version')::integer as "version!"
           from tool_levels($1, $2, $3, $4) l
           where l.level >= 1 and (l.tool).kind = 'composite' and (l.tool).executor_config->>'workflow_id' = $5
           order by (l.tool).name"#,
        asker.person,
        asker.manager,
        asker.agent,
        now,
        workflow.0.to_string()
    )
    .fetch_all(&mut **tx)
    .await?;
    let read = rows.into_iter().map(|row| CompositeUse {
        tool_id: ToolId(row.id),
        name: row.name,
        display_name: row.display_name,
        status: row.status,
        version: row.version,
    });
    Ok(read.collect())
}

/// How many runs a run is inside of.
pub(in crate::workflows) async fn depth(tx: &mut TenantTx, run: RunId) -> Result<i32> {
    let depth = sqlx::query_scalar!("select depth from workflow_runs where id = $1", run.0).fetch_optional(&mut **tx).await?;
    Ok(depth.unwrap_or(0))
}
