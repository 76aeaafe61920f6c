//! The list of executions: by filters, and by words.

use super::{Reader, odd, sorted};
use crate::{
    db::TenantTx,
    error::Result,
    executions::{ErrorClass, ExecutionFilter, ExecutionOrder, ExecutionSummary, SORTED, Status},
    ids::{AgentId, ExecutionId, RunId, ToolId, UserId},
    page::{Cursor, Page},
    tools::Kind,
};
use chrono::{DateTime, Utc};

/// A row of a list, as it is stored.
struct SummaryRow {
    id: uuid::Uuid,
    tool_id: uuid::Uuid,
    tool_name: String,
    tool_kind: String,
    tool_version: i32,
    user_id: Option<uuid::Uuid>,
    agent_id: Option<uuid::Uuid>,
    run_id: Option<uuid::Uuid>,
    node_id: Option<String>,
    source: String,
    status: String,
    error_class: Option<String>,
    error_message: Option<String>,
    cost: Option<f64>,
    created_at: DateTime<Utc>,
    duration_ms: Option<f64>,
}

impl SummaryRow {
    fn read(self) -> Result<ExecutionSummary> {
        Ok(ExecutionSummary {
            id: ExecutionId(self.id),
            tool_id: ToolId(self.tool_id),
            tool_name: self.tool_name,
            tool_kind: Kind::parse(&self.tool_kind).ok_or_else(|| odd("kind"))?,
            tool_version: self.tool_version,
            user_id: self.user_id.map(UserId),
            agent_id: self.agent_id.map(AgentId),
            run_id: self.run_id.map(RunId),
            node_id: self.node_id,
            source: self.source,
            status: Status::parse(&self.status).ok_or_else(|| odd("status"))?,
            error_class: self.error_class.as_deref().and_then(ErrorClass::parse),
            error_message: self.error_message,
            cost: self.cost,
            created_at: self.created_at,
            duration_ms: self.duration_ms,
        })
    }
}

/// One page, and whether older ones match that were not put in order.
pub(in crate::executions) async fn list(
    tx: &mut TenantTx,
    reader: Reader,
    filter: &ExecutionFilter,
) -> Result<(Page<ExecutionSummary>, bool)> {
    let limit = filter.limit.unwrap_or(50).clamp(1, 100);
    let text = filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
    if filter.order != ExecutionOrder::default() {
        let among = match text {
            Some(text) => Some(with_words(tx, reader, filter, text, None, SORTED + 1).await?),
            None => None,
        };
        let places = sorted::places(tx, reader, filter, among.as_deref(), limit).await?;
        let mut rows = of_ids(tx, &places.ids).await?;
        rows.sort_by_key(|row| places.ids.iter().position(|id| *id == row.id));
        let items = rows.into_iter().map(SummaryRow::read).collect::<Result<Vec<_>>>()?;
        return Ok((Page { items, next_cursor: places.next_cursor }, places.is_cut));
    }
    let cursor = filter.cursor.as_deref().map(Cursor::decode).transpose()?;
    let rows = match text {
        Some(text) => {
            let ids = with_words(tx, reader, filter, text, cursor, limit + 1).await?;
            of_ids(tx, &ids).await?
        }
        None => matching(tx, reader, filter, cursor, limit + 1).await?,
    };
    let rows = rows.into_iter().map(SummaryRow::read).collect::<Result<Vec<_>>>()?;
    Ok((Cursor::page(rows, limit, |execution| Cursor { at: execution.created_at, id: execution.id.0 }), false))
}

async fn matching(
    tx: &mut TenantTx,
    reader: Reader,
    filter: &ExecutionFilter,
    cursor: Option<Cursor>,
    limit: i64,
) -> Result<Vec<SummaryRow>> {
    Ok(sqlx::query_as!(
        SummaryRow,
        r#"select id, tool_id, tool_name, tool_kind, tool_version, user_id, agent_id, run_id, node_id, source, status, error_class, error_message,
             cost::float8 as cost, created_at, duration_ms
           from tool_executions
           where ($1 or ($3::uuid is null and user_id = $2) or agent_id = $3)
             and ($4::uuid is null or tool_id = $4) and ($5::uuid is null or agent_id = $5)
             and ($6::uuid is null or session_id = $6) and ($7::uuid is null or run_id = $7)
             and ($8::text is null or status = $8) and ($9::text is null or source = $9)
             and ($10::timestamptz is null or created_at >= $10) and ($11::timestamptz is null or created_at < $11)
             and ($12::timestamptz is null or (created_at, id) < ($12, $13::uuid))
           order by created_at desc, id desc limit $14"#,
        reader.all,
        reader.person,
        reader.agent,
        filter.tool_id.map(|id| id.0),
        filter.agent_id.map(|id| id.0),
        filter.session_id.map(|id| id.0),
        filter.run_id.map(|id| id.0),
        filter.status.map(Status::as_str),
        filter.source.as_deref().filter(|source| !source.is_empty()),
        filter.from,
        filter.to,
        cursor.map(|cursor| cursor.at),
        cursor.map(|cursor| cursor.id),
        limit
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Those in which every word of `text` begins some word (see migration 0061), newest first: ids by the index of words; the rest is read
/// through the wall.
async fn with_words(
    tx: &mut TenantTx,
    reader: Reader,
    filter: &ExecutionFilter,
    text: &str,
    cursor: Option<Cursor>,
    limit: i64,
) -> Result<Vec<uuid::Uuid>> {
    Ok(sqlx::query_scalar!(
        r#"select id as "id!" from find_executions($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"#,
        text,
        reader.all,
        reader.person,
        reader.agent,
        filter.tool_id.map(|id| id.0),
        filter.agent_id.map(|id| id.0),
        filter.session_id.map(|id| id.0),
        filter.run_id.map(|id| id.0),
        filter.status.map(Status::as_str),
        filter.source.as_deref().filter(|source| !source.is_empty()),
        filter.from,
        filter.to,
        cursor.map(|cursor| cursor.at),
        cursor.map(|cursor| cursor.id),
        limit
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// The rows of these ids, newest first.
async fn of_ids(tx: &mut TenantTx, ids: &[uuid::Uuid]) -> Result<Vec<SummaryRow>> {
    Ok(sqlx::query_as!(
        SummaryRow,
        r#"select id, tool_id, tool_name, tool_kind, tool_version, user_id, agent_id, run_id, node_id, source, status, error_class, error_message,
             cost::float8 as cost, created_at, duration_ms
           from tool_executions where id = any($1) order by created_at desc, id desc"#,
        ids
    )
    .fetch_all(&mut **tx)
    .await?)
}
