//! Runs, as the server that holds them writes them.

use super::{LEASE_SECONDS, json, stored, whole_state, without_nodes};
use crate::{
    db::TenantTx,
    error::Result,
    ids::{OrganizationId, RunId, UserId},
    system::System,
    workflows::{
        engine::{NodeResult, RunState},
        graph::Definition,
    },
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a runner needs to go on with a run.
pub(in crate::workflows) struct OpenRun {
    pub definition: Definition,
    pub state: RunState,
    pub user_id: Option<UserId>,
    pub agent_id: Option<crate::ids::AgentId>,
    pub session_id: Option<crate::ids::SessionId>,
    pub trace_id: Option<String>,
}

/// `None`: somebody else has it now, or it is gone.
pub(in crate::workflows) async fn open_run(tx: &mut TenantTx, id: RunId, fence: i64) -> Result<Option<OpenRun>> {
    let row = sqlx::query!(
        "select definition, state, input_data, output_data, node_results, user_id, agent_id, session_id, trace_id from workflow_runs where id = $1 and fence = $2",
        id.0,
        fence
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| {
        Ok(OpenRun {
            definition: stored(row.definition)?,
            state: whole_state(row.state, row.input_data, row.output_data, row.node_results)?,
            user_id: row.user_id.map(UserId),
            agent_id: row.agent_id.map(Into::into),
            session_id: row.session_id.map(Into::into),
            trace_id: row.trace_id,
        })
    })
    .transpose()
}

/// Definition, state and fence of a run, locked until the transaction ends.
pub(in crate::workflows) async fn lock_run(tx: &mut TenantTx, id: RunId) -> Result<Option<(Definition, RunState, i64)>> {
    let row = sqlx::query!(
        "select definition, state, input_data, output_data, node_results, fence from workflow_runs where id = $1 for update",
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| Ok((stored(row.definition)?, whole_state(row.state, row.input_data, row.output_data, row.node_results)?, row.fence)))
        .transpose()
}

/// Writes the state, with the nodes that changed, and renews the lease. False: the fence was raised, this server no longer owns the run.
pub(in crate::workflows) async fn checkpoint(
    tx: &mut TenantTx,
    id: RunId,
    fence: i64,
    definition: &Definition,
    state: &RunState,
    changed: &BTreeMap<String, NodeResult>,
) -> Result<bool> {
    let done = sqlx::query!(
        "update workflow_runs set state = $3, status = $4, current_node = $5, node_results = node_results || $6, output_data = $7, error_message = $8,
           started_at = $9, completed_at = $10, lease_until = case when $11 then null else now() + make_interval(secs => $12) end
         where id = $1 and fence = $2",
        id.0,
        fence,
        without_nodes(state)?,
        state.status.as_str(),
        state.current_node(definition),
        json(changed)?,
        state.output,
        state.error,
        state.started_at,
        state.completed_at,
        state.status.is_final(),
        LEASE_SECONDS
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whoever held the run holds it no longer.
pub(in crate::workflows) async fn raise_fence(tx: &mut TenantTx, id: RunId) -> Result<()> {
    sqlx::query!("update workflow_runs set fence = fence + 1, lease_owner = null, lease_until = null where id = $1", id.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// A sign of life. False: this server no longer owns the run.
pub(in crate::workflows) async fn renew(tx: &mut TenantTx, id: RunId, fence: i64) -> Result<bool> {
    let done = sqlx::query!(
        "update workflow_runs set lease_until = now() + make_interval(secs => $3) where id = $1 and fence = $2",
        id.0,
        fence,
        LEASE_SECONDS
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Lets another server take the run up at once.
pub(in crate::workflows) async fn release(tx: &mut TenantTx, id: RunId, fence: i64) -> Result<()> {
    sqlx::query!("update workflow_runs set lease_until = now() where id = $1 and fence = $2 and lease_until is not null", id.0, fence)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Takes up runs that nobody has given a sign of life for.
pub(in crate::workflows) async fn claim(system: &System, owner: Uuid, most: i32) -> Result<Vec<(RunId, OrganizationId, i64)>> {
    let rows = sqlx::query!(
        r#"select id as "id!", organization_id as "organization_id!", fence as "fence!" from claim_stale_runs($1, make_interval(secs => $2), $3)"#,
        owner,
        LEASE_SECONDS,
        most
    )
    .fetch_all(&system.pool)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id.into(), row.organization_id.into(), row.fence)).collect())
}
