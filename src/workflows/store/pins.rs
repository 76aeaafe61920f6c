//! Pinned outputs, and the calls that a step of a run made.

use crate::{
    db::TenantTx,
    error::Result,
    ids::{ExecutionId, RunId, UserId, WorkflowId},
    workflows::{
        inspect::{Attempt, InnerRun},
        pins::Pin,
    },
};

/// All that is pinned in a workflow, also of steps that are gone from its draft.
pub(in crate::workflows) async fn pins(tx: &mut TenantTx, workflow: WorkflowId) -> Result<Vec<Pin>> {
    let rows = sqlx::query!("select node_id, output, pinned_by, at from workflow_pins where workflow_id = $1 order by node_id", workflow.0)
        .fetch_all(&mut **tx)
        .await?;
    let pin =
        rows.into_iter().map(|row| Pin { node_id: row.node_id, output: row.output, pinned_by: row.pinned_by.map(UserId), at: row.at });
    Ok(pin.collect())
}

pub(in crate::workflows) async fn set_pin(tx: &mut TenantTx, workflow: WorkflowId, pin: &Pin) -> Result<()> {
    sqlx::query!(
        "insert into workflow_pins (organization_id, workflow_id, node_id, output, pinned_by, at) values (current_organization(), $1, $2, $3, $4, $5)
         on conflict (workflow_id, node_id) do update set output = excluded.output, pinned_by = excluded.pinned_by, at = excluded.at",
        workflow.0,
        pin.node_id,
        pin.output,
        pin.pinned_by.map(|user| user.0),
        pin.at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// False: nothing was pinned there.
pub(in crate::workflows) async fn remove_pin(tx: &mut TenantTx, workflow: WorkflowId, node: &str) -> Result<bool> {
    let done =
        sqlx::query!("delete from workflow_pins where workflow_id = $1 and node_id = $2", workflow.0, node).execute(&mut **tx).await?;
    Ok(done.rows_affected() == 1)
}

/// The calls of a step, oldest first, with the one that gave a result kept from an earlier run.
pub(in crate::workflows) async fn attempts(
    tx: &mut TenantTx,
    run: RunId,
    node: &str,
    kept: Option<ExecutionId>,
    limit: i64,
) -> Result<Vec<Attempt>> {
    let rows = sqlx::query!(
        "select id, tool_name, status, item_index, error_message, logs, created_at, duration_ms from tool_executions
         where (run_id = $1 and node_id = $2) or id = $3 order by created_at desc, id desc limit $4",
        run.0,
        node,
        kept.map(|id| id.0),
        limit
    )
    .fetch_all(&mut **tx)
    .await?;
    let attempts = rows.into_iter().rev().map(|row| Attempt {
        execution_id: row.id.into(),
        tool_name: row.tool_name,
        status: row.status,
        item: row.item_index,
        error: row.error_message,
        console: row.logs,
        created_at: row.created_at,
        duration_ms: row.duration_ms,
    });
    Ok(attempts.collect())
}

/// The runs that a step of a run began.
pub(in crate::workflows) async fn inner_runs(tx: &mut TenantTx, run: RunId, node: &str, limit: i64) -> Result<Vec<InnerRun>> {
    let rows = sqlx::query!(
        "select id, workflow_id, parent_item, status from workflow_runs
         where parent_run_id = $1 and parent_node_id = $2 order by created_at desc, id desc limit $3",
        run.0,
        node,
        limit
    )
    .fetch_all(&mut **tx)
    .await?;
    let runs = rows.into_iter().rev().map(|row| InnerRun {
        id: RunId(row.id),
        workflow_id: row.workflow_id.into(),
        item: row.parent_item,
        status: row.status,
    });
    Ok(runs.collect())
}
