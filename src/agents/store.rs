//! All SQL of agents. Rows of another organization are kept out by row-level security, not by these statements.

use super::{Agent, AgentSummary, NewAgent};
use crate::{
    actor::Actor,
    db::{TenantTx, like},
    error::Result,
    ids::AgentId,
    page::{ListOrder, Numbered, PER_PAGE},
};
use chrono::{DateTime, Utc};

/// Puts a new agent in.
pub async fn insert(tx: &mut TenantTx, actor: &Actor, id: AgentId, new: &NewAgent, now: DateTime<Utc>) -> Result<Agent> {
    Ok(sqlx::query_as!(
        Agent,
        r#"insert into agents (id, organization_id, name, display_name, description, created_by, created_at, updated_at)
           values ($1, $2, $3, $4, $5, $6, $7, $7)
           returning id as "id: AgentId", name, display_name, description, created_at, updated_at"#,
        id.0,
        actor.organization_id.0,
        new.name,
        new.display_name,
        new.description,
        actor.user_id.0,
        now
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// Replaces what can be changed of an agent.
pub async fn replace(tx: &mut TenantTx, id: AgentId, new: &NewAgent) -> Result<Option<Agent>> {
    Ok(sqlx::query_as!(
        Agent,
        r#"update agents set name = $2, display_name = $3, description = $4 where id = $1
           returning id as "id: AgentId", name, display_name, description, created_at, updated_at"#,
        id.0,
        new.name,
        new.display_name,
        new.description
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Takes an agent out, with its attachments (cascade) and its grants (which name it without a foreign key).
pub async fn remove(tx: &mut TenantTx, id: AgentId) -> Result<()> {
    sqlx::query!("delete from tool_grants where subject_type = 'agent' and subject_id = $1", id.0).execute(&mut **tx).await?;
    sqlx::query!("delete from call_windows where agent_id = $1", id.0).execute(&mut **tx).await?;
    sqlx::query!("delete from agents where id = $1", id.0).execute(&mut **tx).await?;
    Ok(())
}

/// One agent. `lock` holds it still until the transaction ends, so that two changes do not interleave.
pub async fn find(tx: &mut TenantTx, id: AgentId, lock: bool) -> Result<Option<Agent>> {
    if lock {
        sqlx::query!("select id from agents where id = $1 for update", id.0).fetch_optional(&mut **tx).await?;
    }
    Ok(sqlx::query_as!(
        Agent,
        r#"select id as "id: AgentId", name, display_name, description, created_at, updated_at from agents where id = $1"#,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Agents by name, `limit` of them after `after`; for an agent's own token only itself.
pub async fn list(
    tx: &mut TenantTx,
    only: Option<AgentId>,
    search: Option<&str>,
    after: Option<&str>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Vec<AgentSummary>> {
    let rows = sqlx::query!(
        r#"select a.id, a.name, a.display_name, a.description, a.created_at, a.updated_at,
             (select count(*) from agent_tools x where x.agent_id = a.id) as "tool_count!",
             (select count(*) from agent_tools x join tools t on t.id = x.tool_id
              where x.agent_id = a.id and t.status in ('active', 'deprecated') and tool_access(t, null, false, a.id, $5) >= 2) as "callable_count!",
             (select max(e.created_at) from tool_executions e where e.agent_id = a.id) as last_executed_at
           from agents a
           where ($1::uuid is null or a.id = $1)
             and ($2::text is null or a.name ilike $2 or a.display_name ilike $2 or a.description ilike $2)
             and ($3::text is null or a.name > $3)
           order by a.name limit $4"#,
        only.map(|id| id.0),
        search.map(like),
        after,
        limit,
        now
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| AgentSummary {
            agent: Agent {
                id: AgentId(row.id),
                name: row.name,
                display_name: row.display_name,
                description: row.description,
                created_at: row.created_at,
                updated_at: row.updated_at,
            },
            tool_count: row.tool_count,
            callable_count: row.callable_count,
            last_executed_at: row.last_executed_at,
        })
        .collect())
}

/// One page of the agents in any order; for an agent's own token only itself.
pub async fn numbered(
    tx: &mut TenantTx,
    only: Option<AgentId>,
    search: Option<&str>,
    order: &ListOrder,
    now: DateTime<Utc>,
) -> Result<Numbered<AgentSummary>> {
    let rows = sqlx::query!(
        r#"with shown as (
             select a.id, a.name, a.display_name, a.description, a.created_at, a.updated_at,
               (select count(*) from agent_tools x where x.agent_id = a.id) as tool_count,
               (select count(*) from agent_tools x join tools t on t.id = x.tool_id
                where x.agent_id = a.id and t.status in ('active', 'deprecated') and tool_access(t, null, false, a.id, $3) >= 2) as callable_count,
               (select max(e.created_at) from tool_executions e where e.agent_id = a.id) as last_executed_at
             from agents a
             where ($1::uuid is null or a.id = $1)
               and ($2::text is null or a.name ilike $2 or a.display_name ilike $2 or a.description ilike $2)
           )
           select id, name, display_name, description, created_at, updated_at, tool_count as "tool_count!", callable_count as "callable_count!",
             last_executed_at, count(*) over () as "total!"
           from shown
           order by
             case when not $5 then case $4 when 'tools' then tool_count when 'callable' then callable_count end end,
             case when $5 then case $4 when 'tools' then tool_count when 'callable' then callable_count end end desc,
             case when not $5 and $4 = 'last_call' then last_executed_at end nulls last,
             case when $5 and $4 = 'last_call' then last_executed_at end desc nulls last,
             case when $5 and $4 = 'name' then lower(display_name) end desc,
             lower(display_name), id
           limit $6 offset $7"#,
        only.map(|id| id.0),
        search.map(like),
        now,
        order.sort,
        order.descending,
        PER_PAGE,
        order.offset()
    )
    .fetch_all(&mut **tx)
    .await?;
    let total = rows.first().map_or(0, |row| row.total);
    let items = rows.into_iter().map(|row| AgentSummary {
        agent: Agent {
            id: AgentId(row.id),
            name: row.name,
            display_name: row.display_name,
            description: row.description,
            created_at: row.created_at,
            updated_at: row.updated_at,
        },
        tool_count: row.tool_count,
        callable_count: row.callable_count,
        last_executed_at: row.last_executed_at,
    });
    Ok(Numbered { items: items.collect(), total, page: order.page() })
}

/// What people call the agent, if it is one of this organization.
pub(crate) async fn display_name(tx: &mut TenantTx, id: AgentId) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!("select display_name from agents where id = $1", id.0).fetch_optional(&mut **tx).await?)
}
