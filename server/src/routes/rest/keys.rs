//! Keys: taken in, mapped, tested. A value is never sent back.

use super::{
    auth::ApiActor,
    etag::{self, Made, Tagged},
    json::{ApiJson, ApiPath, ApiQuery, OptionalJson, PageQuery},
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
    actor::Actor,
    ids::{AgentId, KeyId, KeyMappingId, ToolId, UserId},
    keys::{
        self, Key, KeyChange, KeyDetail, KeyFilter, KeyMapping, KeyName, KeyStatus, KeyTest, KeyUse, NewKey, NewMapping, TestRequest, Who,
        choose::Explanation,
    },
    page::Page,
    problem::Problem,
};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn router() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(names))
        .routes(routes!(explain))
        .routes(routes!(get, update, delete))
        .routes(routes!(test))
        .routes(routes!(uses))
        .routes(routes!(mappings, map))
        .routes(routes!(unmap))
}

/// Which keys to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    /// Words in name, display name or description.
    q: Option<String>,
    status: Option<KeyStatus>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 100; 50 when left out.
    limit: Option<i64>,
}

/// Keys, newest first, masked
#[utoipa::path(get, path = "/v1/keys", tag = "Keys", params(ListQuery), responses(
    (status = 200, body = Page<Key>),
    (status = 401, body = Problem, content_type = "application/problem+json"),
    (status = 403, body = Problem, content_type = "application/problem+json"),
))]
pub async fn list(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> ApiResult<Json<Page<Key>>> {
    let filter = KeyFilter { text: query.q, status: query.status, cursor: query.cursor, limit: query.limit };
    Ok(Json(keys::list(&state.system, &actor, &filter).await?))
}

/// Take a key in
///
/// The value is stored encrypted and never sent back. Without a mapping no call gets the key.
#[utoipa::path(post, path = "/v1/keys", tag = "Keys", request_body = NewKey, responses(
    (status = 201, body = Key),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn create(State(state): State<ServerState>, ApiActor(actor): ApiActor, ApiJson(new): ApiJson<NewKey>) -> ApiResult<Made<Key>> {
    let key = keys::create(&state.system, &actor, new).await?;
    Ok(etag::made(format!("/v1/keys/{}", key.id), key.updated_at, key))
}

/// When the key was changed last, as far as `If-Match` asks.
async fn if_match(state: &ServerState, actor: &Actor, id: KeyId, headers: &HeaderMap) -> ApiResult<Option<DateTime<Utc>>> {
    etag::seen(headers, "key", async { Ok(keys::get(&state.system, actor, id).await?.key.updated_at) }).await
}

/// The names that tools can ask for
#[utoipa::path(get, path = "/v1/keys/names", tag = "Keys", params(PageQuery), responses(
    (status = 200, body = Page<KeyName>),
    (status = 403, body = Problem, content_type = "application/problem+json"),
))]
pub async fn names(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> ApiResult<Json<Page<KeyName>>> {
    Ok(Json(keys::names_page(&state.system, &actor, query.cursor.as_deref(), query.limit).await?))
}

/// For which call a key is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ExplainQuery {
    tool_id: ToolId,
    /// Where the tool itself names none.
    key_name: Option<String>,
    agent_id: Option<AgentId>,
    user_id: Option<UserId>,
}

/// Which key a call would get, and why
#[utoipa::path(get, path = "/v1/keys/resolution", tag = "Keys", params(ExplainQuery), responses(
    (status = 200, body = Explanation),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn explain(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiQuery(query): ApiQuery<ExplainQuery>,
) -> ApiResult<Json<Explanation>> {
    let who = Who { agent_id: query.agent_id, user_id: query.user_id };
    Ok(Json(keys::explain(&state.system, &actor, query.tool_id, query.key_name.as_deref(), &who).await?))
}

