//! Several calls of one tool in one statement, which is its own transaction: it sets the organization for itself (`begin_calls` and `end_calls` in
//! the migration `calls_together`), does its work behind the wall and is durable when it is answered.

use super::over;
use crate::{
    error::{Error, Result},
    executions::{
        ErrorClass, Execution, histogram,
        ledger::{Beginning, End, Limited},
    },
    executors::Failure,
    ids::{ExecutionId, KeyId, OrganizationId, ToolId},
    lines::Lines,
};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::Value;
use std::{
    collections::{HashMap, HashSet},
    future::Future,
};
use uuid::Uuid;

/// To the microsecond, as PostgreSQL keeps it: cut off, as in parameters.
fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn json(row: &impl Serialize) -> Result<String> {
    serde_json::to_string(row).map_err(|error| Error::Internal(error.into()))
}

fn array<'a>(rows: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::from("[");
    for row in rows {
        if text.len() > 1 {
            text.push(',');
        }
        text.push_str(row);
    }
    text.push(']');
    text
}

#[derive(Serialize)]
struct BeginningRow<'a> {
    id: Uuid,
    tool_name: &'a str,
    tool_kind: &'a str,
    tool_version: i32,
    user_id: Option<Uuid>,
    agent_id: Option<Uuid>,
    run_id: Option<Uuid>,
    node_id: Option<&'a str>,
    item_index: Option<i32>,
    source: &'a str,
    inputs: &'a Value,
    warnings: &'a [String],
    trace_id: Option<&'a str>,
    user_prompt: Option<&'a str>,
    created_at: String,
    server_id: Uuid,
    replay_of: Option<Uuid>,
}

pub(in crate::executions) fn beginning(execution: &Execution, server: Uuid, replay_of: Option<ExecutionId>) -> Result<String> {
    json(&BeginningRow {
        id: execution.id.0,
        tool_name: &execution.tool_name,
        tool_kind: execution.tool_kind.as_str(),
        tool_version: execution.tool_version,
        user_id: execution.user_id.map(|id| id.0),
        agent_id: execution.agent_id.map(|id| id.0),
        run_id: execution.run_id.map(|id| id.0),
        node_id: execution.node_id.as_deref(),
        item_index: execution.item_index,
        source: &execution.source,
        inputs: &execution.inputs,
        warnings: &execution.warnings,
        trace_id: execution.trace_id.as_deref(),
        user_prompt: execution.user_prompt.as_deref(),
        created_at: moment(execution.created_at),
        server_id: server,
        replay_of: replay_of.map(|id| id.0),
    })
}

#[derive(Serialize)]
struct EndRow<'a> {
    id: Uuid,
    created_at: String,
    status: &'a str,
    outputs: Option<&'a Value>,
    /// JSON's null is an output too.
    has_outputs: bool,
    logs: Option<&'a str>,
    warnings: &'a [String],
    error_class: Option<&'a str>,
    error_message: Option<&'a str>,
    account: &'a Value,
    cost: Option<f64>,
    completed_at: Option<String>,
    duration_ms: f64,
    bucket: usize,
    key_ids: Vec<Uuid>,
    inputs: Option<&'a Value>,
    user_prompt: Option<&'a str>,
}

pub(in crate::executions) fn end_row(execution: &Execution, keys: &[KeyId], rewritten: bool) -> Result<String> {
    let duration_ms = execution.duration_ms.unwrap_or_default();
    json(&EndRow {
        id: execution.id.0,
        created_at: moment(execution.created_at),
        status: execution.status.as_str(),
        outputs: execution.outputs.as_ref(),
        has_outputs: execution.outputs.is_some(),
        logs: execution.logs.as_deref(),
        warnings: &execution.warnings,
        error_class: execution.error_class.map(ErrorClass::as_str),
        error_message: execution.error_message.as_deref(),
        account: &execution.account,
        cost: execution.cost,
        completed_at: execution.completed_at.map(moment),
        duration_ms,
        bucket: histogram::bucket(duration_ms) + 1,
        key_ids: keys.iter().map(|key| key.0).collect(),
        inputs: rewritten.then_some(&execution.inputs),
        user_prompt: execution.user_prompt.as_deref().filter(|_| rewritten),
    })
}

pub(in crate::executions) async fn begin(lines: &Lines, of: Limited, rows: Vec<Beginning>) -> Vec<Result<Option<(Failure, i64)>>> {
    together(&rows, |rows| write_beginnings(lines, of, rows)).await
}

pub(in crate::executions) async fn end(lines: &Lines, of: (OrganizationId, ToolId), rows: Vec<End>) -> Vec<Result<bool>> {
    together(&rows, |rows| write_ends(lines, of, rows)).await
}

async fn write_beginnings(lines: &Lines, of: Limited, rows: &[Beginning]) -> Result<Vec<Option<(Failure, i64)>>, sqlx::Error> {
    let mut line = lines.take().await?;
    let refused = sqlx::query!(
        r#"select id as "id!", is_agent as "is_agent!", word as "word!", allowed as "allowed!", wait_seconds as "wait!"
           from begin_calls($1, $2, $3, $4, $5, $6::text::jsonb)"#,
        of.organization.0,
        of.tool.0,
        rows.iter().map(|row| row.at).max().unwrap_or_default(),
        of.per_minute,
        of.per_hour,
        array(rows.iter().map(|row| row.row.as_str()))
    )
    .fetch_all(&mut line.connection)
    .await;
    let mut refused: HashMap<Uuid, _> =
        line.after(refused)?.into_iter().map(|row| (row.id, over(row.is_agent, &row.word, row.allowed, row.wait))).collect();
    Ok(rows.iter().map(|row| refused.remove(&row.id.0)).collect())
}

async fn write_ends(lines: &Lines, (organization, tool): (OrganizationId, ToolId), rows: &[End]) -> Result<Vec<bool>, sqlx::Error> {
    let mut line = lines.take().await?;
    let ended_before = sqlx::query_scalar!(
        r#"select id as "id!" from end_calls($1, $2, $3::text::jsonb) id"#,
        organization.0,
        tool.0,
        array(rows.iter().map(|row| row.row.as_str()))
    )
    .fetch_all(&mut line.connection)
    .await;
    let ended_before: HashSet<Uuid> = line.after(ended_before)?.into_iter().collect();
    Ok(rows.iter().map(|row| !ended_before.contains(&row.id.0)).collect())
}

/// All at once; where the database refuses what they hold, each alone, so that none suffers for another.
async fn together<'a, T, R, F>(rows: &'a [T], write: impl Fn(&'a [T]) -> F) -> Vec<Result<R>>
where
    F: Future<Output = Result<Vec<R>, sqlx::Error>>,
{
    match write(rows).await {
        Ok(done) => done.into_iter().map(Ok).collect(),
        Err(error) if rows.len() == 1 => vec![Err(error.into())],
        Err(sqlx::Error::Database(_)) => {
            let mut all = Vec::with_capacity(rows.len());
            for row in rows {
                let done = write(std::slice::from_ref(row)).await;
                all.push(done.map_err(Error::from).and_then(|mut done| done.pop().ok_or_else(|| Error::internal("no answer for a row"))));
            }
            all
        }
        // The connection: it may have been written or not, so it is not tried again.
        Err(error) => {
            let why = error.to_string();
            rows.iter().map(|_| Err(Error::internal(why.clone()))).collect()
        }
    }
}
