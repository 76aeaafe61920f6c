//! Workflows and their runs: making, running, following.

use super::{
    auth::ApiActor,
    etag,
    json::{ApiJson, ApiPath, ApiQuery, OptionalJson, from_slice},
    problem::ApiResult,
    workflow_templates::CreateWorkflow,
};
use crate::app_router::ServerState;
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{
        IntoResponse,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream::{self, Stream, StreamExt};
use std::{convert::Infallible, time::Duration};
use toolcrib::{
    Error,
    ids::{RunId, WorkflowId},
    page::Page,
    problem::Problem,
    workflows::{
        self, Approval, Decide, NewWorkflow, Rerun, Run, RunItem, RunSummary, StartRun, UpdateWorkflow, Workflow, WorkflowSummary,
        follow::{Follower, Progress},
        graph::compare::differences,
        list::ListWorkflows,
        list_items::ListItems,
        list_runs::ListRuns,
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
        .routes(routes!(rerun))
        .routes(routes!(approvals))
        .routes(routes!(decide))
        .routes(routes!(items))
        .routes(routes!(events))
}

/// Make a workflow
///
/// An unfinished definition is kept with `"draft": true`, as long as it has a clear meaning; it runs once its findings are resolved.
/// With `{"template": "…"}` it is made from a template of `GET /v1/workflow-templates` instead, with the workflows that its steps run.
#[utoipa::path(post, path = "/v1/workflows", tag = "Workflows", request_body = CreateWorkflow, responses(
    (status = 201, body = Workflow, description = "Made"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "The name is taken"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "Fields are wrong, each with its place"),
))]
pub async fn create(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiJson(sent): ApiJson<serde_json::Value>,
) -> ApiResult<impl IntoResponse> {
    // Read again as what it is, so that each refusal names its field.
    let body = sent.to_string();
    let workflow = if sent.get("template").is_some() {
        workflows::templates::create(&state.system, &actor, from_slice(body.as_bytes())?).await?
    } else {
        workflows::create::create(&state.system, &actor, from_slice::<NewWorkflow>(body.as_bytes())?).await?
    };
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
/// `revision` (or `If-Match`) is the one that was read. If somebody saved a newer one meanwhile, nothing is changed and the answer is 412, with the steps
/// and connections in which what was sent and what is stored differ.
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
    let sent = change.definition.clone();
    let workflow = match workflows::update::update(&state.system, &actor, id, change).await {
        Err(stale @ Error::Stale(_)) => {
            let stored = workflows::get::get(&state.system, &actor, id).await?;
            let mut problem = stale.problem();
            problem.current = Some(tag(&stored));
            problem.differences = sent.map(|sent| differences(&stored.definition, &sent)).unwrap_or_default();
            return Err(problem.into());
        }
        updated => updated?,
    };
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

/// Run a run again
///
/// From what failed (`"from": "failure"`), from a node (`"from": {"node": "id"}`) or from the start; `until` a node; `pins` stand in for the
/// outputs of nodes. What lies before is kept. The workflow is taken as it was then, or with `"newest": true` as it is now.
#[utoipa::path(post, path = "/v1/workflows/executions/{id}/rerun", tag = "Workflows", params(("id" = RunId, Path)), request_body = Rerun, responses(
    (status = 200, body = Run, description = "The new run has ended; `status` says how"),
    (status = 202, body = Run, description = "The new run goes on"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "The run has not ended"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "There is no such step, or the workflow is not right"),
))]
pub async fn rerun(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<RunId>,
    ApiJson(how): ApiJson<Rerun>,
) -> ApiResult<impl IntoResponse> {
    let run = workflows::rerun::rerun(&state.system, &actor, id, how).await?;
    let status = if run.status.is_final() { StatusCode::OK } else { StatusCode::ACCEPTED };
    let location = format!("/v1/workflows/executions/{}", run.id);
    Ok((status, [(header::LOCATION, location)], Json(run)))
}

/// The questions a run asks people, with their answers
#[utoipa::path(get, path = "/v1/workflows/executions/{id}/approvals", tag = "Workflows", params(("id" = RunId, Path)),
    responses((status = 200, body = Vec<Approval>), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn approvals(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<RunId>,
) -> ApiResult<Json<Vec<Approval>>> {
    Ok(Json(workflows::decide::approvals(&state.system, &actor, id).await?))
}

/// Answer an approval
///
/// Only people answer, those whom the node names; the run goes on at once.
#[utoipa::path(post, path = "/v1/workflows/executions/{id}/approvals/{node}", tag = "Workflows",
    params(("id" = RunId, Path), ("node" = String, Path)), request_body = Decide, responses(
    (status = 200, body = Approval, description = "Answered"),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "Somebody has answered, or the run waits no more"),
))]
pub async fn decide(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath((id, node)): ApiPath<(RunId, String)>,
    ApiJson(answer): ApiJson<Decide>,
) -> ApiResult<Json<Approval>> {
    Ok(Json(workflows::decide::decide(&state.system, &actor, id, &node, answer).await?))
}

/// What became of each item of a `for_each`
#[utoipa::path(get, path = "/v1/workflows/executions/{id}/nodes/{node}/items", tag = "Workflows",
    params(("id" = RunId, Path), ("node" = String, Path), ("status" = Option<String>, Query, description = "`success`, `error`, …"),
           ("after" = Option<i32>, Query, description = "The last `index` of the page before"),
           ("limit" = Option<i64>, Query, description = "1 to 500; 100 where left out")),
    responses((status = 200, body = Vec<RunItem>), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn items(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath((id, node)): ApiPath<(RunId, String)>,
    ApiQuery(query): ApiQuery<ListItems>,
) -> ApiResult<Json<Vec<RunItem>>> {
    Ok(Json(workflows::list_items::list_items(&state.system, &actor, id, &node, &query).await?))
}

/// Follow a run as it goes on
///
/// Server-sent events. It begins with where the run stands (`run`) and what has become of each node that has begun (`node`), then tells what
/// changes, and ends after the `run` that says how the run ended. After five minutes it ends as well: ask again, nothing is lost by it.
#[utoipa::path(get, path = "/v1/workflows/executions/{id}/events", tag = "Workflows", params(("id" = RunId, Path)), responses(
    (status = 200, content_type = "text/event-stream", body = String,
     description = "`event: run` with id, status, current_node, output_data, error_message, started_at, completed_at; `event: node` with node and result"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn events(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<RunId>,
) -> ApiResult<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    let follower = workflows::follow::follow(&state.system, &actor, id).await?;
    let told = stream::unfold(Some(follower), move |follower| async move {
        let mut follower: Follower = follower?;
        match follower.next().await {
            Ok(Some(news)) => Some((news.iter().map(event).collect::<Vec<_>>(), Some(follower))),
            Ok(None) => None,
            Err(error) => {
                tracing::warn!(%error, run = %id, "a run can no longer be followed");
                // A comment, so that a client asks again.
                Some((vec![Event::default().comment("ask again").retry(Duration::from_secs(2))], None))
            }
        }
    });
    let events = told.flat_map(|events| stream::iter(events.into_iter().map(Ok)));
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

fn event(progress: &Progress) -> Event {
    let name = match progress {
        Progress::Run(_) => "run",
        Progress::Node { .. } => "node",
    };
    let data = serde_json::to_string(progress).unwrap_or_default();
    Event::default().event(name).data(data)
}
