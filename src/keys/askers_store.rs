//! SQL about who asks for keys.

use super::{KeyAsker, LastTest, TestOutcome};
use crate::{
    db::TenantTx,
    error::Result,
    ids::{AgentId, KeyId, ToolId, UserId},
};

/// Tools whose request asks for the key, and scripts that name it.
pub(super) async fn tools_asking_for(tx: &mut TenantTx, key_name: &str) -> Result<Vec<(ToolId, String)>> {
    let rows = sqlx::query!(
        r#"select id, name from tools
           where (coalesce(api_spec->>'authType', 'none') <> 'none' and api_spec->>'authKeyName' = $1)
              or executor_config->'keys' ? $1
           order by name"#,
        key_name
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (ToolId(row.id), row.name)).collect())
}

/// The agents to which those tools are attached.
pub(super) async fn agents_of_tools(tx: &mut TenantTx, key_name: &str) -> Result<Vec<(ToolId, AgentId, String)>> {
    let rows = sqlx::query!(
        r#"select t.id as tool_id, a.id, a.display_name from tools t join agent_tools x on x.tool_id = t.id join agents a on a.id = x.agent_id
           where (coalesce(t.api_spec->>'authType', 'none') <> 'none' and t.api_spec->>'authKeyName' = $1)
              or t.executor_config->'keys' ? $1
           order by a.display_name, a.id"#,
        key_name
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (ToolId(row.tool_id), AgentId(row.id), row.display_name)).collect())
}

/// People to whom a key of this name is mapped.
pub(super) async fn mapped_people(tx: &mut TenantTx, key_name: &str) -> Result<Vec<(UserId, String)>> {
    let rows = sqlx::query!(
        r#"select distinct u.id, u.name from tool_key_mappings m join tool_keys k on k.id = m.key_id join users u on u.id = m.context_id
           where m.context_type = 'user' and k.key_name = $1 order by u.name, u.id"#,
        key_name
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (UserId(row.id), row.name)).collect())
}

/// Every tool and what it asks for.
pub(super) async fn askers(tx: &mut TenantTx) -> Result<Vec<KeyAsker>> {
    let rows = sqlx::query!(
        r#"select id as "id!", name as "name!", key_name as "key_name!" from (
             select id, name, api_spec->>'authKeyName' as key_name from tools where coalesce(api_spec->>'authType', 'none') <> 'none'
             union
             select id, name, jsonb_array_elements_text(executor_config->'keys') from tools where jsonb_typeof(executor_config->'keys') = 'array'
           ) asker
           where key_name is not null order by name, key_name"#
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| KeyAsker { tool_id: ToolId(row.id), tool_name: row.name, key_name: row.key_name }).collect())
}

/// From the audit log: what was tested is not kept anywhere else.
pub(super) async fn last_test(tx: &mut TenantTx, id: KeyId) -> Result<Option<LastTest>> {
    let row = sqlx::query!(
        r#"select after->>'tool' as tool, after->>'outcome' as outcome, (after->>'status')::integer as status, created_at from audit_log
           where object_type = 'key' and object_id = $1 and action = 'key.test' order by created_at desc limit 1"#,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.and_then(|row| {
        Some(LastTest {
            tool_name: row.tool?,
            outcome: TestOutcome::parse(&row.outcome?)?,
            status: row.status.and_then(|status| u16::try_from(status).ok()),
            at: row.created_at,
        })
    }))
}
