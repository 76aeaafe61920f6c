//! What starts runs of a workflow by itself.

use super::{
    auth::ApiActor,
    etag,
    json::{ApiJson, ApiPath, ApiQuery, OptionalJson, PageQuery},
    problem::ApiResult,
};
use crate::app_router::ServerState;
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
};
use serde::Serialize;
use toolcrib::{
    Error,
    ids::{TriggerId, WorkflowId},
    keys::Secret,
    page::Page,
    problem::Problem,
    workflows::triggers::{self, Firing, NewTrigger, Trigger, rotate::RotateSecret},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn router() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new().routes(routes!(create, list)).routes(routes!(get, update, delete)).routes(routes!(rotate)).routes(routes!(firings))
}

/// A trigger with its secret, which is told this one time.
#[derive(Serialize, ToSchema)]
pub struct TriggerWithSecret {
    #[serde(flatten)]
    pub trigger: Trigger,
    /// `null` of a schedule.
    pub secret: Option<String>,
}

impl TriggerWithSecret {
    fn new(trigger: Trigger, secret: Option<&Secret>) -> Self {
        Self { trigger, secret: secret.map(|secret| secret.expose().to_owned()) }
    }
}

/// The triggers of a list.
#[derive(Serialize, ToSchema)]
pub struct Triggers {
    pub items: Vec<Trigger>,
    /// Always `null`: they are all there.
    pub next_cursor: Option<String>,
}

fn tag(trigger: &Trigger) -> String {
    format!("\"{}\"", trigger.revision)
}

/// Make a trigger
///
/// Runs act as who makes it. Of a webhook and of a call start the answer holds the secret, which is told this one time.
#[utoipa::path(post, path = "/v1/workflows/{id}/triggers", tag = "Triggers", params(("id" = WorkflowId, Path)), request_body = NewTrigger, responses(
    (status = 201, body = TriggerWithSecret, description = "Made"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "The name is taken, or the workflow was never published"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "Fields are wrong, each with its place"),
))]
pub async fn create(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<WorkflowId>,
    ApiJson(new): ApiJson<NewTrigger>,
) -> ApiResult<impl IntoResponse> {
    let (trigger, secret) = triggers::create::create(&state.system, &actor, id, new).await?;
    let location = format!("/v1/workflows/{id}/triggers/{}", trigger.id);
    let head = [(header::LOCATION, location), (header::ETAG, tag(&trigger))];
    Ok((StatusCode::CREATED, head, Json(TriggerWithSecret::new(trigger, secret.as_ref()))))
}

/// The triggers of a workflow, the oldest first
#[utoipa::path(get, path = "/v1/workflows/{id}/triggers", tag = "Triggers", params(("id" = WorkflowId, Path)),
    responses((status = 200, body = Triggers), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<WorkflowId>,
) -> ApiResult<Json<Triggers>> {
    Ok(Json(Triggers { items: triggers::get::list(&state.system, &actor, id).await?, next_cursor: None }))
}

/// One trigger
#[utoipa::path(get, path = "/v1/workflows/{id}/triggers/{trigger}", tag = "Triggers",
    params(("id" = WorkflowId, Path), ("trigger" = TriggerId, Path)),
    responses((status = 200, body = Trigger), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn get(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath((id, trigger)): ApiPath<(WorkflowId, TriggerId)>,
) -> ApiResult<impl IntoResponse> {
    let trigger = triggers::get::get(&state.system, &actor, id, trigger).await?;
    Ok(([(header::ETAG, tag(&trigger))], Json(trigger)))
}

/// Save a trigger
///
/// What is sent is all of it from then on, and its runs act as who saves it. `revision` (or `If-Match`) is the one that was read.
#[utoipa::path(put, path = "/v1/workflows/{id}/triggers/{trigger}", tag = "Triggers",
    params(("id" = WorkflowId, Path), ("trigger" = TriggerId, Path)), request_body = NewTrigger, responses(
    (status = 200, body = Trigger),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 412, body = Problem, content_type = "application/problem+json", description = "Changed meanwhile"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn update(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath((id, trigger)): ApiPath<(WorkflowId, TriggerId)>,
    headers: HeaderMap,
    ApiJson(mut new): ApiJson<NewTrigger>,
) -> ApiResult<impl IntoResponse> {
    if headers.contains_key(header::IF_MATCH) {
        new.revision = matched(&state, &actor, id, trigger, &headers).await?;
    } else if new.revision == 0 {
        return Err(Error::invalid("revision", "Say which revision you read, here or in If-Match.").into());
    }
    let saved = triggers::update::update(&state.system, &actor, id, trigger, new).await?;
    Ok(([(header::ETAG, tag(&saved))], Json(saved)))
}

/// The stored revision, if `If-Match` is met by it.
async fn matched(
    state: &ServerState,
    actor: &toolcrib::actor::Actor,
    id: WorkflowId,
    trigger: TriggerId,
    headers: &HeaderMap,
) -> ApiResult<i32> {
    let stored = triggers::get::get(&state.system, actor, id, trigger).await?;
    match etag::if_match(headers) {
        Some(tags) if !tags.contains(&stored.revision.to_string()) => Err(etag::stale("trigger", tag(&stored))),
        _ => Ok(stored.revision),
    }
}

/// Delete a trigger with the record of its firings
///
/// Its runs stay and keep its name.
#[utoipa::path(delete, path = "/v1/workflows/{id}/triggers/{trigger}", tag = "Triggers",
    params(("id" = WorkflowId, Path), ("trigger" = TriggerId, Path)), responses(
    (status = 204, description = "Deleted"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 412, body = Problem, content_type = "application/problem+json", description = "Changed meanwhile"),
))]
pub async fn delete(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath((id, trigger)): ApiPath<(WorkflowId, TriggerId)>,
    headers: HeaderMap,
) -> ApiResult<StatusCode> {
    let revision = if headers.contains_key(header::IF_MATCH) { Some(matched(&state, &actor, id, trigger, &headers).await?) } else { None };
    triggers::delete::delete(&state.system, &actor, id, trigger, revision).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Replace the secret
///
/// The answer holds the new one, which is told this one time. The one before counts for `grace_seconds` more.
#[utoipa::path(post, path = "/v1/workflows/{id}/triggers/{trigger}/rotate", tag = "Triggers",
    params(("id" = WorkflowId, Path), ("trigger" = TriggerId, Path)), request_body = RotateSecret, responses(
    (status = 200, body = TriggerWithSecret),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "A schedule has no secret"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn rotate(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath((id, trigger)): ApiPath<(WorkflowId, TriggerId)>,
    OptionalJson(how): OptionalJson<RotateSecret>,
) -> ApiResult<impl IntoResponse> {
    let (trigger, secret) = triggers::rotate::rotate(&state.system, &actor, id, trigger, &how).await?;
    Ok(([(header::ETAG, tag(&trigger))], Json(TriggerWithSecret::new(trigger, Some(&secret)))))
}

/// What came of a trigger's firings, newest first
#[utoipa::path(get, path = "/v1/workflows/{id}/triggers/{trigger}/firings", tag = "Triggers",
    params(("id" = WorkflowId, Path), ("trigger" = TriggerId, Path), PageQuery),
    responses((status = 200, body = Page<Firing>), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn firings(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath((id, trigger)): ApiPath<(WorkflowId, TriggerId)>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> ApiResult<Json<Page<Firing>>> {
    let page = triggers::firings::firings(&state.system, &actor, id, trigger, query.cursor.as_deref(), query.limit).await?;
    Ok(Json(page))
}
