//! All SQL of executions and their rollups.

mod list;
mod sorted;
pub(super) mod together;

pub(super) use list::list;

use super::{ErrorClass, Execution, Status, histogram};
use crate::{
    db::TenantTx,
    error::{Error, Result},
    executors::Failure,
    ids::{AgentId, ExecutionId, KeyId, OrganizationId, RunId, SessionId, ToolId, UserId},
    tools::{Kind, Tool},
};
use chrono::{DateTime, Utc};
use serde_json::Value;

pub(super) async fn require_agent(tx: &mut TenantTx, agent: AgentId) -> Result<()> {
    let known =
        sqlx::query_scalar!(r#"select exists (select from agents where id = $1) as "exists!""#, agent.0).fetch_one(&mut **tx).await?;
    if known { Ok(()) } else { Err(Error::NotFound("agent")) }
}

/// The next number in a session; callers at the same time get different ones. From here on the transaction is inside that session.
pub(super) async fn next_order(tx: &mut TenantTx, session: SessionId, now: DateTime<Utc>) -> Result<i32> {
    tx.in_session(session).await?;
    let order = sqlx::query_scalar!(
        "update agent_sessions set next_execution_order = next_execution_order + 1, last_interaction_at = $2 where id = $1 returning next_execution_order - 1 as \"order!\"",
        session.0,
        now
    )
    .fetch_optional(&mut **tx)
    .await?;
    order.ok_or(Error::NotFound("session"))
}

/// Takes the call out of the limits of the tool and of the agent with it, in one statement; `None`: it may go ahead. The windows stay
/// locked until this transaction ends, so that the limits are exact however many servers and callers there are (see the
/// migration `call_windows` for the kind of window and why). Refused calls take nothing.
pub(super) async fn over_limit(
    tx: &mut TenantTx,
    organization: OrganizationId,
    tool: &Tool,
    agent: Option<AgentId>,
    now: DateTime<Utc>,
) -> Result<Option<(Failure, i64)>> {
    if tool.rate_limit_per_minute.is_none() && tool.rate_limit_per_hour.is_none() && agent.is_none() {
        return Ok(None);
    }
    let refused = sqlx::query!(
        r#"select is_agent as "is_agent!", word as "word!", allowed as "allowed!", wait_seconds as "wait!" from take_call($1, $2, $3, $4, $5, $6)"#,
        organization.0,
        tool.id.0,
        agent.map(|id| id.0),
        now,
        tool.rate_limit_per_minute,
        tool.rate_limit_per_hour
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(refused.map(|refused| over(refused.is_agent, &refused.word, refused.allowed, refused.wait)))
}

/// What a limit says to a call that it refuses, and after how many seconds it would fit.
fn over(is_agent: bool, word: &str, allowed: i32, wait: i32) -> (Failure, i64) {
    let who = if is_agent { "This agent may call this tool" } else { "This tool may be called" };
    let article = if word == "hour" { "an" } else { "a" };
    (Failure::new(ErrorClass::RateLimited, format!("{who} {allowed} times {article} {word}. Try again in {wait} s.")), i64::from(wait))
}

/// `server` works on it; `replay_of` is the execution whose inputs it repeats.
pub(super) async fn insert(
    tx: &mut TenantTx,
    organization: OrganizationId,
    execution: &Execution,
    server: uuid::Uuid,
    replay_of: Option<ExecutionId>,
) -> Result<()> {
    sqlx::query!(
        r#"insert into tool_executions (id, organization_id, tool_id, tool_name, tool_kind, tool_version, user_id, agent_id, session_id, run_id, node_id, item_index,
             execution_order, source, status, inputs, warnings, error_class, error_message, account, trace_id, user_prompt, created_at, started_at, completed_at, server_id, replay_of)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)"#,
        execution.id.0,
        organization.0,
        execution.tool_id.0,
        execution.tool_name,
        execution.tool_kind.as_str(),
        execution.tool_version,
        execution.user_id.map(|id| id.0),
        execution.agent_id.map(|id| id.0),
        execution.session_id.map(|id| id.0),
        execution.run_id.map(|id| id.0),
        execution.node_id,
        execution.item_index,
        execution.execution_order,
        execution.source,
        execution.status.as_str(),
        execution.inputs,
        Value::from(execution.warnings.clone()),
        execution.error_class.map(ErrorClass::as_str),
        execution.error_message,
        execution.account,
        execution.trace_id,
        execution.user_prompt,
        execution.created_at,
        execution.started_at,
        execution.completed_at,
        server,
        replay_of.map(|id| id.0)
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// `false`: it was finished already, because its server was taken for dead. What was recorded first stands.
pub(super) async fn complete(tx: &mut TenantTx, execution: &Execution) -> Result<bool> {
    let done = sqlx::query!(
        r#"update tool_executions set status = $3, outputs = $4, logs = $5, warnings = $6, error_class = $7, error_message = $8, account = $9,
             cost = $10::float8::numeric, completed_at = $11, duration_ms = $12, key_id = $13, inputs = $14, user_prompt = $15
           where id = $1 and created_at = $2 and status in ('pending', 'running')"#,
        execution.id.0,
        execution.created_at,
        execution.status.as_str(),
        execution.outputs,
        execution.logs,
        Value::from(execution.warnings.clone()),
        execution.error_class.map(ErrorClass::as_str),
        execution.error_message,
        execution.account,
        execution.cost,
        execution.completed_at,
        execution.duration_ms,
        execution.key_id.map(|id| id.0),
        execution.inputs,
        execution.user_prompt
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// An execution that has not ended, held until the transaction ends.
pub(super) async fn lock_open(tx: &mut TenantTx, id: ExecutionId) -> Result<Option<Execution>> {
    let open = sqlx::query_scalar!("select id from tool_executions where id = $1 and status in ('pending', 'running') for update", id.0)
        .fetch_optional(&mut **tx)
        .await?;
    match open {
        Some(_) => find(tx, Reader::everybody(), id).await,
        None => Ok(None),
    }
}

/// Into the minute's rollup and the tool's counter.
pub(super) async fn count(tx: &mut TenantTx, organization: OrganizationId, execution: &Execution) -> Result<()> {
    let refused = i64::from(execution.status.is_refusal());
    let success = i64::from(execution.is_success());
    let failed = 1 - refused - success;
    let duration = execution.duration_ms.filter(|_| refused == 0);
    let bucket = duration.map(histogram::bucket);
    let mut latency = vec![0; histogram::BUCKETS];
    if let Some(count) = bucket.and_then(|bucket| latency.get_mut(bucket)) {
        *count = 1;
    }
    sqlx::query!(
        r#"insert into execution_rollups (organization_id, tool_id, minute, success, failed, refused, cost, duration_ms_sum, latency)
           values ($1, $2, date_trunc('minute', $3::timestamptz), $4, $5, $6, $7::float8::numeric, $8, $9)
           on conflict (organization_id, tool_id, minute) do update set
             success = execution_rollups.success + excluded.success, failed = execution_rollups.failed + excluded.failed,
             refused = execution_rollups.refused + excluded.refused, cost = execution_rollups.cost + excluded.cost,
             duration_ms_sum = execution_rollups.duration_ms_sum + excluded.duration_ms_sum,
             latency[$10] = execution_rollups.latency[$10] + excluded.latency[$10]"#,
        organization.0,
        execution.tool_id.0,
        execution.created_at,
        success,
        failed,
        refused,
        execution.cost.filter(|_| refused == 0).unwrap_or_default(),
        duration.unwrap_or_default(),
        &latency,
        i32::try_from(bucket.unwrap_or_default() + 1).unwrap_or(1)
    )
    .execute(&mut **tx)
    .await?;
    if refused == 0 {
        let counted = sqlx::query!(
            "update tools set execution_count = execution_count + 1, last_executed_at = $2 where id = $1",
            execution.tool_id.0,
            execution.created_at
        )
        .execute(&mut **tx)
        .await?;
        if counted.rows_affected() == 0 {
            count_platform_tool(tx, organization, execution).await?;
        }
    }
    Ok(())
}

/// The wall keeps platform tools from being changed: each organization counts its calls of them apart.
async fn count_platform_tool(tx: &mut TenantTx, organization: OrganizationId, execution: &Execution) -> Result<()> {
    sqlx::query!(
        "insert into platform_tool_uses (organization_id, tool_id, execution_count, last_executed_at)
         select $1, id, 1, $3 from tools where id = $2 and organization_id is null
         on conflict (organization_id, tool_id) do update set
           execution_count = platform_tool_uses.execution_count + 1, last_executed_at = excluded.last_executed_at",
        organization.0,
        execution.tool_id.0,
        execution.created_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Whose executions may be read: everybody's, or one's own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader {
    pub all: bool,
    pub person: uuid::Uuid,
    pub agent: Option<uuid::Uuid>,
}

impl Reader {
    /// The server itself.
    pub(super) fn everybody() -> Self {
        Self { all: true, person: uuid::Uuid::nil(), agent: None }
    }
}

fn odd(what: &str) -> Error {
    Error::internal(format!("an execution is stored with an unknown {what}"))
}

pub(super) async fn find(tx: &mut TenantTx, reader: Reader, id: ExecutionId) -> Result<Option<Execution>> {
    let row = sqlx::query!(
        r#"select id, tool_id, tool_name, tool_kind, tool_version, user_id, agent_id, session_id, run_id, node_id, item_index, execution_order, source, status,
             inputs, outputs, logs, warnings, error_class, error_message, account, trace_id, user_prompt, key_id, cost::float8 as cost, created_at, started_at,
             completed_at, duration_ms
           from tool_executions where id = $1 and ($2 or ($4::uuid is null and user_id = $3) or agent_id = $4)"#,
        id.0,
        reader.all,
        reader.person,
        reader.agent
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| {
        Ok(Execution {
            id: ExecutionId(row.id),
            tool_id: ToolId(row.tool_id),
            tool_name: row.tool_name,
            tool_kind: Kind::parse(&row.tool_kind).ok_or_else(|| odd("kind"))?,
            tool_version: row.tool_version,
            user_id: row.user_id.map(UserId),
            agent_id: row.agent_id.map(AgentId),
            session_id: row.session_id.map(SessionId),
            run_id: row.run_id.map(RunId),
            node_id: row.node_id,
            item_index: row.item_index,
            execution_order: row.execution_order,
            source: row.source,
            status: Status::parse(&row.status).ok_or_else(|| odd("status"))?,
            inputs: row.inputs,
            outputs: row.outputs,
            logs: row.logs,
            warnings: serde_json::from_value(row.warnings).unwrap_or_default(),
            error_class: row.error_class.as_deref().and_then(ErrorClass::parse),
            error_message: row.error_message,
            account: row.account,
            trace_id: row.trace_id,
            user_prompt: row.user_prompt,
            key_id: row.key_id.map(KeyId),
            cost: row.cost,
            created_at: row.created_at,
            started_at: row.started_at,
            completed_at: row.completed_at,
            duration_ms: row.duration_ms,
        })
    })
    .transpose()
}
