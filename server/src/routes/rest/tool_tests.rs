//! The tests beside a script.

use super::{
    auth::ApiActor,
    json::{ApiJson, ApiPath},
    problem::ApiResult,
};
use crate::app_router::ServerState;
use axum::{Json, extract::State};
use serde::Deserialize;
use toolcrib::{
    Error,
    ids::ToolId,
    problem::Problem,
    tools::testing::{self, Proposal, TestRun},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn router() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new().routes(routes!(last, run)).routes(routes!(propose))
}

/// How the tests of a tool ended last
#[utoipa::path(get, path = "/v1/tools/{id}/test", tag = "Tools", params(("id" = ToolId, Path)), responses(
    (status = 200, body = TestRun),
    (status = 404, description = "No such tool, or its tests never ran", body = Problem, content_type = "application/problem+json"),
))]
pub async fn last(State(state): State<ServerState>, ApiActor(actor): ApiActor, ApiPath(id): ApiPath<ToolId>) -> ApiResult<Json<TestRun>> {
    Ok(Json(testing::last(&state.system, &actor, id).await?.ok_or(Error::NotFound("test result"))?))
}

/// Run the tests of a tool and wait for the result
///
/// 200 also where tests fail: `passed` says so, `results` has each of them.
#[utoipa::path(post, path = "/v1/tools/{id}/test", tag = "Tools", params(("id" = ToolId, Path)), responses(
    (status = 200, body = TestRun),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "The tool has no tests", body = Problem, content_type = "application/problem+json"),
))]
pub async fn run(State(state): State<ServerState>, ApiActor(actor): ApiActor, ApiPath(id): ApiPath<ToolId>) -> ApiResult<Json<TestRun>> {
    Ok(Json(testing::run(&state.system, &actor, id).await?))
}

/// A Python script with a function `main`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Script {
    script: String,
}

/// Propose inputs from a script's signature and docstring
///
/// The script is read, not run. 200 also where it cannot be read: `error` says why.
#[utoipa::path(post, path = "/v1/tools/propose-inputs", tag = "Tools", request_body = Script, responses(
    (status = 200, body = Proposal),
    (status = 403, body = Problem, content_type = "application/problem+json"),
))]
pub async fn propose(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiJson(script): ApiJson<Script>,
) -> ApiResult<Json<Proposal>> {
    Ok(Json(testing::propose(&state.system, &actor, &script.script).await?))
}
