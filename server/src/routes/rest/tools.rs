//! Tools: register, read, change, call.

use super::{
    auth::ApiActor,
    etag,
    json::{ApiJson, ApiPath, ApiQuery, Direction, PageQuery},
    problem::ApiResult,
};
use crate::app_router::ServerState;
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderName, StatusCode, header},
};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use toolcrib::{
    Error,
    actor::Actor,
    executions::{self, ErrorClass, ExecuteRequest, Execution},
    ids::{AgentId, CategoryId, SessionId, ToolId, UserId},
    page::Page,
    problem::{FieldError, Problem},
    tools::{
        self, Kind, NewTool, Seen, Status, Tool, ToolFilter, ToolSort, ToolSummary, ToolVersion, UpdateTool, Visibility,
        comparison::Comparison, limits::LimitUse,
    },
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn router() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, delete))
        .routes(routes!(change_status))
        .routes(routes!(versions))
        .routes(routes!(limits))
        .routes(routes!(version))
        .routes(routes!(compare))
        .routes(routes!(restore))
        .routes(routes!(execute))
}

/// Which tools to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    /// Words in name, display name, description or tags, or a name much like it.
    q: Option<String>,
    kind: Option<Kind>,
    status: Option<Status>,
    /// Of this category or one below it.
    category_id: Option<CategoryId>,
    tag: Option<String>,
    /// The person who owns it.
    owner_id: Option<UserId>,
    visibility: Option<Visibility>,
    /// Only what is attached to this agent.
    agent_id: Option<AgentId>,
    /// Called at this moment or later.
    used_since: Option<DateTime<Utc>>,
    /// Not called at this moment or later, perhaps never.
    unused_since: Option<DateTime<Utc>>,
    /// Left out: the best match first with `q`, else the newest first.
    sort: Option<ToolSort>,
    /// `asc` (default) or `desc`.
    dir: Option<Direction>,
    /// `next_cursor` of the page before, in the same order.
    cursor: Option<String>,
    /// 1 to 100; 50 when left out.
    limit: Option<i64>,
}

impl ListQuery {
    fn filter(self) -> ToolFilter {
        ToolFilter {
            text: self.q,
            kind: self.kind,
            status: self.status,
            category_id: self.category_id,
            tag: self.tag,
            owner_id: self.owner_id,
            visibility: self.visibility,
            agent_id: self.agent_id,
            used_since: self.used_since,
            unused_since: self.unused_since,
            sort: self.sort,
            descending: self.dir == Some(Direction::Desc),
            cursor: self.cursor,
            limit: self.limit,
        }
    }
}

