//! All SQL of workflows and runs.

use super::{
    NewWorkflow, Run, RunMark, RunSummary, StartRun, Visibility, Workflow, WorkflowSummary,
    engine::{NodeResult, RunState, RunStatus},
    graph::{Catalog, Definition, ToolShape},
};
use crate::{
    access::Permission,
    actor::Actor,
    db::TenantTx,
    error::{Error, Result},
    ids::{OrganizationId, RunId, ToolId, UserId, WorkflowId},
    page::{Cursor, ListOrder, Numbered, PER_PAGE},
    system::System,
};
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use uuid::Uuid;

/// How long a server holds a run without a sign of life, in seconds.
pub const LEASE_SECONDS: f64 = 30.0;

/// Stored by us in this shape: anything else is our own fault.
fn stored<T: DeserializeOwned>(value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(|error| Error::Internal(Box::new(error)))
}

fn json<T: serde::Serialize>(value: &T) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| Error::Internal(Box::new(error)))
}

fn status(text: &str) -> Result<RunStatus> {
    RunStatus::parse(text).ok_or_else(|| Error::internal(format!("unknown run status {text}")))
}

/// Whose id stands for the actor: the agent's, where it is one.
fn subject(actor: &Actor) -> Uuid {
    actor.agent_id.map_or(actor.user_id.0, |agent| agent.0)
}

/// The owner, and admins.
pub(super) fn owns(actor: &Actor, workflow: &Workflow) -> bool {
    actor.may(Permission::ManageTools) || workflow.owner_id == Some(subject(actor))
}

/// Builders work on public workflows together; private ones are the owner's and the admins'.
pub(super) fn may_change(actor: &Actor, workflow: &Workflow) -> bool {
    owns(actor, workflow) || workflow.visibility == Visibility::Public
}

