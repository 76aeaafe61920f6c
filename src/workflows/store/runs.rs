//! Runs, as they are begun and read.

use super::{LEASE_SECONDS, json, status, stored, without_nodes};
use crate::{
    access::Permission,
    actor::Actor,
    db::TenantTx,
    error::Result,
    ids::{OrganizationId, RunId, UserId},
    page::Cursor,
    workflows::{
        Run, RunSummary, StartRun, Workflow,
        engine::{RunState, RunStatus},
        list_runs::ListRuns,
    },
};
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

#[allow(clippy::too_many_arguments)]
pub(in crate::workflows) async fn insert_run(
    tx: &mut TenantTx,
    actor: &Actor,
    workflow: &Workflow,
    id: RunId,
    state: &RunState,
    start: &StartRun,
    lease_owner: Uuid,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into workflow_runs (id, organization_id, workflow_id, workflow_revision, definition, state, status, input_data, node_results,
           user_id, agent_id, session_id, source, trace_id, lease_owner, lease_until, fence, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, now() + make_interval(secs => $16), 1, $17)",
        id.0,
        actor.organization_id.0,
        workflow.id.0,
        workflow.revision,
        json(&workflow.definition)?,
        without_nodes(state)?,
        state.status.as_str(),
        Value::Object(state.input.clone()),
        json(&state.nodes)?,
        actor.user_id.0,
        actor.agent_id.map(|agent| agent.0),
        start.session_id.map(|session| session.0),
        actor.source.as_str(),
        start.trace_id,
        lease_owner,
        LEASE_SECONDS,
        now
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("update workflows set execution_count = execution_count + 1, last_executed_at = $2 where id = $1", workflow.id.0, now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub(in crate::workflows) async fn run_status(tx: &mut TenantTx, id: RunId) -> Result<Option<RunStatus>> {
    let row = sqlx::query_scalar!("select status from workflow_runs where id = $1", id.0).fetch_optional(&mut **tx).await?;
    row.as_deref().map(status).transpose()
}

/// `None`: not there, or not to be seen by this actor.
pub(in crate::workflows) async fn find_run(tx: &mut TenantTx, actor: &Actor, id: RunId) -> Result<Option<Run>> {
    let row = sqlx::query!(
        r#"select r.*, w.display_name as workflow_name from workflow_runs r join workflows w on w.id = r.workflow_id
           where r.id = $1 and ($2 or (r.user_id = $3 and r.agent_id is not distinct from $4))"#,
        id.0,
        actor.may(Permission::ReadExecutions),
        actor.user_id.0,
        actor.agent_id.map(|agent| agent.0)
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| {
        Ok(Run {
            id,
            workflow_id: row.workflow_id.into(),
            workflow_name: row.workflow_name,
            workflow_revision: row.workflow_revision,
            status: status(&row.status)?,
            current_node: row.current_node,
            input_data: stored(row.input_data)?,
            output_data: row.output_data,
            node_results: stored(row.node_results)?,
            error_message: row.error_message,
            user_id: row.user_id.map(UserId),
            agent_id: row.agent_id.map(Into::into),
            source: row.source,
            trace_id: row.trace_id,
            created_at: row.created_at,
            started_at: row.started_at,
            completed_at: row.completed_at,
            definition: stored(row.definition)?,
        })
    })
    .transpose()
}

pub(in crate::workflows) async fn list_runs(
    tx: &mut TenantTx,
    actor: &Actor,
    query: &ListRuns,
    cursor: Option<Cursor>,
    limit: i64,
) -> Result<Vec<RunSummary>> {
    let rows = sqlx::query!(
        r#"select r.id, r.workflow_id, w.display_name as workflow_name, r.workflow_revision, r.status, r.error_message, r.source,
             r.created_at, r.started_at, r.completed_at
           from workflow_runs r join workflows w on w.id = r.workflow_id
           where ($1 or (r.user_id = $2 and r.agent_id is not distinct from $3))
             and ($4::uuid is null or r.workflow_id = $4) and ($5::text is null or r.status = $5)
             and ($6::timestamptz is null or (r.created_at, r.id) < ($6, $7))
           order by r.created_at desc, r.id desc limit $8"#,
        actor.may(Permission::ReadExecutions),
        actor.user_id.0,
        actor.agent_id.map(|agent| agent.0),
        query.workflow_id.map(|id| id.0),
        query.status.map(RunStatus::as_str),
        cursor.map(|c| c.at),
        cursor.map(|c| c.id),
        limit
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(RunSummary {
                id: row.id.into(),
                workflow_id: row.workflow_id.into(),
                workflow_name: row.workflow_name,
                workflow_revision: row.workflow_revision,
                status: status(&row.status)?,
                error_message: row.error_message,
                source: row.source,
                created_at: row.created_at,
                started_at: row.started_at,
                completed_at: row.completed_at,
            })
        })
        .collect()
}

/// Name and role of a member; `None`: no member any more.
pub(in crate::workflows) async fn member(
    tx: &mut TenantTx,
    organization: OrganizationId,
    user: UserId,
) -> Result<Option<(String, String)>> {
    let row = sqlx::query!(
        "select u.name, m.role from memberships m join users u on u.id = m.user_id where m.organization_id = $1 and m.user_id = $2",
        organization.0,
        user.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| (row.name, row.role)))
}
