//! MCP servers: register, import what they offer, decide about what they change.

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
use serde::{Deserialize, Serialize};
use toolcrib::{
    Error,
    actor::Actor,
    ids::{McpServerId, ToolId},
    mcp::{self, FieldDifference, Import, McpServer, NewMcpServer, OfferedTool, Pin},
    page::Page,
    problem::Problem,
    tools::Tool,
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn router() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new()
        .routes(routes!(list, register))
        .routes(routes!(get, update, delete))
        .routes(routes!(refresh))
        .routes(routes!(offered))
        .routes(routes!(import))
        .routes(routes!(pin))
        .routes(routes!(approve))
        .routes(routes!(reject))
}

/// MCP servers by name
#[utoipa::path(get, path = "/v1/mcp-servers", tag = "MCP servers", params(PageQuery), responses(
    (status = 200, body = Page<McpServer>),
    (status = 403, body = Problem, content_type = "application/problem+json"),
))]
pub async fn list(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> ApiResult<Json<Page<McpServer>>> {
    Ok(Json(mcp::get::page(&state.system, &actor, query.cursor.as_deref(), query.limit).await?))
}

/// Register an MCP server
///
/// It is asked for its tools at once. One that does not answer is kept; `status` and `last_error` say how it went.
#[utoipa::path(post, path = "/v1/mcp-servers", tag = "MCP servers", request_body = NewMcpServer, responses(
    (status = 201, body = McpServer),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn register(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiJson(new): ApiJson<NewMcpServer>,
) -> ApiResult<Made<McpServer>> {
    let server = mcp::register::register(&state.system, &actor, new).await?;
    Ok(etag::made(format!("/v1/mcp-servers/{}", server.id), server.updated_at, server))
}

/// When the configuration was changed last, as far as `If-Match` asks.
async fn if_match(state: &ServerState, actor: &Actor, id: McpServerId, headers: &HeaderMap) -> ApiResult<Option<DateTime<Utc>>> {
    etag::seen(headers, "MCP server", async { Ok(mcp::get::get(&state.system, actor, id).await?.updated_at) }).await
}

/// One MCP server
#[utoipa::path(get, path = "/v1/mcp-servers/{id}", tag = "MCP servers", params(("id" = McpServerId, Path)), responses(
    (status = 200, body = McpServer),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn get(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<McpServerId>,
) -> ApiResult<Tagged<McpServer>> {
    let server = mcp::get::get(&state.system, &actor, id).await?;
    Ok(etag::tagged(server.updated_at, server))
}

/// Replace the configuration
#[utoipa::path(put, path = "/v1/mcp-servers/{id}", tag = "MCP servers", params(("id" = McpServerId, Path)), request_body = NewMcpServer, responses(
    (status = 200, body = McpServer),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "`If-Match` is not the state that is stored", body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn update(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<McpServerId>,
    headers: HeaderMap,
    ApiJson(new): ApiJson<NewMcpServer>,
) -> ApiResult<Tagged<McpServer>> {
    let seen = if_match(&state, &actor, id, &headers).await?;
    let server = mcp::update::update_seen(&state.system, &actor, id, new, seen).await?;
    Ok(etag::tagged(server.updated_at, server))
}

/// Delete a server and every tool imported from it
#[utoipa::path(delete, path = "/v1/mcp-servers/{id}", tag = "MCP servers", params(("id" = McpServerId, Path)), responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "`If-Match` is not the state that is stored", body = Problem, content_type = "application/problem+json"),
))]
pub async fn delete(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<McpServerId>,
    headers: HeaderMap,
) -> ApiResult<StatusCode> {
    let seen = if_match(&state, &actor, id, &headers).await?;
    mcp::delete::delete_seen(&state.system, &actor, id, seen).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Connect now and list the tools anew
#[utoipa::path(post, path = "/v1/mcp-servers/{id}/refresh", tag = "MCP servers", params(("id" = McpServerId, Path)), responses(
    (status = 200, body = McpServer, description = "`status` and `last_error` say how it went."),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn refresh(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<McpServerId>,
) -> ApiResult<Json<McpServer>> {
    Ok(Json(mcp::refresh::refresh(&state.system, &actor, id).await?))
}

/// What a server offered when it was last asked, by name
#[utoipa::path(get, path = "/v1/mcp-servers/{id}/tools", tag = "MCP servers", params(("id" = McpServerId, Path), PageQuery), responses(
    (status = 200, body = Page<OfferedTool>),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn offered(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<McpServerId>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> ApiResult<Json<Page<OfferedTool>>> {
    Ok(Json(mcp::get::offered_page(&state.system, &actor, id, query.cursor.as_deref(), query.limit).await?))
}

/// Import tools of a server, all or none
#[utoipa::path(post, path = "/v1/mcp-servers/{id}/import", tag = "MCP servers", params(("id" = McpServerId, Path)), request_body = Import, responses(
    (status = 201, body = Page<Tool>),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn import(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<McpServerId>,
    ApiJson(order): ApiJson<Import>,
) -> ApiResult<(StatusCode, Json<Page<Tool>>)> {
    let items = mcp::import::import(&state.system, &actor, id, order).await?;
    Ok((StatusCode::CREATED, Json(Page { items, next_cursor: None })))
}

/// An imported tool: what was approved, what its server offers now, and what differs.
#[derive(Serialize, ToSchema)]
pub struct PinAnswer {
    #[serde(flatten)]
    pin: Pin,
    differences: Vec<FieldDifference>,
}

/// The pin of an imported tool
#[utoipa::path(get, path = "/v1/tools/{id}/pin", tag = "MCP servers", params(("id" = ToolId, Path)), responses(
    (status = 200, body = PinAnswer),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn pin(State(state): State<ServerState>, ApiActor(actor): ApiActor, ApiPath(id): ApiPath<ToolId>) -> ApiResult<Json<PinAnswer>> {
    let pin = mcp::get::pin(&state.system, &actor, id).await?.ok_or(Error::NotFound("pin"))?;
    Ok(Json(PinAnswer { differences: pin.differences(), pin }))
}

/// Which change is decided about: `proposed_hash` of the pin as it was read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    proposed_hash: String,
}

/// Approve what a server changed
///
/// The tool becomes what its server offers now, as a new version, and runs again.
#[utoipa::path(post, path = "/v1/tools/{id}/pin/approve", tag = "MCP servers", params(("id" = ToolId, Path)), request_body = Decision, responses(
    (status = 200, body = Tool),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json"),
    (status = 412, body = Problem, content_type = "application/problem+json"),
))]
pub async fn approve(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<ToolId>,
    ApiJson(decision): ApiJson<Decision>,
) -> ApiResult<Json<Tool>> {
    Ok(Json(mcp::decide::approve(&state.system, &actor, id, &decision.proposed_hash).await?))
}

/// Reject what a server changed: the tool stays stopped
#[utoipa::path(post, path = "/v1/tools/{id}/pin/reject", tag = "MCP servers", params(("id" = ToolId, Path)), request_body = Decision, responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json"),
    (status = 412, body = Problem, content_type = "application/problem+json"),
))]
pub async fn reject(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<ToolId>,
    ApiJson(decision): ApiJson<Decision>,
) -> ApiResult<StatusCode> {
    mcp::decide::reject(&state.system, &actor, id, &decision.proposed_hash).await?;
    Ok(StatusCode::NO_CONTENT)
}
