//! Runs, as they are begun and read.

use super::{Changed, LEASE_SECONDS, json, put_down_items, status, stored, without_nodes};
use crate::{
    access::Permission,
    actor::Actor,
    db::TenantTx,
    error::Result,
    ids::{ExecutionId, OrganizationId, RunId, SessionId, TriggerId, UserId, WorkflowId},
    page::Cursor,
    workflows::{
        Run, RunSummary,
        engine::{CallId, RunState, RunStatus},
        graph::Definition,
        list_runs::ListRuns,
    },
};
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

/// A run that begins.
pub(in crate::workflows) struct NewRun<'a> {
    pub id: RunId,
    pub workflow_id: WorkflowId,
    pub revision: i32,
    pub version: Option<i32>,
    pub session_id: Option<SessionId>,
    pub trace_id: Option<String>,
    /// The call of a run that this run answers.
    pub parent: Option<&'a Parent>,
    /// The run whose results it keeps.
    pub resumed_from: Option<RunId>,
    /// What started it, if it was no person or program.
    pub trigger: Option<(TriggerId, &'a str)>,
}

impl NewRun<'_> {
    /// How many runs it is inside of.
    pub fn depth(&self) -> i32 {
        self.parent.map_or(0, |parent| parent.depth + 1)
    }
}

/// Which call of which run another run answers.
#[derive(Clone, Debug)]
pub(in crate::workflows) struct Parent {
    pub run_id: RunId,
    pub call: CallId,
    pub attempt: u32,
    /// How many runs the parent is inside of.
    pub depth: i32,
}

fn number(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

/// `holder`: the server that drives it from now on; `None`: it is handed out. False: the parent's call has a run already.
pub(in crate::workflows) async fn insert_run(
    tx: &mut TenantTx,
    actor: &Actor,
    new: &NewRun<'_>,
    (definition, state): (&Definition, &RunState),
    holder: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let (parent, all) = (new.parent, Changed::all(state));
    let done = sqlx::query!(
        "with counted as (
           insert into workflow_run_counts as c (organization_id, workflow_id, shard, execution_count, last_executed_at)
           values ($2, $3, pg_backend_pid() % 16, 1, $17)
           on conflict (workflow_id, shard) do update set execution_count = c.execution_count + 1,
             last_executed_at = greatest(c.last_executed_at, excluded.last_executed_at)
         )
         insert into workflow_runs (id, organization_id, workflow_id, workflow_revision, definition, state, status, input_data, node_results,
           user_id, agent_id, session_id, source, trace_id, lease_owner, lease_until, fence, created_at,
           parent_run_id, parent_node_id, parent_item, parent_attempt, depth, resumed_from, workflow_version,
           trigger_id, trigger_name, sent_at, current_node, output_data, error_message, started_at, completed_at, wake_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
           case when $15::uuid is not null and $31::timestamptz is null then now() + make_interval(secs => $16) end, 1, $17,
           $18, $19, $20, $21, $22, $23, $24, $25, $26, case when $15::uuid is null then now() end, $27, $28, $29, $30, $31, $32)
         on conflict do nothing",
        new.id.0,
        actor.organization_id.0,
        new.workflow_id.0,
        new.revision,
        json(definition)?,
        without_nodes(state)?,
        state.status.as_str(),
        Value::Object(state.input.clone()),
        json(&all.nodes)?,
        actor.user_id.0,
        actor.agent_id.map(|agent| agent.0),
        new.session_id.map(|session| session.0),
        actor.source.as_str(),
        new.trace_id,
        holder,
        LEASE_SECONDS,
        now,
        parent.map(|parent| parent.run_id.0),
        parent.map(|parent| parent.call.node.as_str()),
        parent.and_then(|parent| parent.call.item).map(number),
        parent.map(|parent| number(parent.attempt)),
        new.depth(),
        new.resumed_from.map(|run| run.0),
        new.version,
        new.trigger.map(|(id, _)| id.0),
        new.trigger.map(|(_, name)| name),
        state.current_node(definition),
        state.output,
        state.error,
        state.started_at,
        state.completed_at,
        state.next_due()
    )
    .execute(&mut **tx)
    .await?;
    put_down_items(tx, new.id, &all.items).await?;
    Ok(done.rows_affected() == 1)
}

