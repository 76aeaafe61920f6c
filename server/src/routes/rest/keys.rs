//! Keys: taken in, mapped, tested. A value is never sent back.

use super::{
    auth::ApiActor,
    json::{ApiJson, ApiPath, ApiQuery, OptionalJson},
    problem::ApiResult,
};
use crate::app_router::ServerState;
use axum::{
    Json,
    extract::State,
    http::{HeaderName, StatusCode, header},
};
use serde::Deserialize;
use toolcrib::{
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
pub async fn create(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiJson(new): ApiJson<NewKey>,
) -> ApiResult<(StatusCode, [(HeaderName, String); 1], Json<Key>)> {
    let key = keys::create(&state.system, &actor, new).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, format!("/v1/keys/{}", key.id))], Json(key)))
}

/// The names that tools can ask for
#[utoipa::path(get, path = "/v1/keys/names", tag = "Keys", responses(
    (status = 200, body = Page<KeyName>),
    (status = 403, body = Problem, content_type = "application/problem+json"),
))]
pub async fn names(State(state): State<ServerState>, ApiActor(actor): ApiActor) -> ApiResult<Json<Page<KeyName>>> {
    Ok(Json(Page { items: keys::names(&state.system, &actor).await?, next_cursor: None }))
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
pub async fn get(State(state): State<ServerState>, ApiActor(actor): ApiActor, ApiPath(id): ApiPath<KeyId>) -> ApiResult<Json<KeyDetail>> {
    Ok(Json(keys::get(&state.system, &actor, id).await?))
}

/// Change a key or replace its value; what is left out stays
#[utoipa::path(put, path = "/v1/keys/{id}", tag = "Keys", params(("id" = KeyId, Path)), request_body = KeyChange, responses(
    (status = 200, body = Key),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn update(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<KeyId>,
    ApiJson(change): ApiJson<KeyChange>,
) -> ApiResult<Json<Key>> {
    Ok(Json(keys::change(&state.system, &actor, id, change).await?))
}

/// Delete a key with its mappings
#[utoipa::path(delete, path = "/v1/keys/{id}", tag = "Keys", params(("id" = KeyId, Path)), responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn delete(State(state): State<ServerState>, ApiActor(actor): ApiActor, ApiPath(id): ApiPath<KeyId>) -> ApiResult<StatusCode> {
    keys::delete(&state.system, &actor, id).await?;
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
#[utoipa::path(get, path = "/v1/keys/{id}/uses", tag = "Keys", params(("id" = KeyId, Path)), responses(
    (status = 200, body = Page<KeyUse>),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn uses(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<KeyId>,
) -> ApiResult<Json<Page<KeyUse>>> {
    Ok(Json(Page { items: keys::uses(&state.system, &actor, id).await?, next_cursor: None }))
}

/// For which calls a key is
#[utoipa::path(get, path = "/v1/keys/{id}/mappings", tag = "Keys", params(("id" = KeyId, Path)), responses(
    (status = 200, body = Page<KeyMapping>),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn mappings(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<KeyId>,
) -> ApiResult<Json<Page<KeyMapping>>> {
    Ok(Json(Page { items: keys::get(&state.system, &actor, id).await?.mappings, next_cursor: None }))
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
