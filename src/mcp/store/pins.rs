//! Pins: what was approved of an imported tool.

use super::{json, odd, read};
use crate::{
    actor::Actor,
    db::TenantTx,
    error::Result,
    ids::{McpServerId, ToolId, UserId},
    mcp::{Definition, Pin, PinState},
};
use chrono::{DateTime, Utc};
use serde_json::Value;

struct PinRow {
    tool_id: uuid::Uuid,
    server_id: uuid::Uuid,
    server_name: String,
    upstream_name: String,
    state: String,
    hash: String,
    definition: Value,
    proposed_hash: Option<String>,
    proposed: Option<Value>,
    noticed_at: Option<DateTime<Utc>>,
    approved_at: DateTime<Utc>,
    approved_by_name: Option<String>,
}

impl PinRow {
    fn into_pin(self) -> Result<Pin> {
        Ok(Pin {
            tool_id: ToolId(self.tool_id),
            server_id: McpServerId(self.server_id),
            server_name: self.server_name,
            upstream_name: self.upstream_name,
            state: PinState::parse(&self.state).ok_or_else(|| odd("pin"))?,
            hash: self.hash,
            definition: read(self.definition)?,
            proposed_hash: self.proposed_hash,
            proposed: self.proposed.map(read).transpose()?,
            noticed_at: self.noticed_at,
            approved_at: self.approved_at,
            approved_by_name: self.approved_by_name,
        })
    }
}

/// Pins of a tool or of a server; without either those that are stopped.
pub(in crate::mcp) async fn pins(tx: &mut TenantTx, tool: Option<ToolId>, server: Option<McpServerId>) -> Result<Vec<Pin>> {
    let rows = sqlx::query_as!(
        PinRow,
        r#"select p.tool_id, p.server_id, s.name as server_name, p.upstream_name, p.state, p.hash, p.definition, p.proposed_hash, p.proposed, p.noticed_at,
             p.approved_at, u.name as "approved_by_name?"
           from mcp_pins p join mcp_servers s on s.id = p.server_id left join users u on u.id = p.approved_by
           where case when $1::uuid is not null then p.tool_id = $1 when $2::uuid is not null then p.server_id = $2 else p.state <> 'pinned' end
           order by p.noticed_at desc nulls last, p.tool_id"#,
        tool.map(|id| id.0),
        server.map(|id| id.0)
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter().map(PinRow::into_pin).collect()
}

pub(crate) async fn pin_of(tx: &mut TenantTx, tool: ToolId) -> Result<Option<Pin>> {
    Ok(pins(tx, Some(tool), None).await?.pop())
}

pub(in crate::mcp) async fn lock_pin(tx: &mut TenantTx, tool: ToolId) -> Result<()> {
    sqlx::query!("select tool_id from mcp_pins where tool_id = $1 for update", tool.0).fetch_optional(&mut **tx).await?;
    Ok(())
}

pub(in crate::mcp) async fn insert_pin(
    tx: &mut TenantTx,
    actor: &Actor,
    tool: ToolId,
    server: McpServerId,
    definition: &Definition,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into mcp_pins (tool_id, organization_id, server_id, upstream_name, hash, definition, approved_by, approved_at) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        tool.0,
        actor.organization_id.0,
        server.0,
        definition.name,
        hash,
        json(definition)?,
        actor.user_id.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// How the pin stands now. What was noticed first keeps its time as long as it is the same.
pub(in crate::mcp) async fn set_pin_state(
    tx: &mut TenantTx,
    tool: ToolId,
    state: PinState,
    proposed: Option<(&Definition, &str)>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update mcp_pins set state = $2, proposed = $3, proposed_hash = $4,
           noticed_at = case when $2 = 'pinned' then null when state = $2 and proposed_hash is not distinct from $4 then noticed_at else $5 end
         where tool_id = $1",
        tool.0,
        state.as_str(),
        proposed.map(|(definition, _)| json(definition)).transpose()?,
        proposed.map(|(_, hash)| hash),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Titles and hints may change without a question; the newest are shown.
pub(in crate::mcp) async fn set_pin_definition(tx: &mut TenantTx, tool: ToolId, definition: &Definition) -> Result<()> {
    sqlx::query!("update mcp_pins set definition = $2 where tool_id = $1", tool.0, json(definition)?).execute(&mut **tx).await?;
    Ok(())
}

/// What was proposed is what is pinned from now on.
pub(in crate::mcp) async fn approve_pin(tx: &mut TenantTx, tool: ToolId, by: UserId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "update mcp_pins set hash = proposed_hash, definition = proposed, state = 'pinned', proposed = null, proposed_hash = null, noticed_at = null,
           approved_by = $2, approved_at = $3
         where tool_id = $1 and proposed_hash is not null",
        tool.0,
        by.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
