//! Agents and what is attached to them.

use super::{
    auth::ApiActor,
    etag::{self, Made, Tagged},
    json::{ApiJson, ApiPath, ApiQuery, PageQuery},
    problem::ApiResult,
};
use crate::app_router::ServerState;
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use toolcrib::{
    actor::Actor,
    agents::{self, Agent, AgentSummary, Attachment, AttachmentChange, NewAgent, NewAttachment},
    ids::{AgentId, ToolId},
    page::Page,
    problem::Problem,
};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn router() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, delete))
        .routes(routes!(attachments, attach))
        .routes(routes!(attachment, change_attachment, detach))
        .routes(routes!(openai_tools))
}

/// Which agents to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    /// Words in name, display name or description.
    q: Option<String>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 when left out.
    limit: Option<i64>,
}

/// Agents by name
#[utoipa::path(get, path = "/v1/agents", tag = "Agents", params(ListQuery), responses(
    (status = 200, body = Page<AgentSummary>),
    (status = 401, body = Problem, content_type = "application/problem+json"),
))]
pub async fn list(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> ApiResult<Json<Page<AgentSummary>>> {
    let (items, next_cursor) =
        agents::list::list(&state.system, &actor, query.q.as_deref(), query.cursor.as_deref(), query.limit.unwrap_or(50)).await?;
    Ok(Json(Page { items, next_cursor }))
}

/// Make an agent
#[utoipa::path(post, path = "/v1/agents", tag = "Agents", request_body = NewAgent, responses(
    (status = 201, body = Agent),
    (status = 409, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn create(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiJson(new): ApiJson<NewAgent>,
) -> ApiResult<Made<Agent>> {
    let agent = agents::create::create(&state.system, &actor, new).await?;
    Ok(etag::made(format!("/v1/agents/{}", agent.id), agent.updated_at, agent))
}

/// When the agent was changed last, as far as `If-Match` asks.
async fn if_match(state: &ServerState, actor: &Actor, id: AgentId, headers: &HeaderMap) -> ApiResult<Option<DateTime<Utc>>> {
    etag::seen(headers, "agent", async { Ok(agents::get::get(&state.system, actor, id).await?.updated_at) }).await
}

/// One agent
#[utoipa::path(get, path = "/v1/agents/{id}", tag = "Agents", params(("id" = AgentId, Path)), responses(
    (status = 200, body = Agent),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn get(State(state): State<ServerState>, ApiActor(actor): ApiActor, ApiPath(id): ApiPath<AgentId>) -> ApiResult<Tagged<Agent>> {
    let agent = agents::get::get(&state.system, &actor, id).await?;
    Ok(etag::tagged(agent.updated_at, agent))
}

/// Replace name, display name and description
///
/// With `If-Match` nothing is changed if somebody else changed the agent since it was read.
#[utoipa::path(put, path = "/v1/agents/{id}", tag = "Agents", params(("id" = AgentId, Path)), request_body = NewAgent, responses(
    (status = 200, body = Agent),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json"),
    (status = 412, body = Problem, content_type = "application/problem+json", description = "`If-Match` is not the state that is stored"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn update(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<AgentId>,
    headers: HeaderMap,
    ApiJson(new): ApiJson<NewAgent>,
) -> ApiResult<Tagged<Agent>> {
    let read = if_match(&state, &actor, id, &headers).await?;
    let agent = agents::update::update(&state.system, &actor, id, new, read).await?;
    Ok(etag::tagged(agent.updated_at, agent))
}

/// Delete an agent with its attachments, grants and tokens
#[utoipa::path(delete, path = "/v1/agents/{id}", tag = "Agents", params(("id" = AgentId, Path)), responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "`If-Match` is not the state that is stored", body = Problem, content_type = "application/problem+json"),
))]
pub async fn delete(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<AgentId>,
    headers: HeaderMap,
) -> ApiResult<StatusCode> {
    let seen = if_match(&state, &actor, id, &headers).await?;
    agents::delete::delete_seen(&state.system, &actor, id, seen).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is attached to an agent
#[utoipa::path(get, path = "/v1/agents/{id}/tools", tag = "Agents", params(("id" = AgentId, Path), PageQuery), responses(
    (status = 200, body = Page<Attachment>),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn attachments(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<AgentId>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> ApiResult<Json<Page<Attachment>>> {
    Ok(Json(agents::attachments::page(&state.system, &actor, id, query.cursor.as_deref(), query.limit).await?))
}

/// Attach a tool
///
/// A private tool is granted to the agent along with it, where the caller may grant it.
#[utoipa::path(post, path = "/v1/agents/{id}/tools", tag = "Agents", params(("id" = AgentId, Path)), request_body = NewAttachment, responses(
    (status = 201, body = Attachment),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn attach(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<AgentId>,
    ApiJson(new): ApiJson<NewAttachment>,
) -> ApiResult<Made<Attachment>> {
    let attachment = agents::attach::attach(&state.system, &actor, id, new).await?;
    Ok(etag::made(format!("/v1/agents/{id}/tools/{}", attachment.tool_id), attachment.updated_at, attachment))
}

/// When the attachment was changed last, as far as `If-Match` asks.
async fn if_attachment(
    state: &ServerState,
    actor: &Actor,
    id: AgentId,
    tool: ToolId,
    headers: &HeaderMap,
) -> ApiResult<Option<DateTime<Utc>>> {
    let stored = async { Ok(agents::attachments::attachment(&state.system, actor, id, tool).await?.updated_at) };
    etag::seen(headers, "attachment", stored).await
}

/// One attachment
#[utoipa::path(get, path = "/v1/agents/{id}/tools/{tool_id}", tag = "Agents", params(("id" = AgentId, Path), ("tool_id" = ToolId, Path)), responses(
    (status = 200, body = Attachment),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn attachment(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath((id, tool)): ApiPath<(AgentId, ToolId)>,
) -> ApiResult<Tagged<Attachment>> {
    let attachment = agents::attachments::attachment(&state.system, &actor, id, tool).await?;
    Ok(etag::tagged(attachment.updated_at, attachment))
}

/// Switch an attachment on or off, or change its usage comments
#[utoipa::path(patch, path = "/v1/agents/{id}/tools/{tool_id}", tag = "Agents", params(("id" = AgentId, Path), ("tool_id" = ToolId, Path)),
    request_body = AttachmentChange, responses(
    (status = 200, body = Attachment),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "`If-Match` is not the state that is stored", body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn change_attachment(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath((id, tool)): ApiPath<(AgentId, ToolId)>,
    headers: HeaderMap,
    ApiJson(change): ApiJson<AttachmentChange>,
) -> ApiResult<Tagged<Attachment>> {
    let seen = if_attachment(&state, &actor, id, tool, &headers).await?;
    let attachment = agents::change_attachment::change_attachment_seen(&state.system, &actor, id, tool, change, seen).await?;
    Ok(etag::tagged(attachment.updated_at, attachment))
}

/// Detach a tool, and take back the permission that attaching gave
#[utoipa::path(delete, path = "/v1/agents/{id}/tools/{tool_id}", tag = "Agents", params(("id" = AgentId, Path), ("tool_id" = ToolId, Path)), responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "`If-Match` is not the state that is stored", body = Problem, content_type = "application/problem+json"),
))]
pub async fn detach(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath((id, tool)): ApiPath<(AgentId, ToolId)>,
    headers: HeaderMap,
) -> ApiResult<StatusCode> {
    let seen = if_attachment(&state, &actor, id, tool, &headers).await?;
    agents::detach::detach_seen(&state.system, &actor, id, tool, seen).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the agent can call now, as OpenAI tools
#[utoipa::path(get, path = "/v1/agents/{id}/openai-tools", tag = "Agents", params(("id" = AgentId, Path)), responses(
    (status = 200, body = Vec<Value>, description = "`[{\"type\": \"function\", \"function\": {name, description, parameters}}]`"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn openai_tools(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<AgentId>,
) -> ApiResult<Json<Value>> {
    Ok(Json(agents::openai_tools::openai_tools(&state.system, &actor, id).await?))
}
