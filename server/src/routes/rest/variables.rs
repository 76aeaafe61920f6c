//! Variables: what the texts of tools may name beside the built-in ones.

use super::{
    auth::ApiActor,
    json::{ApiJson, ApiPath},
    problem::ApiResult,
};
use crate::app_router::ServerState;
use axum::{Json, extract::State, http::StatusCode};
use toolcrib::{
    ids::VariableId,
    page::Page,
    problem::Problem,
    variables::{self, NewVariable, Variable},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn router() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(delete))
}

/// Variables of the organization, by name; the built-in ones are not among them
#[utoipa::path(get, path = "/v1/variables", tag = "Variables", operation_id = "list_variables", responses(
    (status = 200, body = Page<Variable>),
    (status = 401, body = Problem, content_type = "application/problem+json"),
))]
pub async fn list(State(state): State<ServerState>, ApiActor(actor): ApiActor) -> ApiResult<Json<Page<Variable>>> {
    let items = variables::list(&state.system, &actor).await?;
    Ok(Json(Page { items, next_cursor: None }))
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
) -> ApiResult<(StatusCode, Json<Variable>)> {
    Ok((StatusCode::CREATED, Json(variables::create(&state.system, &actor, new).await?)))
}

/// Delete a variable that no tool names
#[utoipa::path(delete, path = "/v1/variables/{id}", tag = "Variables", operation_id = "delete_variable", params(("id" = VariableId, Path)), responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "A tool names it", body = Problem, content_type = "application/problem+json"),
))]
pub async fn delete(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<VariableId>,
) -> ApiResult<StatusCode> {
    variables::delete(&state.system, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
