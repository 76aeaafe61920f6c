//! Grants on tools (S5 “Permission Management”), and why somebody can or can't call a tool.

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
use toolcrib::{
    Error,
    actor::Actor,
    grants::{self, ChangeGrant, Grant, NewGrant, Subject},
    ids::{AgentId, GrantId, ToolId, UserId},
    page::Page,
    problem::Problem,
    tools::explain::{self, Explanation},
};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn router() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new().routes(routes!(list, grant)).routes(routes!(get, change, revoke)).routes(routes!(all)).routes(routes!(access))
}

/// Grants on a tool, newest first
///
/// Whoever administers the tool sees all of them, everybody else their own.
#[utoipa::path(get, path = "/v1/tools/{id}/permissions", tag = "Permissions", params(("id" = ToolId, Path), PageQuery), responses(
    (status = 200, body = Page<Grant>),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn list(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<ToolId>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> ApiResult<Json<Page<Grant>>> {
    Ok(Json(grants::list(&state.system, &actor, id, query.cursor.as_deref(), query.limit).await?))
}

/// Grant a tool to a member or an agent
///
/// Only its owner, admins and those with an admin grant may; the token needs the scope `admin`.
#[utoipa::path(post, path = "/v1/tools/{id}/permissions", tag = "Permissions", params(("id" = ToolId, Path)), request_body = NewGrant, responses(
    (status = 201, body = Grant),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "This subject has a grant on this tool already", body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn grant(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<ToolId>,
    ApiJson(new): ApiJson<NewGrant>,
) -> ApiResult<Made<Grant>> {
    let grant = grants::give(&state.system, &actor, id, new).await?;
    Ok(etag::made(format!("/v1/tools/{id}/permissions/{}", grant.id), grant.created_at, grant))
}

/// When the grant was given or changed last, as far as `If-Match` asks.
async fn if_match(state: &ServerState, actor: &Actor, id: ToolId, grant: GrantId, headers: &HeaderMap) -> ApiResult<Option<DateTime<Utc>>> {
    etag::seen(headers, "grant", async { Ok(grants::list::get(&state.system, actor, id, grant).await?.created_at) }).await
}

/// One grant
#[utoipa::path(get, path = "/v1/tools/{id}/permissions/{permission_id}", tag = "Permissions",
    params(("id" = ToolId, Path), ("permission_id" = GrantId, Path)), responses(
    (status = 200, body = Grant),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn get(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath((id, permission)): ApiPath<(ToolId, GrantId)>,
) -> ApiResult<Tagged<Grant>> {
    let grant = grants::list::get(&state.system, &actor, id, permission).await?;
    Ok(etag::tagged(grant.created_at, grant))
}

/// Change a grant; what is left out stays
#[utoipa::path(put, path = "/v1/tools/{id}/permissions/{permission_id}", tag = "Permissions",
    params(("id" = ToolId, Path), ("permission_id" = GrantId, Path)), request_body = ChangeGrant, responses(
    (status = 200, body = Grant),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "`If-Match` is not the state that is stored", body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn change(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath((id, permission)): ApiPath<(ToolId, GrantId)>,
    headers: HeaderMap,
    ApiJson(change): ApiJson<ChangeGrant>,
) -> ApiResult<Tagged<Grant>> {
    let seen = if_match(&state, &actor, id, permission, &headers).await?;
    let grant = grants::change_seen(&state.system, &actor, id, permission, change, seen).await?;
    Ok(etag::tagged(grant.created_at, grant))
}

/// Revoke a grant, at once
#[utoipa::path(delete, path = "/v1/tools/{id}/permissions/{permission_id}", tag = "Permissions",
    params(("id" = ToolId, Path), ("permission_id" = GrantId, Path)), responses(
    (status = 204),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "`If-Match` is not the state that is stored", body = Problem, content_type = "application/problem+json"),
))]
pub async fn revoke(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath((id, permission)): ApiPath<(ToolId, GrantId)>,
    headers: HeaderMap,
) -> ApiResult<StatusCode> {
    let seen = if_match(&state, &actor, id, permission, &headers).await?;
    grants::revoke_seen(&state.system, &actor, id, permission, seen).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whose grants.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AllQuery {
    /// Only what this agent was granted.
    agent_id: Option<AgentId>,
    /// Only what this member was granted.
    user_id: Option<UserId>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 when left out.
    limit: Option<i64>,
}

/// Grants by subject, newest first
///
/// Those on tools that the caller administers, and the caller's own.
#[utoipa::path(get, path = "/v1/permissions", tag = "Permissions", params(AllQuery), responses(
    (status = 200, body = Page<Grant>),
    (status = 400, description = "Both an agent and a user were named", body = Problem, content_type = "application/problem+json"),
))]
pub async fn all(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiQuery(query): ApiQuery<AllQuery>,
) -> ApiResult<Json<Page<Grant>>> {
    let subject = match (query.agent_id, query.user_id) {
        (Some(_), Some(_)) => return Err(Error::Malformed("Name an agent_id or a user_id, not both.".to_owned()).into()),
        (Some(agent), None) => Some(Subject::agent(agent)),
        (None, Some(user)) => Some(Subject::user(user)),
        (None, None) => None,
    };
    Ok(Json(grants::of_subject(&state.system, &actor, subject, query.cursor.as_deref(), query.limit).await?))
}

/// Whose access.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AccessQuery {
    agent_id: Option<AgentId>,
    user_id: Option<UserId>,
}

/// Why can, or can't, this agent or member call this tool?
///
/// Without an id: the caller. The decision is the one that calls meet; the steps say how it comes about.
#[utoipa::path(get, path = "/v1/tools/{id}/access", tag = "Permissions", params(("id" = ToolId, Path), AccessQuery), responses(
    (status = 200, body = Explanation),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn access(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<ToolId>,
    ApiQuery(query): ApiQuery<AccessQuery>,
) -> ApiResult<Json<Explanation>> {
    let subject = match (query.agent_id, query.user_id) {
        (Some(_), Some(_)) => return Err(Error::Malformed("Name an agent_id or a user_id, not both.".to_owned()).into()),
        (Some(agent), None) => Subject::agent(agent),
        (None, Some(user)) => Subject::user(user),
        (None, None) => actor.agent_id.map_or_else(|| Subject::user(actor.user_id), Subject::agent),
    };
    Ok(Json(explain::explain(&state.system, &actor, id, subject).await?))
}