pub(super) async fn insert(tx: &mut TenantTx, actor: &Actor, id: WorkflowId, new: &NewWorkflow) -> Result<()> {
    let owner_type = if actor.agent_id.is_some() { "agent" } else { "user" };
    sqlx::query!(
        "insert into workflows (id, organization_id, name, display_name, description, definition, visibility, owner_id, owner_type)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id.0,
        actor.organization_id.0,
        new.name,
        new.display_name,
        new.description,
        json(&new.definition)?,
        new.visibility.as_str(),
        subject(actor),
        owner_type
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// `None`: not there, or not to be seen by this actor.
pub(super) async fn find(tx: &mut TenantTx, actor: &Actor, id: WorkflowId) -> Result<Option<Workflow>> {
    let row = sqlx::query!(
        "select * from workflows where id = $1 and (visibility = 'public' or owner_id = $2 or $3)",
        id.0,
        subject(actor),
        actor.role.may(Permission::ManageTools) && actor.agent_id.is_none()
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| {
        Ok(Workflow {
            id,
            name: row.name,
            display_name: row.display_name,
            description: row.description,
            definition: stored(row.definition)?,
            revision: row.revision,
            visibility: Visibility::parse(&row.visibility).unwrap_or(Visibility::Private),
            is_template: row.is_template,
            owner_id: row.owner_id,
            owner_type: super::OwnerType::parse(&row.owner_type).unwrap_or(super::OwnerType::User),
            execution_count: row.execution_count,
            last_executed_at: row.last_executed_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            findings: Vec::new(),
        })
    })
    .transpose()
}

/// False: somebody else saved it meanwhile.
pub(super) async fn save(tx: &mut TenantTx, workflow: &Workflow, read: i32) -> Result<bool> {
    let done = sqlx::query!(
        "update workflows set name = $3, display_name = $4, description = $5, definition = $6, visibility = $7, revision = revision + 1
         where id = $1 and revision = $2",
        workflow.id.0,
        read,
        workflow.name,
        workflow.display_name,
        workflow.description,
        json(&workflow.definition)?,
        workflow.visibility.as_str()
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn delete(tx: &mut TenantTx, id: WorkflowId) -> Result<()> {
    sqlx::query!("delete from workflows where id = $1", id.0).execute(&mut **tx).await?;
    Ok(())
}

pub(super) async fn list(
    tx: &mut TenantTx,
    actor: &Actor,
    search: Option<&str>,
    cursor: Option<Cursor>,
    limit: i64,
) -> Result<Vec<WorkflowSummary>> {
    let pattern = search.map(|text| format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")));
    let rows = sqlx::query!(
        r#"select w.id, w.name, w.display_name, w.description, w.revision, w.visibility, w.execution_count, w.last_executed_at, w.created_at, w.updated_at,
             (select count(*) from jsonb_array_elements(w.definition->'nodes') n where coalesce(n->>'type', 'tool') not in ('input', 'output')) as "steps!",
             (select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'status', r.status, 'created_at', r.created_at) order by r.created_at desc), '[]')
              from (select id, status, created_at from workflow_runs where workflow_id = w.id order by created_at desc limit 5) r) as "last_runs!: Value"
           from workflows w
           where (w.visibility = 'public' or w.owner_id = $1 or $2)
             and ($3::text is null or w.name ilike $3 or w.display_name ilike $3 or w.description ilike $3)
             and ($4::timestamptz is null or (w.created_at, w.id) < ($4, $5))
           order by w.created_at desc, w.id desc limit $6"#,
        subject(actor),
        actor.role.may(Permission::ManageTools) && actor.agent_id.is_none(),
        pattern,
        cursor.map(|c| c.at),
        cursor.map(|c| c.id),
        limit
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(WorkflowSummary {
                id: row.id.into(),
                name: row.name,
                display_name: row.display_name,
                description: row.description,
                revision: row.revision,
                visibility: Visibility::parse(&row.visibility).unwrap_or(Visibility::Private),
                execution_count: row.execution_count,
                last_executed_at: row.last_executed_at,
                created_at: row.created_at,
                updated_at: row.updated_at,
                steps: row.steps,
                last_runs: stored::<Vec<RunMark>>(row.last_runs)?,
            })
        })
        .collect()
}

/// One page of the workflows in any order.
pub(super) async fn numbered(tx: &mut TenantTx, actor: &Actor, search: Option<&str>, order: &ListOrder) -> Result<Numbered<WorkflowSummary>> {
    let pattern = search.map(|text| format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")));
    let rows = sqlx::query!(
        r#"with shown as (
             select w.*,
               (select count(*) from jsonb_array_elements(w.definition->'nodes') n where coalesce(n->>'type', 'tool') not in ('input', 'output')) as steps
             from workflows w
             where (w.visibility = 'public' or w.owner_id = $1 or $2)
               and ($3::text is null or w.name ilike $3 or w.display_name ilike $3 or w.description ilike $3)
           )
           select w.id, w.name, w.display_name, w.description, w.revision, w.visibility, w.execution_count, w.last_executed_at, w.created_at,
             w.updated_at, w.steps as "steps!", count(*) over () as "total!",
             (select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'status', r.status, 'created_at', r.created_at) order by r.created_at desc), '[]')
              from (select id, status, created_at from workflow_runs where workflow_id = w.id order by created_at desc limit 5) r) as "last_runs!: Value"
           from shown w
           order by
             case when not $5 then case $4 when 'steps' then w.steps when 'runs' then w.execution_count end end,
             case when $5 then case $4 when 'steps' then w.steps when 'runs' then w.execution_count end end desc,
             case when not $5 then case $4 when 'last_run' then w.last_executed_at when 'changed' then w.updated_at end end nulls last,
             case when $5 then case $4 when 'last_run' then w.last_executed_at when 'changed' then w.updated_at end end desc nulls last,
             case when not $5 and $4 = 'name' then lower(w.display_name) end,
             case when $5 and $4 = 'name' then lower(w.display_name) end desc,
             w.created_at desc, w.id desc
           limit $6 offset $7"#,
        subject(actor),
        actor.role.may(Permission::ManageTools) && actor.agent_id.is_none(),
        pattern,
        order.sort,
        order.descending,
        PER_PAGE,
        order.offset()
    )
    .fetch_all(&mut **tx)
    .await?;
    let total = rows.first().map_or(0, |row| row.total);
    let items = rows
        .into_iter()
        .map(|row| {
            Ok(WorkflowSummary {
                id: row.id.into(),
                name: row.name,
                display_name: row.display_name,
                description: row.description,
                revision: row.revision,
                visibility: Visibility::parse(&row.visibility).unwrap_or(Visibility::Private),
                execution_count: row.execution_count,
                last_executed_at: row.last_executed_at,
                created_at: row.created_at,
                updated_at: row.updated_at,
                steps: row.steps,
                last_runs: stored::<Vec<RunMark>>(row.last_runs)?,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Numbered { items, total, page: order.page() })
}

/// The tools the actor may execute: all, or those of these ids.
pub(super) async fn catalog(tx: &mut TenantTx, actor: &Actor, ids: Option<&[ToolId]>, now: DateTime<Utc>) -> Result<Catalog> {
    let ids: Option<Vec<Uuid>> = ids.map(|ids| ids.iter().map(|id| id.0).collect());
    let rows = sqlx::query!(
        r#"select t.id, t.name, t.display_name, t.kind, t.status, t.input_schema, t.output_schema, t.static_config from tools t
           where ($1::uuid[] is null or t.id = any($1))
             and (t.visibility in ('platform', 'public') or $2 or (t.owner_id = $3 and t.owner_type in ('user', 'agent'))
               or exists (select from tool_grants g where g.tool_id = t.id and g.permission in ('execute', 'admin')
                          and (g.expires_at is null or g.expires_at > $4)
                          and ((g.subject_type = 'user' and g.subject_id = $5) or (g.subject_type = 'agent' and g.subject_id = $6))))
           order by t.display_name"#,
        ids.as_deref(),
        actor.role.may(Permission::ManageTools) && actor.agent_id.is_none(),
        subject(actor),
        now,
        actor.user_id.0,
        actor.agent_id.map(|agent| agent.0)
    )
    .fetch_all(&mut **tx)
    .await?;
    let shape = |id: Uuid, fixed: &Value| (ToolId(id), fixed.as_object().map(|f| f.keys().cloned().collect()).unwrap_or_default());
    Ok(rows
        .into_iter()
        .map(|row| {
            let (id, fixed) = shape(row.id, &row.static_config);
            let (name, display_name, kind, status) = (row.name, row.display_name, row.kind, row.status);
            (
                id,
                ToolShape { id, name, display_name, kind, status, input_schema: row.input_schema, output_schema: row.output_schema, fixed },
            )
        })
        .collect())
}

/// The engine's state without the nodes' results, which have a column of their own.
fn without_nodes(state: &RunState) -> Result<Value> {
    let mut value = json(state)?;
    if let Some(fields) = value.as_object_mut() {
        for own_column in ["nodes", "output", "input"] {
            fields.shift_remove(own_column);
        }
    }
    Ok(value)
}

fn whole_state(state: Value, input: Value, output: Option<Value>, nodes: Value) -> Result<RunState> {
    let mut fields = stored::<Map<String, Value>>(state)?;
    fields.insert("input".to_owned(), input);
    fields.insert("nodes".to_owned(), nodes);
    if let Some(output) = output {
        fields.insert("output".to_owned(), output);
    }
    stored(Value::Object(fields))
}

#[allow(clippy::too_many_arguments)]
pub(super) async fn insert_run(
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

/// What a runner needs to go on with a run.
pub(super) struct OpenRun {
    pub definition: Definition,
    pub state: RunState,
    pub user_id: Option<UserId>,
    pub agent_id: Option<crate::ids::AgentId>,
    pub session_id: Option<crate::ids::SessionId>,
    pub trace_id: Option<String>,
}

/// `None`: somebody else has it now, or it is gone.
pub(super) async fn open_run(tx: &mut TenantTx, id: RunId, fence: i64) -> Result<Option<OpenRun>> {
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
pub(super) async fn lock_run(tx: &mut TenantTx, id: RunId) -> Result<Option<(Definition, RunState, i64)>> {
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
pub(super) async fn checkpoint(
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
pub(super) async fn raise_fence(tx: &mut TenantTx, id: RunId) -> Result<()> {
    sqlx::query!("update workflow_runs set fence = fence + 1, lease_owner = null, lease_until = null where id = $1", id.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// A sign of life. False: this server no longer owns the run.
pub(super) async fn renew(tx: &mut TenantTx, id: RunId, fence: i64) -> Result<bool> {
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
pub(super) async fn release(tx: &mut TenantTx, id: RunId, fence: i64) -> Result<()> {
    sqlx::query!("update workflow_runs set lease_until = now() where id = $1 and fence = $2 and lease_until is not null", id.0, fence)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Takes up runs that nobody has given a sign of life for.
pub(super) async fn claim(system: &System, owner: Uuid, most: i32) -> Result<Vec<(RunId, OrganizationId, i64)>> {
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

/// Name and role of a member; `None`: no member any more.
pub(super) async fn member(tx: &mut TenantTx, organization: OrganizationId, user: UserId) -> Result<Option<(String, String)>> {
    let row = sqlx::query!(
        "select u.name, m.role from memberships m join users u on u.id = m.user_id where m.organization_id = $1 and m.user_id = $2",
        organization.0,
        user.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| (row.name, row.role)))
}

pub(super) async fn run_status(tx: &mut TenantTx, id: RunId) -> Result<Option<RunStatus>> {
    let row = sqlx::query_scalar!("select status from workflow_runs where id = $1", id.0).fetch_optional(&mut **tx).await?;
    row.as_deref().map(status).transpose()
}

pub(super) async fn open_runs(tx: &mut TenantTx, workflow: WorkflowId) -> Result<Vec<RunId>> {
    let ids = sqlx::query_scalar!(
        "select id from workflow_runs where workflow_id = $1 and status in ('pending', 'running', 'waiting')",
        workflow.0
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids.into_iter().map(RunId).collect())
}

/// `None`: not there, or not to be seen by this actor.
pub(super) async fn find_run(tx: &mut TenantTx, actor: &Actor, id: RunId) -> Result<Option<Run>> {
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

pub(super) async fn list_runs(
    tx: &mut TenantTx,
    actor: &Actor,
    query: &super::list_runs::ListRuns,
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
