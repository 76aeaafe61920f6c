//! SQL about who asks for keys: the view `key_askers` knows.

use super::{AskerKind, KeyAsker, KeyWay, LastTest, TestOutcome, store::odd};
use crate::{
    db::TenantTx,
    error::Result,
    ids::{AgentId, KeyId, ToolId, UserId},
};

/// Who asks for this key; for any, when none is named.
pub(super) async fn askers(tx: &mut TenantTx, key_name: Option<&str>) -> Result<Vec<KeyAsker>> {
    let rows = sqlx::query!(
        r#"select kind as "kind!", id as "id!", name as "name!", tool_id, key_name as "key_name!", way as "way!", address from key_askers
           where $1::text is null or key_name = $1
           order by array_position(array['tool', 'mcp_server', 'workflow'], kind), name, id, key_name, way, address"#,
        key_name
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(KeyAsker {
                kind: AskerKind::parse(&row.kind).ok_or_else(|| odd("asker"))?,
                id: row.id,
                name: row.name,
                tool_id: row.tool_id.map(ToolId),
                key_name: row.key_name,
                way: KeyWay::parse(&row.way).ok_or_else(|| odd("way"))?,
                address: row.address,
            })
        })
        .collect()
}

/// What a tool is called and which keys it asks for; `None` when it is not in this organization.
pub(super) async fn tool_needs(tx: &mut TenantTx, id: ToolId) -> Result<Option<(String, Vec<KeyAsker>)>> {
    let Some(name) = sqlx::query_scalar!("select name from tools where id = $1", id.0).fetch_optional(&mut **tx).await? else {
        return Ok(None);
    };
    let rows = sqlx::query!(
        r#"select key_name as "key_name!", way as "way!", address from key_askers where kind = 'tool' and id = $1 order by key_name, way, address"#,
        id.0
    )
    .fetch_all(&mut **tx)
    .await?;
    let asked = rows.into_iter().map(|row| {
        let way = KeyWay::parse(&row.way).ok_or_else(|| odd("way"))?;
        Ok(KeyAsker {
            kind: AskerKind::Tool,
            id: id.0,
            name: name.clone(),
            tool_id: Some(id),
            key_name: row.key_name,
            way,
            address: row.address,
        })
    });
    let asked = asked.collect::<Result<Vec<_>>>()?;
    Ok(Some((name, asked)))
}

/// The agents to which tools that ask for the key are attached.
pub(super) async fn agents_of_tools(tx: &mut TenantTx, key_name: &str) -> Result<Vec<(ToolId, AgentId, String)>> {
    let rows = sqlx::query!(
        r#"select x.tool_id, a.id, a.display_name from agent_tools x join agents a on a.id = x.agent_id
           where x.tool_id in (select k.id from key_askers k where k.kind = 'tool' and k.key_name = $1)
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
