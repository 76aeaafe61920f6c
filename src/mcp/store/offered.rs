//! What a server offers, what was imported of it, and what the tools are called here.

use super::{json, odd, read};
use crate::{
    db::TenantTx,
    error::Result,
    ids::{McpServerId, OrganizationId, ToolId},
    mcp::{Definition, ImportedAs, PinState},
    tools::access::Asker,
};
use chrono::{DateTime, Utc};

/// Replaces what the server offers.
pub(in crate::mcp) async fn replace_offered(
    tx: &mut TenantTx,
    organization: OrganizationId,
    id: McpServerId,
    tools: &[(Definition, String)],
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!("delete from mcp_server_tools where server_id = $1", id.0).execute(&mut **tx).await?;
    let names: Vec<String> = tools.iter().map(|(tool, _)| tool.name.clone()).collect();
    let hashes: Vec<String> = tools.iter().map(|(_, hash)| hash.clone()).collect();
    let definitions = tools.iter().map(|(tool, _)| json(tool)).collect::<Result<Vec<_>>>()?;
    sqlx::query!(
        "insert into mcp_server_tools (organization_id, server_id, name, position, hash, definition)
         select $1, $2, name, position::int, hash, definition from unnest($3::text[], $4::text[], $5::jsonb[]) with ordinality as t(name, hash, definition, position)
         on conflict (server_id, name) do nothing",
        organization.0,
        id.0,
        &names,
        &hashes,
        &definitions
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("update mcp_servers set listed_at = $2 where id = $1", id.0, now).execute(&mut **tx).await?;
    Ok(())
}

pub(in crate::mcp) async fn offered(tx: &mut TenantTx, id: McpServerId) -> Result<Vec<(Definition, String)>> {
    let rows = sqlx::query!("select definition, hash from mcp_server_tools where server_id = $1 order by position", id.0)
        .fetch_all(&mut **tx)
        .await?;
    rows.into_iter().map(|row| Ok((read(row.definition)?, row.hash))).collect()
}

/// The tools imported from a server, by name.
pub(in crate::mcp) async fn imported(tx: &mut TenantTx, id: McpServerId) -> Result<Vec<ImportedAs>> {
    let rows = sqlx::query!(
        "select p.tool_id, t.name, p.upstream_name, p.state from mcp_pins p join tools t on t.id = p.tool_id where p.server_id = $1 order by t.name",
        id.0
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(ImportedAs {
                tool_id: ToolId(row.tool_id),
                tool_name: row.name,
                upstream_name: row.upstream_name,
                state: PinState::parse(&row.state).ok_or_else(|| odd("pin"))?,
            })
        })
        .collect()
}

/// Names that tools of the organization have already.
pub(in crate::mcp) async fn taken_names(tx: &mut TenantTx, names: &[String]) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!("select name from tools where organization_id = current_organization() and name = any($1)", names)
        .fetch_all(&mut **tx)
        .await?)
}

/// What people call these tools, of those that the asker may see.
pub(in crate::mcp) async fn tool_names(
    tx: &mut TenantTx,
    asker: Asker,
    ids: &[uuid::Uuid],
    now: DateTime<Utc>,
) -> Result<Vec<(ToolId, String)>> {
    let rows = sqlx::query!(
        "select id, display_name from tools where id = any($1) and tool_access(tools, $2, $3, $4, $5) > 0",
        ids,
        asker.person,
        asker.manager,
        asker.agent,
        now
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (ToolId(row.id), row.display_name)).collect())
}
