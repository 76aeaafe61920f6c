//! Questions to people, and their answers.

use crate::{
    db::TenantTx,
    error::Result,
    ids::{RunId, UserId},
    workflows::{Approval, engine::Decision, graph::Node},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Asks. A question that has been asked already is not asked again.
pub(in crate::workflows) async fn ask(
    tx: &mut TenantTx,
    run: RunId,
    node: &Node,
    now: DateTime<Utc>,
    due: Option<DateTime<Utc>>,
) -> Result<()> {
    let approvers = node.config.approvers.clone().unwrap_or_default();
    let users: Vec<Uuid> = approvers.users.iter().map(|user| user.0).collect();
    sqlx::query!(
        "insert into workflow_approvals (organization_id, run_id, node_id, message, roles, users, requested_at, due_at)
         values (current_organization(), $1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
        run.0,
        node.id,
        node.config.message.as_deref().unwrap_or_default(),
        &approvers.roles,
        &users,
        now,
        due
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// All questions of a run.
pub(in crate::workflows) async fn approvals(tx: &mut TenantTx, run: RunId) -> Result<Vec<Approval>> {
    let rows = sqlx::query!(
        "select node_id, message, roles, users, requested_at, due_at, decision, decided_by_name, note, decided_at
         from workflow_approvals where run_id = $1 order by requested_at, node_id",
        run.0
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Approval {
            run_id: run,
            node_id: row.node_id,
            message: row.message,
            roles: row.roles,
            users: row.users.into_iter().map(UserId).collect(),
            requested_at: row.requested_at,
            due_at: row.due_at,
            decision: row.decision,
            decided_by_name: row.decided_by_name,
            note: row.note,
            decided_at: row.decided_at,
        })
        .collect())
}

/// The answers that were given, by node.
pub(in crate::workflows) async fn decisions(tx: &mut TenantTx, run: RunId) -> Result<Vec<(String, Decision)>> {
    let rows = sqlx::query!(
        r#"select node_id, decision as "decision!", decided_by_name, note from workflow_approvals where run_id = $1 and decision is not null"#,
        run.0
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let decision = Decision { approved: row.decision == "approved", by: row.decided_by_name.unwrap_or_default(), note: row.note };
            (row.node_id, decision)
        })
        .collect())
}

/// Whether the node waits for an answer now. Locks the run, so that its server and an answer do not cross.
pub(in crate::workflows) async fn lock_waiting(tx: &mut TenantTx, run: RunId, node: &str) -> Result<bool> {
    let waits = sqlx::query_scalar!(
        r#"select coalesce(recent_results -> $2, node_results -> $2) ->> 'status' = 'waiting' as "waits" from workflow_runs where id = $1 for update"#,
        run.0,
        node
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(waits.flatten().unwrap_or(false))
}

/// False: somebody has answered already.
pub(in crate::workflows) async fn answer(
    tx: &mut TenantTx,
    run: RunId,
    node: &str,
    decision: &Decision,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "update workflow_approvals set decision = $3, decided_by = $4, decided_by_name = $5, note = $6, decided_at = $7
         where run_id = $1 and node_id = $2 and decision is null",
        run.0,
        node,
        if decision.approved { "approved" } else { "rejected" },
        by.0,
        decision.by,
        decision.note,
        now
    )
    .execute(&mut **tx)
    .await?;
    // Should nobody hold the run, or its server die, it is taken up again for this.
    sqlx::query!("update workflow_runs set wake_at = now() where id = $1 and status = 'waiting'", run.0).execute(&mut **tx).await?;
    Ok(done.rows_affected() == 1)
}
