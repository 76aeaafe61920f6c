//! Pinned data of workflows.

use super::{
    auth::ApiActor,
    json::{ApiJson, ApiPath},
    problem::ApiResult,
};
use crate::app_router::ServerState;
use axum::{Json, extract::State, http::StatusCode};
use toolcrib::{
    ids::WorkflowId,
    problem::Problem,
    workflows::pins::{self, Pin, SetPin},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn router() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new().routes(routes!(list_pins)).routes(routes!(set_pin, remove_pin))
}

/// What is pinned in a workflow
///
/// Outputs that stand in for steps when the draft is run with `"pinned": true`. Runs of published versions never use them.
#[utoipa::path(get, path = "/v1/workflows/{id}/pins", tag = "Workflows", params(("id" = WorkflowId, Path)), responses(
    (status = 200, body = Vec<Pin>),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn list_pins(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<WorkflowId>,
) -> ApiResult<Json<Vec<Pin>>> {
    Ok(Json(pins::list::list(&state.system, &actor, id).await?))
}

/// Pin the output of a step
///
/// Either `output`, or `run_id`: then it is the output that the step had in that run.
#[utoipa::path(put, path = "/v1/workflows/{id}/pins/{node}", tag = "Workflows", params(("id" = WorkflowId, Path), ("node" = String, Path)),
    request_body = SetPin, responses(
    (status = 200, body = Pin),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "There is no such step, it cannot be pinned, or the output is too large"),
))]
pub async fn set_pin(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath((id, node)): ApiPath<(WorkflowId, String)>,
    ApiJson(pin): ApiJson<SetPin>,
) -> ApiResult<Json<Pin>> {
    Ok(Json(pins::set::set(&state.system, &actor, id, &node, pin).await?))
}

/// Take a pin away
#[utoipa::path(delete, path = "/v1/workflows/{id}/pins/{node}", tag = "Workflows", params(("id" = WorkflowId, Path), ("node" = String, Path)), responses(
    (status = 204, description = "The step runs again"),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn remove_pin(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath((id, node)): ApiPath<(WorkflowId, String)>,
) -> ApiResult<StatusCode> {
    pins::remove::remove(&state.system, &actor, id, &node).await?;
    Ok(StatusCode::NO_CONTENT)
}
