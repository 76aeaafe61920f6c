//! Variables: what the texts of tools may name beside the built-in ones.

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
use toolcrib::{
    actor::Actor,
    ids::VariableId,
    page::Page,
    problem::Problem,
    variables::{self, NewVariable, UpdateVariable, Variable},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn router() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, delete))
}

/// Variables of the organization, by name; the built-in ones are not among them
#[utoipa::path(get, path = "/v1/variables", tag = "Variables", operation_id = "list_variables", params(PageQuery), responses(
    (status = 200, body = Page<Variable>),
    (status = 401, body = Problem, content_type = "application/problem+json"),
))]
pub async fn list(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> ApiResult<Json<Page<Variable>>> {
    Ok(Json(variables::page(&state.system, &actor, query.cursor.as_deref(), query.limit).await?))
}

/// Declare a variable
#[utoipa::path(post, path = "/v1/variables", tag = "Variables", operation_id = "create_variable", request_body = NewVariable, responses(
    (status = 201, body = Variable),
    (status = 409, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn create(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiJson(new): ApiJson<NewVariable>,
) -> ApiResult<Made<Variable>> {
    let variable = variables::create(&state.system, &actor, new).await?;
    Ok(etag::made(format!("/v1/variables/{}", variable.id), variable.updated_at, variable))
}

/// When the variable was changed last, as far as `If-Match` asks.
async fn if_match(state: &ServerState, actor: &Actor, id: VariableId, headers: &HeaderMap) -> ApiResult<Option<DateTime<Utc>>> {
    etag::seen(headers, "variable", async { Ok(variables::get(&state.system, actor, id).await?.updated_at) }).await
}

/// One variable
#[utoipa::path(get, path = "/v1/variables/{id}", tag = "Variables", operation_id = "get_variable", params(("id" = VariableId, Path)), responses(
    (status = 200, body = Variable),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn get(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<VariableId>,
) -> ApiResult<Tagged<Variable>> {
    let variable = variables::get(&state.system, &actor, id).await?;
    Ok(etag::tagged(variable.updated_at, variable))
}

/// Change description and value; what is left out stays
///
/// The name stays: the texts of tools name it.
#[utoipa::path(put, path = "/v1/variables/{id}", tag = "Variables", operation_id = "update_variable", params(("id" = VariableId, Path)), request_body = UpdateVariable, responses(
    (status = 200, body = Variable),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "`If-Match` is not the state that is stored", body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn update(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<VariableId>,
    headers: HeaderMap,
    ApiJson(change): ApiJson<UpdateVariable>,
) -> ApiResult<Tagged<Variable>> {
    let seen = if_match(&state, &actor, id, &headers).await?;
    let variable = variables::update_seen(&state.system, &actor, id, change, seen).await?;
    Ok(etag::tagged(variable.updated_at, variable))
}

/// Delete a variable that no tool names
#[utoipa::path(delete, path = "/v1/variables/{id}", tag = "Variables", operation_id = "delete_variable", params(("id" = VariableId, Path)), responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "A tool names it", body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "`If-Match` is not the state that is stored", body = Problem, content_type = "application/problem+json"),
))]
pub async fn delete(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<VariableId>,
    headers: HeaderMap,
) -> ApiResult<StatusCode> {
    let seen = if_match(&state, &actor, id, &headers).await?;
    variables::delete_seen(&state.system, &actor, id, seen).await?;
    Ok(StatusCode::NO_CONTENT)
}
