//! All SQL of MCP servers and pins.

use super::{Auth, Circuit, Definition, Health, ImportedAs, McpServer, NewMcpServer, Pin, PinState, Transport};
use crate::{
    actor::Actor,
    db::TenantTx,
    error::{Error, Result},
    ids::{McpServerId, OrganizationId, ToolId, UserId},
    tools::access::Asker,
};
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::collections::BTreeMap;

fn odd(what: &str) -> Error {
    Error::internal(format!("an MCP server is stored with an unknown {what}"))
}

fn json<T: serde::Serialize>(value: &T) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| Error::Internal(error.into()))
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(|error| Error::Internal(error.into()))
}

struct ServerRow {
    id: uuid::Uuid,
    name: String,
    description: String,
    transport: String,
    url: Option<String>,
    auth: String,
    auth_header: Option<String>,
    auth_key_name: Option<String>,
    command: Option<String>,
    args: Vec<String>,
    env: Value,
    allow_network: bool,
    config_version: i32,
    status: String,
    protocol_version: Option<String>,
    server_info: Option<Value>,
    last_seen_at: Option<DateTime<Utc>>,
    last_error: Option<String>,
    last_error_at: Option<DateTime<Utc>>,
    listed_at: Option<DateTime<Utc>>,
    failures: i32,
    opened_at: Option<DateTime<Utc>>,
    offered: i64,
    imported: i64,
    stopped: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl ServerRow {
    fn into_server(self, now: DateTime<Utc>) -> Result<McpServer> {
        let circuit = match self.opened_at {
            None => Circuit::Closed,
            Some(at) if super::breaker::may_probe(at, now) => Circuit::HalfOpen,
            Some(_) => Circuit::Open,
        };
        Ok(McpServer {
            id: McpServerId(self.id),
            configuration: NewMcpServer {
                name: self.name,
                description: self.description,
                transport: Transport::parse(&self.transport).ok_or_else(|| odd("transport"))?,
                url: self.url,
                auth: Auth::parse(&self.auth).ok_or_else(|| odd("auth"))?,
                auth_header: self.auth_header,
                auth_key_name: self.auth_key_name,
                command: self.command,
                args: self.args,
                env: read::<BTreeMap<String, String>>(self.env)?,
                allow_network: self.allow_network,
            },
            config_version: self.config_version,
            status: Health::parse(&self.status).ok_or_else(|| odd("status"))?,
            protocol_version: self.protocol_version,
            server_info: self.server_info,
            last_seen_at: self.last_seen_at,
            last_error: self.last_error,
            last_error_at: self.last_error_at,
            listed_at: self.listed_at,
            failures: self.failures,
            circuit,
            opened_at: self.opened_at,
            offered: self.offered,
            imported: self.imported,
            stopped: self.stopped,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

/// Servers by name; one, when an id is given.
pub(super) async fn servers(tx: &mut TenantTx, id: Option<McpServerId>, now: DateTime<Utc>) -> Result<Vec<McpServer>> {
    let rows = sqlx::query_as!(
        ServerRow,
        r#"select s.id, s.name, s.description, s.transport, s.url, s.auth, s.auth_header, s.auth_key_name, s.command, s.args, s.env, s.allow_network,
             s.config_version, s.status, s.protocol_version, s.server_info, s.last_seen_at, s.last_error, s.last_error_at, s.listed_at, s.failures,
             s.opened_at, s.created_at, s.updated_at,
             (select count(*) from mcp_server_tools t where t.server_id = s.id) as "offered!",
             (select count(*) from mcp_pins p where p.server_id = s.id) as "imported!",
             (select count(*) from mcp_pins p where p.server_id = s.id and p.state <> 'pinned') as "stopped!"
           from mcp_servers s where $1::uuid is null or s.id = $1 order by s.name"#,
        id.map(|id| id.0)
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter().map(|row| row.into_server(now)).collect()
}

pub(crate) async fn find(tx: &mut TenantTx, id: McpServerId, now: DateTime<Utc>) -> Result<Option<McpServer>> {
    Ok(servers(tx, Some(id), now).await?.pop())
}

/// Holds the row, so that two changes come one after the other.
pub(super) async fn lock(tx: &mut TenantTx, id: McpServerId) -> Result<()> {
    sqlx::query!("select id from mcp_servers where id = $1 for update", id.0).fetch_optional(&mut **tx).await?;
    Ok(())
}

pub(super) async fn insert(tx: &mut TenantTx, actor: &Actor, id: McpServerId, new: &NewMcpServer, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "insert into mcp_servers (id, organization_id, name, description, transport, url, auth, auth_header, auth_key_name, command, args, env, allow_network, created_by, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)",
        id.0,
        actor.organization_id.0,
        new.name,
        new.description,
        new.transport.as_str(),
        new.url,
        new.auth.as_str(),
        new.auth_header,
        new.auth_key_name,
        new.command,
        &new.args,
        json(&new.env)?,
        new.allow_network,
        actor.user_id.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Replaces the configuration. `anew`: what was known of the server's health belongs to another one.
pub(super) async fn replace(tx: &mut TenantTx, id: McpServerId, new: &NewMcpServer, anew: bool, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "update mcp_servers set name = $2, description = $3, transport = $4, url = $5, auth = $6, auth_header = $7, auth_key_name = $8, command = $9, args = $10,
           env = $11, allow_network = $12, updated_at = $13, config_version = config_version + $14::boolean::int,
           status = case when $14 then 'unknown' else status end, failures = case when $14 then 0 else failures end,
           opened_at = case when $14 then null else opened_at end, listed_at = case when $14 then null else listed_at end
         where id = $1",
        id.0,
        new.name,
        new.description,
        new.transport.as_str(),
        new.url,
        new.auth.as_str(),
        new.auth_header,
        new.auth_key_name,
        new.command,
        &new.args,
        json(&new.env)?,
        new.allow_network,
        now,
        anew
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn remove(tx: &mut TenantTx, id: McpServerId) -> Result<()> {
    sqlx::query!("delete from tools where id in (select tool_id from mcp_pins where server_id = $1)", id.0).execute(&mut **tx).await?;
    sqlx::query!("delete from mcp_servers where id = $1", id.0).execute(&mut **tx).await?;
    Ok(())
}

/// The server answered.
pub(super) async fn seen(
    tx: &mut TenantTx,
    id: McpServerId,
    protocol: Option<&str>,
    info: Option<&Value>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update mcp_servers set status = 'up', failures = 0, opened_at = null, last_seen_at = $2, protocol_version = coalesce($3, protocol_version),
           server_info = coalesce($4, server_info) where id = $1",
        id.0,
        now,
        protocol,
        info
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The server failed. After `threshold` failures in a row the circuit opens, and stays open from now on.
pub(super) async fn failed(
    tx: &mut TenantTx,
    id: McpServerId,
    error: &str,
    counts: bool,
    threshold: i32,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update mcp_servers set last_error = $2, last_error_at = $3, status = case when $4 then 'down' else status end,
           failures = failures + $4::boolean::int, opened_at = case when $4 and failures + 1 >= $5 then $3 else opened_at end
         where id = $1",
        id.0,
        error,
        now,
        counts,
        threshold
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes the one probe of an open circuit. `false`: somebody else has it.
pub(super) async fn take_probe(tx: &mut TenantTx, id: McpServerId, opened_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<bool> {
    let taken = sqlx::query!("update mcp_servers set opened_at = $3 where id = $1 and opened_at = $2", id.0, opened_at, now)
        .execute(&mut **tx)
        .await?;
    Ok(taken.rows_affected() == 1)
}

/// Replaces what the server offers.
pub(super) async fn replace_offered(
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

pub(super) async fn offered(tx: &mut TenantTx, id: McpServerId) -> Result<Vec<(Definition, String)>> {
    let rows = sqlx::query!("select definition, hash from mcp_server_tools where server_id = $1 order by position", id.0)
        .fetch_all(&mut **tx)
        .await?;
    rows.into_iter().map(|row| Ok((read(row.definition)?, row.hash))).collect()
}

/// The tools imported from a server, by name.
pub(super) async fn imported(tx: &mut TenantTx, id: McpServerId) -> Result<Vec<ImportedAs>> {
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
pub(super) async fn pins(tx: &mut TenantTx, tool: Option<ToolId>, server: Option<McpServerId>) -> Result<Vec<Pin>> {
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

pub(super) async fn lock_pin(tx: &mut TenantTx, tool: ToolId) -> Result<()> {
    sqlx::query!("select tool_id from mcp_pins where tool_id = $1 for update", tool.0).fetch_optional(&mut **tx).await?;
    Ok(())
}

pub(super) async fn insert_pin(
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
pub(super) async fn set_pin_state(
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
pub(super) async fn set_pin_definition(tx: &mut TenantTx, tool: ToolId, definition: &Definition) -> Result<()> {
    sqlx::query!("update mcp_pins set definition = $2 where tool_id = $1", tool.0, json(definition)?).execute(&mut **tx).await?;
    Ok(())
}

/// What was proposed is what is pinned from now on.
pub(super) async fn approve_pin(tx: &mut TenantTx, tool: ToolId, by: UserId, now: DateTime<Utc>) -> Result<()> {
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

/// Names that tools of the organization have already.
pub(super) async fn taken_names(tx: &mut TenantTx, names: &[String]) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!("select name from tools where organization_id = current_organization() and name = any($1)", names)
        .fetch_all(&mut **tx)
        .await?)
}

/// What people call these tools, of those that the asker may see.
pub(super) async fn tool_names(tx: &mut TenantTx, asker: Asker, ids: &[uuid::Uuid], now: DateTime<Utc>) -> Result<Vec<(ToolId, String)>> {
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

/// Claims the servers whose tools were not looked at for a while: each is taken by one process.
pub(super) async fn due(pool: &sqlx::PgPool, age_seconds: f64, how_many: i32) -> Result<Vec<(McpServerId, OrganizationId)>> {
    let rows = sqlx::query!(
        r#"select id as "id!", organization_id as "organization_id!" from mcp_servers_due(make_interval(secs => $1), $2)"#,
        age_seconds,
        how_many
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (McpServerId(row.id), OrganizationId(row.organization_id))).collect())
}

pub(super) async fn claim(tx: &mut TenantTx, id: McpServerId, age_seconds: f64, now: DateTime<Utc>) -> Result<bool> {
    let claimed = sqlx::query!(
        "update mcp_servers set watched_at = $3 where id = $1 and (watched_at is null or watched_at < $3::timestamptz - make_interval(secs => $2))",
        id.0,
        age_seconds,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(claimed.rows_affected() == 1)
}