/// Tools that may be seen
#[utoipa::path(get, path = "/v1/tools", tag = "Tools", params(ListQuery), responses(
    (status = 200, body = Page<ToolSummary>),
    (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 401, body = Problem, content_type = "application/problem+json"),
))]
pub async fn list(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> ApiResult<Json<Page<ToolSummary>>> {
    Ok(Json(tools::list(&state.system, &actor, query.filter()).await?))
}

/// Register a tool
#[utoipa::path(post, path = "/v1/tools", tag = "Tools", request_body = NewTool, responses(
    (status = 201, body = Tool),
    (status = 409, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn create(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiJson(new): ApiJson<NewTool>,
) -> ApiResult<(StatusCode, [(HeaderName, String); 2], Json<Tool>)> {
    let tool = tools::create(&state.system, &actor, new).await?;
    let headers = [(header::LOCATION, format!("/v1/tools/{}", tool.id)), (header::ETAG, tool_tag(&tool))];
    Ok((StatusCode::CREATED, headers, Json(tool)))
}

/// The state as an entity tag: `If-Match` sends it back.
pub(super) fn tool_tag(tool: &Tool) -> String {
    format!("\"{}\"", tool.tag())
}

/// The state that `If-Match` names, if it is the stored one; `None` where it is left out or `*`. The use case looks again under its lock:
/// somebody may be saving right now. The bare version is enough for who cares about contract and behaviour only.
async fn if_match(state: &ServerState, actor: &Actor, id: ToolId, headers: &HeaderMap) -> ApiResult<Option<Seen>> {
    let Some(tags) = etag::if_match(headers) else { return Ok(None) };
    let stored = tools::get(&state.system, actor, id).await?;
    let whole = tags.contains(&stored.tag());
    if !whole && !tags.contains(&stored.version.to_string()) {
        return Err(etag::stale("tool", tool_tag(&stored)));
    }
    Ok(Some(Seen { version: stored.version, updated_at: whole.then_some(stored.updated_at) }))
}

/// One tool
#[utoipa::path(get, path = "/v1/tools/{id}", tag = "Tools", params(("id" = ToolId, Path)), responses(
    (status = 200, body = Tool),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn get(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<ToolId>,
) -> ApiResult<([(HeaderName, String); 1], Json<Tool>)> {
    let tool = tools::get(&state.system, &actor, id).await?;
    Ok(([(header::ETAG, tool_tag(&tool))], Json(tool)))
}

/// Change a tool; what is left out stays
#[utoipa::path(put, path = "/v1/tools/{id}", tag = "Tools", params(("id" = ToolId, Path)), request_body = UpdateTool, responses(
    (status = 200, body = Tool),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "`If-Match` or `expected_version` is not the version that is stored", body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn update(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<ToolId>,
    headers: HeaderMap,
    ApiJson(mut change): ApiJson<UpdateTool>,
) -> ApiResult<([(HeaderName, String); 1], Json<Tool>)> {
    if let Some(seen) = if_match(&state, &actor, id, &headers).await? {
        change.expected_version = Some(seen.version);
        change.expected_updated_at = seen.updated_at;
    }
    let tool = tools::update(&state.system, &actor, id, change).await?;
    Ok(([(header::ETAG, tool_tag(&tool))], Json(tool)))
}

/// Delete a tool; its executions stay on record
#[utoipa::path(delete, path = "/v1/tools/{id}", tag = "Tools", params(("id" = ToolId, Path)), responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "`If-Match` is not the state that is stored", body = Problem, content_type = "application/problem+json"),
))]
pub async fn delete(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<ToolId>,
    headers: HeaderMap,
) -> ApiResult<StatusCode> {
    let seen = if_match(&state, &actor, id, &headers).await?;
    tools::delete_seen(&state.system, &actor, id, seen).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The status a tool shall have.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusChange {
    status: Status,
    /// Activate although the tests of its script fail.
    #[serde(default)]
    force: bool,
}

/// Activate, disable or deprecate a tool
#[utoipa::path(post, path = "/v1/tools/{id}/status", tag = "Tools", params(("id" = ToolId, Path)), request_body = StatusChange, responses(
    (status = 200, body = Tool),
    (status = 409, description = "The status machine does not allow this change, or tests of the script fail and `force` is not set", body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "`If-Match` is not the state that is stored", body = Problem, content_type = "application/problem+json"),
))]
pub async fn change_status(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<ToolId>,
    headers: HeaderMap,
    ApiJson(change): ApiJson<StatusChange>,
) -> ApiResult<([(HeaderName, String); 1], Json<Tool>)> {
    let seen = if_match(&state, &actor, id, &headers).await?;
    let tool = tools::change_status_seen(&state.system, &actor, id, change.status, change.force, seen).await?;
    Ok(([(header::ETAG, tool_tag(&tool))], Json(tool)))
}

