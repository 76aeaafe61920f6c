//! The list of workflows that people leaf through.

use super::{stored, subject};
use crate::{
    access::Permission,
    actor::Actor,
    db::{TenantTx, like},
    error::Result,
    page::{ListOrder, Numbered, PER_PAGE},
    workflows::{RunMark, Visibility, WorkflowSummary},
};
use serde_json::Value;

/// One page of the workflows in any order.
pub(in crate::workflows) async fn numbered(
    tx: &mut TenantTx,
    actor: &Actor,
    search: Option<&str>,
    order: &ListOrder,
) -> Result<Numbered<WorkflowSummary>> {
    let pattern = search.map(like);
    let rows = sqlx::query!(
        r#"with shown as (
             select w.*, coalesce(c.execution_count, 0) as execution_count, c.last_executed_at,
               (select count(*) from jsonb_array_elements(w.definition->'nodes') n where coalesce(n->>'type', 'tool') not in ('input', 'output')) as steps
             from workflows w left join lateral (
               select sum(c.execution_count)::bigint as execution_count, max(c.last_executed_at) as last_executed_at
               from workflow_run_counts c where c.workflow_id = w.id) c on true
             where (w.visibility = 'public' or w.owner_id = $1 or $2)
               and ($3::text is null or w.name ilike $3 or w.display_name ilike $3 or w.description ilike $3)
           )
           select w.id, w.name, w.display_name, w.description, w.revision, w.visibility, w.execution_count as "execution_count!", w.last_executed_at, w.created_at,
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
