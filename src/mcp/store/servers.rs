//! Servers: what they are configured as, how they are doing, who looks at them next.

use super::{json, odd, read};
use crate::{
    actor::Actor,
    db::TenantTx,
    error::Result,
    ids::{McpServerId, OrganizationId},
    mcp::{Auth, Circuit, Health, McpServer, NewMcpServer, Transport, breaker},
};
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::collections::BTreeMap;

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
            Some(at) if breaker::may_probe(at, now) => Circuit::HalfOpen,
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

/// Servers by name, `limit` of them after one; only one, when an id is given.
pub(in crate::mcp) async fn servers(
    tx: &mut TenantTx,
    id: Option<McpServerId>,
    after: Option<&str>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Vec<McpServer>> {
    let rows = sqlx::query_as!(
        ServerRow,
        r#"select s.id, s.name, s.description, s.transport, s.url, s.auth, s.auth_header, s.auth_key_name, s.command, s.args, s.env, s.allow_network,
             s.config_version, s.status, s.protocol_version, s.server_info, s.last_seen_at, s.last_error, s.last_error_at, s.listed_at, s.failures,
             s.opened_at, s.created_at, s.updated_at,
             (select count(*) from mcp_server_tools t where t.server_id = s.id) as "offered!",
             (select count(*) from mcp_pins p where p.server_id = s.id) as "imported!",
             (select count(*) from mcp_pins p where p.server_id = s.id and p.state <> 'pinned') as "stopped!"
           from mcp_servers s where ($1::uuid is null or s.id = $1) and ($2::text is null or s.name > $2) order by s.name limit $3"#,
        id.map(|id| id.0),
        after,
        limit
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter().map(|row| row.into_server(now)).collect()
}

pub(crate) async fn find(tx: &mut TenantTx, id: McpServerId, now: DateTime<Utc>) -> Result<Option<McpServer>> {
    Ok(servers(tx, Some(id), None, 1, now).await?.pop())
}

/// Holds the row, so that two changes come one after the other.
pub(in crate::mcp) async fn lock(tx: &mut TenantTx, id: McpServerId) -> Result<()> {
    sqlx::query!("select id from mcp_servers where id = $1 for update", id.0).fetch_optional(&mut **tx).await?;
    Ok(())
}

pub(in crate::mcp) async fn insert(
    tx: &mut TenantTx,
    actor: &Actor,
    id: McpServerId,
    new: &NewMcpServer,
    now: DateTime<Utc>,
) -> Result<()> {
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
pub(in crate::mcp) async fn replace(tx: &mut TenantTx, id: McpServerId, new: &NewMcpServer, anew: bool, now: DateTime<Utc>) -> Result<()> {
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

pub(in crate::mcp) async fn remove(tx: &mut TenantTx, id: McpServerId) -> Result<()> {
    sqlx::query!("delete from tools where id in (select tool_id from mcp_pins where server_id = $1)", id.0).execute(&mut **tx).await?;
    sqlx::query!("delete from mcp_servers where id = $1", id.0).execute(&mut **tx).await?;
    Ok(())
}

/// The server answered.
pub(in crate::mcp) async fn seen(
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
pub(in crate::mcp) async fn failed(
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
pub(in crate::mcp) async fn take_probe(tx: &mut TenantTx, id: McpServerId, opened_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<bool> {
    let taken = sqlx::query!("update mcp_servers set opened_at = $3 where id = $1 and opened_at = $2", id.0, opened_at, now)
        .execute(&mut **tx)
        .await?;
    Ok(taken.rows_affected() == 1)
}

/// Claims the servers whose tools were not looked at for a while: each is taken by one process.
pub(in crate::mcp) async fn due(pool: &sqlx::PgPool, age_seconds: f64, how_many: i32) -> Result<Vec<(McpServerId, OrganizationId)>> {
    let rows = sqlx::query!(
        r#"select id as "id!", organization_id as "organization_id!" from mcp_servers_due(make_interval(secs => $1), $2)"#,
        age_seconds,
        how_many
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (McpServerId(row.id), OrganizationId(row.organization_id))).collect())
}

pub(in crate::mcp) async fn claim(tx: &mut TenantTx, id: McpServerId, age_seconds: f64, now: DateTime<Utc>) -> Result<bool> {
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