/// Versions of a tool, newest first
#[utoipa::path(get, path = "/v1/tools/{id}/versions", tag = "Tools", params(("id" = ToolId, Path), PageQuery), responses(
    (status = 200, body = Page<ToolVersion>),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn versions(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<ToolId>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> ApiResult<Json<Page<ToolVersion>>> {
    Ok(Json(tools::versions::page(&state.system, &actor, id, query.cursor.as_deref(), query.limit).await?))
}

/// Limits of a tool, and what is used of them now
#[utoipa::path(get, path = "/v1/tools/{id}/limits", tag = "Tools", params(("id" = ToolId, Path)), responses(
    (status = 200, body = LimitUse),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn limits(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<ToolId>,
) -> ApiResult<Json<LimitUse>> {
    Ok(Json(tools::limits::limits(&state.system, &actor, id).await?))
}

/// One version of a tool, as it was
#[utoipa::path(get, path = "/v1/tools/{id}/versions/{version}", tag = "Tools", params(("id" = ToolId, Path), ("version" = i32, Path)), responses(
    (status = 200, body = ToolVersion),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn version(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath((id, version)): ApiPath<(ToolId, i32)>,
) -> ApiResult<Json<ToolVersion>> {
    Ok(Json(tools::versions::version(&state.system, &actor, id, version).await?))
}

/// Two versions side by side: fields that differ, by their lines
#[utoipa::path(get, path = "/v1/tools/{id}/versions/{version}/compare/{other}", tag = "Tools",
    params(("id" = ToolId, Path), ("version" = i32, Path), ("other" = i32, Path)), responses(
    (status = 200, body = Comparison),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn compare(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath((id, version, other)): ApiPath<(ToolId, i32, i32)>,
) -> ApiResult<Json<Comparison>> {
    Ok(Json(tools::versions::compare(&state.system, &actor, id, version, other).await?))
}

/// Make a tool what it was at a version, as a new version
#[utoipa::path(post, path = "/v1/tools/{id}/versions/{version}/restore", tag = "Tools", params(("id" = ToolId, Path), ("version" = i32, Path)), responses(
    (status = 200, body = Tool),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "The tool is as it was at that version, or its name then is another tool's now", body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "`If-Match` is not the version that is stored", body = Problem, content_type = "application/problem+json"),
))]
pub async fn restore(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath((id, version)): ApiPath<(ToolId, i32)>,
    headers: HeaderMap,
) -> ApiResult<([(HeaderName, String); 1], Json<Tool>)> {
    let expected = if_match(&state, &actor, id, &headers).await?.map(|seen| seen.version);
    let tool = tools::versions::restore(&state.system, &actor, id, version, expected).await?;
    Ok(([(header::ETAG, tool_tag(&tool))], Json(tool)))
}

/// A call.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Execute {
    /// A field for each input.
    inputs: Option<Value>,
    /// Values for `{{variables}}` in the tool's texts, by name: `{"caller_phone_number": "+49…"}`.
    #[schema(value_type = Object)]
    variables: serde_json::Map<String, Value>,
    /// On behalf of which agent. A token that acts as an agent needs none.
    agent_id: Option<AgentId>,
    session_id: Option<SessionId>,
    /// What the user had said; kept with the execution.
    user_prompt: Option<String>,
    trace_id: Option<String>,
}

/// Call a tool and wait for the result
///
/// 200 is any execution that was carried out, also one that failed: `status` says which. What was refused is recorded as well.
#[utoipa::path(post, path = "/v1/tools/{id}/execute", tag = "Tools", params(("id" = ToolId, Path)), request_body = Execute, responses(
    (status = 200, body = Execution),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "The tool is a draft or disabled", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "The inputs do not fit; pointers begin with /inputs", body = Problem, content_type = "application/problem+json"),
    (status = 429, body = Problem, content_type = "application/problem+json"),
))]
pub async fn execute(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<ToolId>,
    ApiJson(call): ApiJson<Execute>,
) -> ApiResult<Json<Execution>> {
    let request = ExecuteRequest {
        variables: call.variables,
        agent_id: call.agent_id,
        session_id: call.session_id,
        user_prompt: call.user_prompt,
        trace_id: call.trace_id,
        ..ExecuteRequest::new(id, call.inputs.unwrap_or_default())
    };
    let execution = executions::execute(&state.system, &actor, request).await?;
    match refusal(&execution) {
        Some(error) => Err(error.into()),
        None => Ok(Json(execution)),
    }
}

/// The refusal that an execution stands for.
fn refusal(execution: &Execution) -> Option<Error> {
    let message = execution.error_message.clone().unwrap_or_default();
    match execution.error_class? {
        ErrorClass::InvalidInput => {
            let mut errors = execution.field_errors();
            if errors.is_empty() {
                errors.push(FieldError::new("", message));
            }
            let inside = errors.into_iter().map(|error| FieldError { pointer: format!("/inputs{}", error.pointer), ..error });
            Some(Error::Invalid(inside.collect()))
        }
        ErrorClass::Unauthorized => Some(Error::Forbidden(message)),
        ErrorClass::RateLimited => {
            let retry_after = execution.account.get("retry_after").and_then(Value::as_u64).unwrap_or(60);
            Some(Error::RateLimited { message, retry_after })
        }
        _ => None,
    }
}