/// One key with its mappings
#[utoipa::path(get, path = "/v1/keys/{id}", tag = "Keys", params(("id" = KeyId, Path)), responses(
    (status = 200, body = KeyDetail),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn get(State(state): State<ServerState>, ApiActor(actor): ApiActor, ApiPath(id): ApiPath<KeyId>) -> ApiResult<Tagged<KeyDetail>> {
    let detail = keys::get(&state.system, &actor, id).await?;
    Ok(etag::tagged(detail.key.updated_at, detail))
}

/// Change a key or replace its value; what is left out stays
#[utoipa::path(put, path = "/v1/keys/{id}", tag = "Keys", params(("id" = KeyId, Path)), request_body = KeyChange, responses(
    (status = 200, body = Key),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "`If-Match` is not the state that is stored", body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn update(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<KeyId>,
    headers: HeaderMap,
    ApiJson(change): ApiJson<KeyChange>,
) -> ApiResult<Tagged<Key>> {
    let seen = if_match(&state, &actor, id, &headers).await?;
    let key = keys::change_seen(&state.system, &actor, id, change, seen).await?;
    Ok(etag::tagged(key.updated_at, key))
}

/// Delete a key with its mappings
#[utoipa::path(delete, path = "/v1/keys/{id}", tag = "Keys", params(("id" = KeyId, Path)), responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "`If-Match` is not the state that is stored", body = Problem, content_type = "application/problem+json"),
))]
pub async fn delete(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<KeyId>,
    headers: HeaderMap,
) -> ApiResult<StatusCode> {
    let seen = if_match(&state, &actor, id, &headers).await?;
    keys::delete_seen(&state.system, &actor, id, seen).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make the smallest real call with a key, and say what came of it
#[utoipa::path(post, path = "/v1/keys/{id}/test", tag = "Keys", params(("id" = KeyId, Path)), request_body = TestRequest, responses(
    (status = 200, body = KeyTest),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "No tool to test with", body = Problem, content_type = "application/problem+json"),
))]
pub async fn test(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<KeyId>,
    OptionalJson(request): OptionalJson<TestRequest>,
) -> ApiResult<Json<KeyTest>> {
    Ok(Json(keys::test(&state.system, &actor, id, &request).await?))
}

/// What breaks without this key: every call that would use it
#[utoipa::path(get, path = "/v1/keys/{id}/uses", tag = "Keys", params(("id" = KeyId, Path), PageQuery), responses(
    (status = 200, body = Page<KeyUse>),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn uses(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<KeyId>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> ApiResult<Json<Page<KeyUse>>> {
    Ok(Json(keys::uses_page(&state.system, &actor, id, query.cursor.as_deref(), query.limit).await?))
}

/// For which calls a key is, in the order in which mappings are asked
#[utoipa::path(get, path = "/v1/keys/{id}/mappings", tag = "Keys", params(("id" = KeyId, Path), PageQuery), responses(
    (status = 200, body = Page<KeyMapping>),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn mappings(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<KeyId>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> ApiResult<Json<Page<KeyMapping>>> {
    Ok(Json(keys::mappings_page(&state.system, &actor, id, query.cursor.as_deref(), query.limit).await?))
}

/// Map a key to an agent, a person or everybody
#[utoipa::path(post, path = "/v1/keys/{id}/mappings", tag = "Keys", params(("id" = KeyId, Path)), request_body = NewMapping, responses(
    (status = 201, body = KeyMapping),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn map(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<KeyId>,
    ApiJson(new): ApiJson<NewMapping>,
) -> ApiResult<(StatusCode, Json<KeyMapping>)> {
    Ok((StatusCode::CREATED, Json(keys::map(&state.system, &actor, id, new).await?)))
}

/// Take a mapping away
#[utoipa::path(delete, path = "/v1/keys/{id}/mappings/{mapping_id}", tag = "Keys",
    params(("id" = KeyId, Path), ("mapping_id" = KeyMappingId, Path)), responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn unmap(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath((id, mapping)): ApiPath<(KeyId, KeyMappingId)>,
) -> ApiResult<StatusCode> {
    keys::unmap(&state.system, &actor, id, mapping).await?;
    Ok(StatusCode::NO_CONTENT)
}
