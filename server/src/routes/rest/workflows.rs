//! Workflows and their runs: making, running, following.

use super::{
    auth::ApiActor,
    etag,
    json::{ApiJson, ApiPath, ApiQuery, OptionalJson},
    problem::ApiResult,
};
use crate::app_router::ServerState;
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
};
use toolcrib::{
    Error,
    ids::{RunId, WorkflowId},
    page::Page,
    problem::Problem,
    workflows::{
        self, NewWorkflow, Run, RunSummary, StartRun, UpdateWorkflow, Workflow, WorkflowSummary, list::ListWorkflows, list_runs::ListRuns,
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn router() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new()
        .routes(routes!(create, list))
        .routes(routes!(get, update, delete))
        .routes(routes!(execute))
        .routes(routes!(list_runs))
        .routes(routes!(get_run))
        .routes(routes!(cancel))
}

/// Make a workflow
///
/// An unfinished definition is kept with `"draft": true`, as long as it has a clear meaning; it runs once its findings are resolved.
#[utoipa::path(post, path = "/v1/workflows", tag = "Workflows", request_body = NewWorkflow, responses(
    (status = 201, body = Workflow, description = "Made"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "The name is taken"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "Fields are wrong, each with its place"),
))]
pub async fn create(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiJson(new): ApiJson<NewWorkflow>,
) -> ApiResult<impl IntoResponse> {
    let workflow = workflows::create::create(&state.system, &actor, new).await?;
    let location = format!("/v1/workflows/{}", workflow.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location), (header::ETAG, tag(&workflow))], Json(workflow)))
}

/// List workflows, newest first
#[utoipa::path(get, path = "/v1/workflows", tag = "Workflows",
    params(("search" = Option<String>, Query, description = "Part of the name, display name or description"),
           ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
           ("limit" = Option<i64>, Query, description = "1 to 200; 50 where left out")),
    responses((status = 200, body = Page<WorkflowSummary>), (status = 401, body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiQuery(query): ApiQuery<ListWorkflows>,
) -> ApiResult<Json<Page<WorkflowSummary>>> {
    Ok(Json(workflows::list::list(&state.system, &actor, &query).await?))
}

/// One workflow, with what is wrong with it
#[utoipa::path(get, path = "/v1/workflows/{id}", tag = "Workflows", params(("id" = WorkflowId, Path)),
    responses((status = 200, body = Workflow), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn get(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<WorkflowId>,
) -> ApiResult<impl IntoResponse> {
    let workflow = workflows::get::get(&state.system, &actor, id).await?;
    Ok(([(header::ETAG, tag(&workflow))], Json(workflow)))
}

/// The revision as an entity tag: `If-Match` sends it back.
fn tag(workflow: &Workflow) -> String {
    format!("\"{}\"", workflow.revision)
}

/// Change a workflow
///
/// `revision` (or `If-Match`) is the one that was read. If somebody saved a newer one meanwhile, nothing is changed and the answer is 412.
#[utoipa::path(put, path = "/v1/workflows/{id}", tag = "Workflows", params(("id" = WorkflowId, Path)), request_body = UpdateWorkflow, responses(
    (status = 200, body = Workflow),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 412, body = Problem, content_type = "application/problem+json", description = "Changed meanwhile"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn update(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<WorkflowId>,
    headers: HeaderMap,
    ApiJson(mut change): ApiJson<UpdateWorkflow>,
) -> ApiResult<impl IntoResponse> {
    if let Some(tags) = etag::if_match(&headers) {
        let stored = workflows::get::get(&state.system, &actor, id).await?;
        if !tags.contains(&stored.revision.to_string()) {
            return Err(etag::stale("workflow", tag(&stored)));
        }
        change.revision = stored.revision;
    } else if headers.contains_key(header::IF_MATCH) {
        change.revision = workflows::get::get(&state.system, &actor, id).await?.revision;
    } else if change.revision == 0 {
        return Err(Error::invalid("revision", "Say which revision you read, here or in If-Match.").into());
    }
    let workflow = workflows::update::update(&state.system, &actor, id, change).await?;
    Ok(([(header::ETAG, tag(&workflow))], Json(workflow)))
}

/// Delete a workflow with its runs
#[utoipa::path(delete, path = "/v1/workflows/{id}", tag = "Workflows", params(("id" = WorkflowId, Path)),
    responses((status = 204, description = "Deleted"), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn delete(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<WorkflowId>,
) -> ApiResult<StatusCode> {
    workflows::delete::delete(&state.system, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Run a workflow
///
/// With `"wait": true` the answer comes when the run has ended (200), or after `timeout_ms` with the run as it stands then (202).
#[utoipa::path(post, path = "/v1/workflows/{id}/execute", tag = "Workflows", params(("id" = WorkflowId, Path)), request_body = StartRun, responses(
    (status = 200, body = Run, description = "The run has ended; `status` says how"),
    (status = 202, body = Run, description = "The run goes on"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "The input or the workflow is not right"),
))]
pub async fn execute(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<WorkflowId>,
    OptionalJson(start): OptionalJson<StartRun>,
) -> ApiResult<impl IntoResponse> {
    let run = workflows::execute::execute(&state.system, &actor, id, start).await?;
    let status = if run.status.is_final() { StatusCode::OK } else { StatusCode::ACCEPTED };
    let location = format!("/v1/workflows/executions/{}", run.id);
    Ok((status, [(header::LOCATION, location)], Json(run)))
}

/// List runs, newest first
#[utoipa::path(get, path = "/v1/workflows/executions", tag = "Workflows",
    params(("workflow_id" = Option<WorkflowId>, Query), ("status" = Option<String>, Query),
           ("cursor" = Option<String>, Query), ("limit" = Option<i64>, Query, description = "1 to 200; 50 where left out")),
    responses((status = 200, body = Page<RunSummary>), (status = 401, body = Problem, content_type = "application/problem+json")))]
pub async fn list_runs(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiQuery(query): ApiQuery<ListRuns>,
) -> ApiResult<Json<Page<RunSummary>>> {
    Ok(Json(workflows::list_runs::list_runs(&state.system, &actor, &query).await?))
}

/// One run, with the results of its nodes
#[utoipa::path(get, path = "/v1/workflows/executions/{id}", tag = "Workflows", params(("id" = RunId, Path)),
    responses((status = 200, body = Run), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn get_run(State(state): State<ServerState>, ApiActor(actor): ApiActor, ApiPath(id): ApiPath<RunId>) -> ApiResult<Json<Run>> {
    Ok(Json(workflows::get_run::get_run(&state.system, &actor, id).await?))
}

/// Cancel a run
///
/// What runs is stopped, what has not begun is skipped.
#[utoipa::path(post, path = "/v1/workflows/executions/{id}/cancel", tag = "Workflows", params(("id" = RunId, Path)), responses(
    (status = 200, body = Run, description = "Cancelled"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "It has ended already"),
))]
pub async fn cancel(State(state): State<ServerState>, ApiActor(actor): ApiActor, ApiPath(id): ApiPath<RunId>) -> ApiResult<Json<Run>> {
    Ok(Json(workflows::cancel::cancel(&state.system, &actor, id).await?))
}
