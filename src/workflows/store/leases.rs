//! Runs, as the server that holds them writes them.

use super::{LEASE_SECONDS, json, stored, whole_state, without_nodes};
use crate::{
    db::TenantTx,
    error::Result,
    ids::{OrganizationId, RunId, UserId},
    system::System,
    workflows::{
        engine::{Item, Items, NodeResult, RunState},
        graph::Definition,
    },
};
use chrono::{DateTime, Utc};
use sqlx::PgExecutor;
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
    pub depth: i32,
}

/// `None`: somebody else has it now, or it is gone.
pub(in crate::workflows) async fn open_run(tx: &mut TenantTx, id: RunId, fence: i64) -> Result<Option<OpenRun>> {
    let row = sqlx::query!(
        r#"select definition, state, input_data, output_data, node_results || recent_results as "node_results!", user_id, agent_id, session_id, trace_id, depth
           from workflow_runs where id = $1 and fence = $2"#,
        id.0,
        fence
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let mut state = whole_state(row.state, row.input_data, row.output_data, row.node_results)?;
    put_items(tx, id, &mut state).await?;
    Ok(Some(OpenRun {
        definition: stored(row.definition)?,
        state,
        user_id: row.user_id.map(UserId),
        agent_id: row.agent_id.map(Into::into),
        session_id: row.session_id.map(Into::into),
        trace_id: row.trace_id,
        depth: row.depth,
    }))
}

/// Definition, state and fence of a run, locked until the transaction ends.
pub(in crate::workflows) async fn lock_run(tx: &mut TenantTx, id: RunId) -> Result<Option<(Definition, RunState, i64)>> {
    let row = sqlx::query!(
        r#"select definition, state, input_data, output_data, node_results || recent_results as "node_results!", fence from workflow_runs where id = $1 for update"#,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let mut state = whole_state(row.state, row.input_data, row.output_data, row.node_results)?;
    put_items(tx, id, &mut state).await?;
    Ok(Some((stored(row.definition)?, state, row.fence)))
}

/// What changed since the last write: nodes, and items of nodes that go over lists.
#[derive(Debug, Default)]
pub(in crate::workflows) struct Changed {
    pub nodes: BTreeMap<String, NodeResult>,
    pub items: Vec<(String, u32, Item)>,
}

impl Changed {
    /// Everything, whether it changed or not.
    pub(in crate::workflows) fn all(state: &RunState) -> Self {
        let mut changed = Self::default();
        for (id, result) in &state.nodes {
            let items = result.items.iter().flat_map(|items| &items.done);
            changed.items.extend(items.map(|(&place, item)| (id.clone(), place, item.clone())));
            changed.nodes.insert(id.clone(), without_items(result));
        }
        changed
    }
}

/// A node's result as its column keeps it: single items have rows of their own.
pub(in crate::workflows) fn without_items(result: &NodeResult) -> NodeResult {
    let items = result.items.as_ref().map(|items| Items {
        total: items.total,
        next: items.next,
        open: items.open,
        failed: items.failed,
        ..Items::default()
    });
    let (status, attempts, origin, branch) = (result.status, result.attempts, result.origin, result.branch.clone());
    NodeResult {
        status,
        attempts,
        output: result.output.clone(),
        error: result.error.clone(),
        error_class: result.error_class.clone(),
        branch,
        execution_id: result.execution_id,
        started_at: result.started_at,
        completed_at: result.completed_at,
        duration_ms: result.duration_ms,
        due_at: result.due_at,
        origin,
        items,
    }
}

async fn put_items(tx: &mut TenantTx, id: RunId, state: &mut RunState) -> Result<()> {
    if state.nodes.values().all(|result| result.items.is_none()) {
        return Ok(());
    }
    let rows = sqlx::query!("select node_id, item, result from workflow_run_items where run_id = $1", id.0).fetch_all(&mut **tx).await?;
    for row in rows {
        if let Some(items) = state.nodes.get_mut(&row.node_id).and_then(|result| result.items.as_mut()) {
            items.done.insert(u32::try_from(row.item).unwrap_or_default(), stored(row.result)?);
        }
    }
    Ok(())
}

/// Writes the state, with what changed, and renews the lease: in one statement, which is a transaction of its own unless it is part of one. False: the
/// fence was raised, this server no longer owns the run. Items are written apart, by [`put_down_items`].
pub(in crate::workflows) async fn checkpoint(
    db: impl PgExecutor<'_>,
    (organization, id, fence): (OrganizationId, RunId, i64),
    definition: &Definition,
    state: &RunState,
    changed: &Changed,
) -> Result<bool> {
    let held = sqlx::query_scalar!(
        r#"select checkpoint_run($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) as "held!""#,
        organization.0,
        id.0,
        fence,
        without_nodes(state)?,
        state.status.as_str(),
        state.current_node(definition),
        json(&changed.nodes)?,
        state.output,
        state.error,
        state.started_at,
        state.completed_at,
        (!state.status.is_final()).then_some(LEASE_SECONDS),
        state.next_due()
    )
    .fetch_one(db)
    .await?;
    Ok(held)
}

/// Single items of nodes that go over lists.
pub(in crate::workflows) async fn put_down_items(tx: &mut TenantTx, id: RunId, items: &[(String, u32, Item)]) -> Result<()> {
    if items.is_empty() {
        return Ok(());
    }
    let nodes: Vec<String> = items.iter().map(|(node, ..)| node.clone()).collect();
    let places: Vec<i32> = items.iter().map(|(_, place, _)| i32::try_from(*place).unwrap_or(i32::MAX)).collect();
    let statuses: Vec<String> = items.iter().map(|(.., item)| item.status.as_str().to_owned()).collect();
    let results: Vec<serde_json::Value> = items.iter().map(|(.., item)| json(item)).collect::<Result<_>>()?;
    sqlx::query!(
        "insert into workflow_run_items (organization_id, run_id, node_id, item, status, result)
         select current_organization(), $1, n, i, s, r from unnest($2::text[], $3::integer[], $4::text[], $5::jsonb[]) as t (n, i, s, r)
         on conflict (run_id, node_id, item) do update set status = excluded.status, result = excluded.result",
        id.0,
        &nodes,
        &places,
        &statuses,
        &results
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Lets the run go while nothing is to be done for it. `true`: a question of it was answered at this moment, so it is held still. It may also be
/// somebody else's already, which is left as it is.
pub(in crate::workflows) async fn park(tx: &mut TenantTx, id: RunId, fence: i64, wake_at: Option<DateTime<Utc>>) -> Result<bool> {
    // Locked first, and by a statement of its own: an answer that comes at this moment is either seen by the next, or sees that nobody holds the run.
    let held = sqlx::query_scalar!("select 1 from workflow_runs where id = $1 and fence = $2 for update", id.0, fence)
        .fetch_optional(&mut **tx)
        .await?;
    if held.is_none() {
        return Ok(false);
    }
    let let_go = sqlx::query!(
        "update workflow_runs r set lease_owner = null, lease_until = null, wake_at = $2
         where r.id = $1 and not exists (select from workflow_approvals a where a.run_id = r.id and a.decision is not null
           and coalesce(r.recent_results -> a.node_id, r.node_results -> a.node_id) ->> 'status' = 'waiting')",
        id.0,
        wake_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(let_go.rows_affected() == 0)
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

/// Takes up this run if it waits and nobody holds it: its fence. What else has it locked at the moment is waited for.
pub(in crate::workflows) async fn claim_waiting(tx: &mut TenantTx, id: RunId, owner: Uuid) -> Result<Option<i64>> {
    let fence = sqlx::query_scalar!(
        "update workflow_runs set lease_owner = $2, lease_until = now() + make_interval(secs => $3), fence = fence + 1
         where id = $1 and status = 'waiting' and (lease_until is null or lease_until < now()) returning fence",
        id.0,
        owner,
        LEASE_SECONDS
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(fence)
}

/// What becomes of a run that this server was told to drive.
pub(in crate::workflows) enum Handed {
    /// It drives it now, under this fence.
    Taken(i64),
    /// Somebody drives it, or has just stopped to.
    Held,
    /// There is nothing to do before this time; `None`: before somebody answers.
    Waits(Option<DateTime<Utc>>),
    /// It has ended, or is gone.
    Ended,
}

/// Takes up this run if it has something to do and nobody holds it.
pub(in crate::workflows) async fn take(tx: &mut TenantTx, id: RunId, owner: Uuid) -> Result<Handed> {
    let fence = sqlx::query_scalar!(
        "update workflow_runs set lease_owner = $2, lease_until = now() + make_interval(secs => $3), fence = fence + 1
         where id = $1 and (status in ('pending', 'running') or (status = 'waiting' and wake_at <= now()))
           and (lease_until is null or lease_until < now()) returning fence",
        id.0,
        owner,
        LEASE_SECONDS
    )
    .fetch_optional(&mut **tx)
    .await?;
    if let Some(fence) = fence {
        return Ok(Handed::Taken(fence));
    }
    let row = sqlx::query!(
        r#"select status in ('pending', 'running', 'waiting') as "is_open!", wake_at,
             status = 'waiting' and (lease_until is null or lease_until < now()) and (wake_at is null or wake_at > now()) as "rests!"
           from workflow_runs where id = $1"#,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(match row {
        Some(row) if row.rests => Handed::Waits(row.wake_at),
        Some(row) if row.is_open => Handed::Held,
        _ => Handed::Ended,
    })
}

/// Runs that have something to do, that nobody drives, and that were not sent to who hands them out for `again` seconds. They count as sent.
pub(in crate::workflows) async fn unsent(system: &System, most: i32, again: f64) -> Result<Vec<(RunId, OrganizationId)>> {
    let rows = sqlx::query!(
        r#"select id as "id!", organization_id as "organization_id!" from take_unsent_runs($1, make_interval(secs => $2))"#,
        most,
        again
    )
    .fetch_all(&system.pool)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id.into(), row.organization_id.into())).collect())
}

/// Sending did not work: it is tried again at the next look.
pub(in crate::workflows) async fn not_sent(tx: &mut TenantTx, id: RunId) -> Result<()> {
    sqlx::query!("update workflow_runs set sent_at = null where id = $1", id.0).execute(&mut **tx).await?;
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