/// The run that answers a call, if it has begun.
pub(in crate::workflows) async fn child_run(tx: &mut TenantTx, parent: &Parent) -> Result<Option<RunId>> {
    let id = sqlx::query_scalar!(
        "select id from workflow_runs where parent_run_id = $1 and parent_node_id = $2 and coalesce(parent_item, -1) = $3 and parent_attempt = $4",
        parent.run_id.0,
        parent.call.node,
        parent.call.item.map_or(-1, number),
        number(parent.attempt)
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(id.map(RunId))
}

/// How a run ended; `None`: it goes on. An error: it is gone.
pub(in crate::workflows) async fn run_end(tx: &mut TenantTx, id: RunId) -> Result<Option<(RunStatus, Option<Value>, Option<String>)>> {
    let row =
        sqlx::query!("select status, output_data, error_message from workflow_runs where id = $1", id.0).fetch_optional(&mut **tx).await?;
    let Some(row) = row else { return Err(crate::error::Error::NotFound("run")) };
    let status = status(&row.status)?;
    Ok(status.is_final().then_some((status, row.output_data, row.error_message)))
}

/// The runs that this run began and that have not ended, those inside them included.
pub(in crate::workflows) async fn open_descendants(tx: &mut TenantTx, id: RunId) -> Result<Vec<RunId>> {
    let ids = sqlx::query_scalar!(
        r#"with recursive below as (
             select id, status from workflow_runs where parent_run_id = $1
             union all
             select r.id, r.status from workflow_runs r join below b on r.parent_run_id = b.id
           )
           select id as "id!" from below where status in ('pending', 'running', 'waiting')"#,
        id.0
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids.into_iter().map(RunId).collect())
}

/// What a tool gave when this call was answered before, though the answer did not reach the run.
pub(in crate::workflows) async fn answered(tx: &mut TenantTx, run: RunId, call: &CallId) -> Result<Option<(ExecutionId, Value)>> {
    let row = sqlx::query!(
        "select id, outputs from tool_executions
         where run_id = $1 and node_id = $2 and item_index is not distinct from $3 and status = 'success' order by created_at desc limit 1",
        run.0,
        call.node,
        call.item.map(number)
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| (row.id.into(), row.outputs.unwrap_or(Value::Null))))
}

pub(in crate::workflows) async fn run_status(tx: &mut TenantTx, id: RunId) -> Result<Option<RunStatus>> {
    let row = sqlx::query_scalar!("select status from workflow_runs where id = $1", id.0).fetch_optional(&mut **tx).await?;
    row.as_deref().map(status).transpose()
}

/// Changes with every write of the run, whoever writes; `None`: it is gone.
pub(in crate::workflows) async fn run_mark(tx: &mut TenantTx, id: RunId) -> Result<Option<String>> {
    let mark =
        sqlx::query_scalar!(r#"select xmin::text as "mark!" from workflow_runs where id = $1"#, id.0).fetch_optional(&mut **tx).await?;
    Ok(mark)
}

/// `None`: not there, or not to be seen by this actor.
pub(in crate::workflows) async fn find_run(tx: &mut TenantTx, actor: &Actor, id: RunId) -> Result<Option<Run>> {
    let row = sqlx::query!(
        r#"select r.*, r.node_results || r.recent_results as "all_results!", w.display_name as workflow_name from workflow_runs r join workflows w on w.id = r.workflow_id
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
            workflow_version: row.workflow_version,
            status: status(&row.status)?,
            current_node: row.current_node,
            input_data: stored(row.input_data)?,
            output_data: row.output_data,
            node_results: stored(row.all_results)?,
            error_message: row.error_message,
            user_id: row.user_id.map(UserId),
            agent_id: row.agent_id.map(Into::into),
            source: row.source,
            trigger_id: row.trigger_id.map(TriggerId),
            trigger_name: row.trigger_name,
            trace_id: row.trace_id,
            created_at: row.created_at,
            started_at: row.started_at,
            completed_at: row.completed_at,
            definition: stored(row.definition)?,
            parent_run_id: row.parent_run_id.map(RunId),
            resumed_from: row.resumed_from.map(RunId),
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
        r#"select r.id, r.workflow_id, w.display_name as workflow_name, r.workflow_revision, r.workflow_version, r.status, r.error_message, r.source,
             r.trigger_name, r.resumed_from, r.created_at, r.started_at, r.completed_at
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
                workflow_version: row.workflow_version,
                status: status(&row.status)?,
                error_message: row.error_message,
                source: row.source,
                trigger_name: row.trigger_name,
                resumed_from: row.resumed_from.map(RunId),
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
