//! Workflows, and the tools they may use.

use super::{json, stored, subject};
use crate::{
    access::Permission,
    actor::Actor,
    db::{TenantTx, like},
    error::Result,
    ids::{RunId, ToolId, WorkflowId},
    page::Cursor,
    tools::access::Asker,
    workflows::{
        NewWorkflow, OwnerType, RunMark, Visibility, Workflow, WorkflowSummary,
        graph::{Catalog, Definition, ToolShape},
    },
};
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

pub(in crate::workflows) async fn insert(tx: &mut TenantTx, actor: &Actor, id: WorkflowId, new: &NewWorkflow) -> Result<()> {
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
pub(in crate::workflows) async fn find(tx: &mut TenantTx, actor: &Actor, id: WorkflowId) -> Result<Option<Workflow>> {
    let row = sqlx::query!(
        r#"select w.*, coalesce(c.execution_count, 0) as "execution_count!", c.last_executed_at
           from workflows w left join lateral (
             select sum(c.execution_count)::bigint as execution_count, max(c.last_executed_at) as last_executed_at
             from workflow_run_counts c where c.workflow_id = w.id) c on true
           where w.id = $1 and (w.visibility = 'public' or w.owner_id = $2 or $3)"#,
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
            published_version: row.published_version,
            visibility: Visibility::parse(&row.visibility).unwrap_or(Visibility::Private),
            is_template: row.is_template,
            owner_id: row.owner_id,
            owner_type: OwnerType::parse(&row.owner_type).unwrap_or(OwnerType::User),
            execution_count: row.execution_count,
            last_executed_at: row.last_executed_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            findings: Vec::new(),
        })
    })
    .transpose()
}

/// Whether [`find`] would find it, without reading all of it: asked every few seconds by whoever has a draft open.
pub(in crate::workflows) async fn may_see(tx: &mut TenantTx, actor: &Actor, id: WorkflowId) -> Result<bool> {
    let found = sqlx::query_scalar!(
        "select exists (select from workflows where id = $1 and (visibility = 'public' or owner_id = $2 or $3))",
        id.0,
        subject(actor),
        actor.role.may(Permission::ManageTools) && actor.agent_id.is_none()
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(found.unwrap_or(false))
}

/// False: somebody else saved it meanwhile.
pub(in crate::workflows) async fn save(tx: &mut TenantTx, workflow: &Workflow, read: i32) -> Result<bool> {
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

/// What runs of a workflow take now.
pub(in crate::workflows) struct Reached {
    pub display_name: String,
    pub definition: Definition,
    /// Whether the actor may run it.
    pub visible: bool,
}

/// The definitions that runs of these workflows take now.
pub(in crate::workflows) async fn definitions(tx: &mut TenantTx, actor: &Actor, ids: &[WorkflowId]) -> Result<Vec<(WorkflowId, Reached)>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select w.id as "id!", w.display_name as "display_name!", coalesce(v.definition, w.definition) as "definition!",
             (w.visibility = 'public' or coalesce(w.owner_id = $2, false) or $3) as "visible!"
           from workflows w left join workflow_versions v on v.workflow_id = w.id and v.version = w.published_version
           where w.id = any($1)"#,
        &ids,
        subject(actor),
        actor.role.may(Permission::ManageTools) && actor.agent_id.is_none()
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let reached = Reached { display_name: row.display_name, definition: stored(row.definition)?, visible: row.visible };
            Ok((row.id.into(), reached))
        })
        .collect()
}

/// By name, with the newest version.
pub(in crate::workflows) async fn names(tx: &mut TenantTx, actor: &Actor) -> Result<Vec<(WorkflowId, String, Option<i32>)>> {
    let rows = sqlx::query!(
        "select id, display_name, published_version from workflows
         where visibility = 'public' or owner_id = $1 or $2 order by lower(display_name), id limit 500",
        subject(actor),
        actor.role.may(Permission::ManageTools) && actor.agent_id.is_none()
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id.into(), row.display_name, row.published_version)).collect())
}

pub(in crate::workflows) async fn delete(tx: &mut TenantTx, id: WorkflowId) -> Result<()> {
    sqlx::query!("delete from workflows where id = $1", id.0).execute(&mut **tx).await?;
    Ok(())
}

pub(in crate::workflows) async fn list(
    tx: &mut TenantTx,
    actor: &Actor,
    search: Option<&str>,
    cursor: Option<Cursor>,
    limit: i64,
) -> Result<Vec<WorkflowSummary>> {
    let pattern = search.map(like);
    let rows = sqlx::query!(
        r#"select w.id, w.name, w.display_name, w.description, w.revision, w.visibility, coalesce(c.execution_count, 0) as "execution_count!",
             c.last_executed_at, w.created_at, w.updated_at,
             (select count(*) from jsonb_array_elements(w.definition->'nodes') n where coalesce(n->>'type', 'tool') not in ('input', 'output')) as "steps!",
             (select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'status', r.status, 'created_at', r.created_at) order by r.created_at desc), '[]')
              from (select id, status, created_at from workflow_runs where workflow_id = w.id order by created_at desc limit 5) r) as "last_runs!: Value"
           from workflows w left join lateral (
             select sum(c.execution_count)::bigint as execution_count, max(c.last_executed_at) as last_executed_at
             from workflow_run_counts c where c.workflow_id = w.id) c on true
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

/// The tools the actor may execute: all, or those of these ids.
pub(in crate::workflows) async fn catalog(tx: &mut TenantTx, actor: &Actor, ids: Option<&[ToolId]>, now: DateTime<Utc>) -> Result<Catalog> {
    if ids.is_some_and(<[ToolId]>::is_empty) {
        return Ok(Catalog::default());
    }
    let ids: Option<Vec<Uuid>> = ids.map(|ids| ids.iter().map(|id| id.0).collect());
    let asker = Asker::of(actor);
    let rows = sqlx::query!(
        r#"select (l.tool).id as "id!", (l.tool).name as "name!", (l.tool).display_name as "display_name!", (l.tool).kind as "kind!",
             (l.tool).status as "status!", (l.tool).input_schema as "input_schema!", (l.tool).output_schema as "output_schema!",
             (l.tool).static_config as "static_config!"
           from tool_levels($1, $2, $3, $4) l where l.level >= 2 and ($5::uuid[] is null or (l.tool).id = any ($5))
           order by (l.tool).display_name"#,
        asker.person,
        asker.manager,
        asker.agent,
        now,
        ids.as_deref()
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

pub(in crate::workflows) async fn open_runs(tx: &mut TenantTx, workflow: WorkflowId) -> Result<Vec<RunId>> {
    let ids = sqlx::query_scalar!(
        "select id from workflow_runs where workflow_id = $1 and status in ('pending', 'running', 'waiting')",
        workflow.0
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids.into_iter().map(RunId).collect())
}

/// The owner, and admins.
pub(in crate::workflows) fn owns(actor: &Actor, workflow: &Workflow) -> bool {
    actor.may(Permission::ManageTools) || workflow.owner_id == Some(subject(actor))
}

/// Builders work on public workflows together; private ones are the owner's and the admins'.
pub(in crate::workflows) fn may_change(actor: &Actor, workflow: &Workflow) -> bool {
    owns(actor, workflow) || workflow.visibility == Visibility::Public
}
