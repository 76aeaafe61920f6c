//! Published versions of workflows.

use super::{
    auth::ApiActor,
    etag,
    json::{ApiPath, ApiQuery, OptionalJson, PageQuery},
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
    ids::WorkflowId,
    page::Page,
    problem::Problem,
    tools::Tool,
    workflows::{self, CompositeUse, NewComposite, Publish, Workflow, WorkflowComparison, WorkflowVersion, WorkflowVersionHead},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn router() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new()
        .routes(routes!(publish))
        .routes(routes!(versions))
        .routes(routes!(version))
        .routes(routes!(compare))
        .routes(routes!(restore))
        .routes(routes!(tools, make_tool))
}

/// The revision that `If-Match` names; `None` where there is no such header, or any revision will do.
fn named(headers: &HeaderMap) -> Result<Option<i32>, Error> {
    let Some(tags) = etag::if_match(headers) else { return Ok(None) };
    let stale = || Error::Stale("If-Match is not a revision of this workflow. Nothing was changed: read it again.".to_owned());
    match tags.as_slice() {
        [tag] => tag.parse().map(Some).map_err(|_| stale()),
        _ => Err(stale()),
    }
}

/// Publish a workflow
///
/// The draft becomes a version, and runs use it from then on. `revision` (or `If-Match`) is the draft that was read.
#[utoipa::path(post, path = "/v1/workflows/{id}/publish", tag = "Workflows", params(("id" = WorkflowId, Path)), request_body = Publish, responses(
    (status = 201, body = WorkflowVersionHead, description = "Published"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "Nothing has changed since the last version"),
    (status = 412, body = Problem, content_type = "application/problem+json", description = "The draft was changed meanwhile"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "The draft has problems, each with its place"),
))]
pub async fn publish(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<WorkflowId>,
    headers: HeaderMap,
    OptionalJson(mut publish): OptionalJson<Publish>,
) -> ApiResult<impl IntoResponse> {
    if let Some(revision) = named(&headers)? {
        publish.revision = revision;
    } else if publish.revision == 0 {
        return Err(Error::invalid("revision", "Say which revision you read, here or in If-Match.").into());
    }
    let version = workflows::publish::publish(&state.system, &actor, id, publish).await?;
    let location = format!("/v1/workflows/{id}/versions/{}", version.version);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(version)))
}

/// Published versions, newest first
#[utoipa::path(get, path = "/v1/workflows/{id}/versions", tag = "Workflows", params(("id" = WorkflowId, Path), PageQuery),
    responses((status = 200, body = Page<WorkflowVersionHead>), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn versions(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<WorkflowId>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> ApiResult<Json<Page<WorkflowVersionHead>>> {
    Ok(Json(workflows::versions::versions(&state.system, &actor, id, query.cursor.as_deref(), query.limit).await?))
}

/// One published version, with its definition
#[utoipa::path(get, path = "/v1/workflows/{id}/versions/{version}", tag = "Workflows", params(("id" = WorkflowId, Path), ("version" = i32, Path)),
    responses((status = 200, body = WorkflowVersion), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn version(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath((id, version)): ApiPath<(WorkflowId, i32)>,
) -> ApiResult<Json<WorkflowVersion>> {
    Ok(Json(workflows::versions::version(&state.system, &actor, id, version).await?))
}

/// Two versions side by side: steps and connections that differ, by their lines
#[utoipa::path(get, path = "/v1/workflows/{id}/versions/{version}/compare/{other}", tag = "Workflows",
    params(("id" = WorkflowId, Path), ("version" = String, Path, description = "A number, or `draft`"),
           ("other" = String, Path, description = "A number, or `draft`")),
    responses((status = 200, body = WorkflowComparison), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn compare(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath((id, version, other)): ApiPath<(WorkflowId, String, String)>,
) -> ApiResult<Json<WorkflowComparison>> {
    let side = |text: &str| if text == "draft" { Ok(None) } else { text.parse().map(Some).map_err(|_| Error::NotFound("version")) };
    Ok(Json(workflows::versions::compare(&state.system, &actor, id, side(&version)?, side(&other)?).await?))
}

/// Make the draft what it was at a version
///
/// Nothing is published by it. With `If-Match` only if the draft is still that revision.
#[utoipa::path(post, path = "/v1/workflows/{id}/versions/{version}/restore", tag = "Workflows",
    params(("id" = WorkflowId, Path), ("version" = i32, Path)), responses(
    (status = 200, body = Workflow, description = "The draft, at a new revision"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "The draft is as it was at that version"),
    (status = 412, body = Problem, content_type = "application/problem+json", description = "The draft was changed meanwhile"),
))]
pub async fn restore(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath((id, version)): ApiPath<(WorkflowId, i32)>,
    headers: HeaderMap,
) -> ApiResult<impl IntoResponse> {
    let workflow = workflows::versions::restore(&state.system, &actor, id, version, named(&headers)?).await?;
    Ok(([(header::ETAG, format!("\"{}\"", workflow.revision))], Json(workflow)))
}

/// Tools that run this workflow
#[utoipa::path(get, path = "/v1/workflows/{id}/tools", tag = "Workflows", params(("id" = WorkflowId, Path)),
    responses((status = 200, body = [CompositeUse]), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn tools(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<WorkflowId>,
) -> ApiResult<Json<Vec<CompositeUse>>> {
    Ok(Json(workflows::composite::uses(&state.system, &actor, id).await?))
}

/// Make a tool of a workflow
///
/// A `composite` tool runs one published version, the newest where none is named. Its inputs and outputs are the workflow's.
#[utoipa::path(post, path = "/v1/workflows/{id}/tools", tag = "Workflows", params(("id" = WorkflowId, Path)), request_body = NewComposite, responses(
    (status = 201, body = Tool),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "The name is taken"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "It was never published, or it would run itself"),
))]
pub async fn make_tool(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<WorkflowId>,
    OptionalJson(new): OptionalJson<NewComposite>,
) -> ApiResult<impl IntoResponse> {
    let tool = workflows::composite::make_tool(&state.system, &actor, id, new).await?;
    let headers = [(header::LOCATION, format!("/v1/tools/{}", tool.id)), (header::ETAG, super::tools::tool_tag(&tool))];
    Ok((StatusCode::CREATED, headers, Json(tool)))
}
