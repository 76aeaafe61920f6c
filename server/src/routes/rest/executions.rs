//! What happened.

use super::{
    auth::ApiActor,
    json::{ApiPath, ApiQuery, Direction},
    problem::ApiResult,
};
use crate::app_router::ServerState;
use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use toolcrib::{
    executions::{self, Execution, ExecutionFilter, ExecutionOrder, ExecutionSort, ExecutionSummary, Status},
    ids::{AgentId, ExecutionId, RunId, SessionId, ToolId},
    page::Page,
    problem::Problem,
};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn router() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get))
}

/// Which executions to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    tool_id: Option<ToolId>,
    agent_id: Option<AgentId>,
    session_id: Option<SessionId>,
    run_id: Option<RunId>,
    status: Option<Status>,
    /// `page`, `rest`, `mcp`, `webhook`, `workflow` or `demo`.
    source: Option<String>,
    /// From this moment on.
    from: Option<DateTime<Utc>>,
    /// Before this moment.
    to: Option<DateTime<Utc>>,
    /// Words, or their beginnings, in the tool's name, the inputs, the outputs, the error or the prompt; all must occur.
    q: Option<String>,
    /// Left out: the newest first. By anything but `when`, the newest 10 000 that match are put in order.
    sort: Option<ExecutionSort>,
    /// `asc` (default) or `desc`.
    dir: Option<Direction>,
    /// `next_cursor` of the page before, in the same order.
    cursor: Option<String>,
    /// 1 to 100; 50 when left out.
    limit: Option<i64>,
}

/// Executions, newest first unless another order is asked for
#[utoipa::path(get, path = "/v1/executions", tag = "Executions", params(ListQuery), responses(
    (status = 200, body = Page<ExecutionSummary>),
    (status = 401, body = Problem, content_type = "application/problem+json"),
))]
pub async fn list(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> ApiResult<Json<Page<ExecutionSummary>>> {
    let filter = ExecutionFilter {
        tool_id: query.tool_id,
        agent_id: query.agent_id,
        session_id: query.session_id,
        run_id: query.run_id,
        status: query.status,
        source: query.source,
        from: query.from,
        to: query.to,
        text: query.q,
        order: query.sort.map(|sort| ExecutionOrder { sort, descending: matches!(query.dir, Some(Direction::Desc)) }).unwrap_or_default(),
        cursor: query.cursor,
        limit: query.limit,
    };
    Ok(Json(executions::list(&state.system, &actor, filter).await?))
}

/// One execution, with inputs, outputs and log
#[utoipa::path(get, path = "/v1/executions/{id}", tag = "Executions", params(("id" = ExecutionId, Path)), responses(
    (status = 200, body = Execution),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn get(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<ExecutionId>,
) -> ApiResult<Json<Execution>> {
    Ok(Json(executions::get(&state.system, &actor, id).await?))
}
