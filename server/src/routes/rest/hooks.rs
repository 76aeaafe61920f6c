//! Where others send to: the addresses of webhooks and call starts. Whoever has the secret starts a run.

use super::{
    json::ApiPath,
    problem::{self, ApiResult},
};
use crate::app_router::ServerState;
use axum::{
    Json,
    body::{self, Body},
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::Value;
use toolcrib::{
    Error,
    ids::RunId,
    problem::Problem,
    workflows::{
        Run,
        engine::RunStatus,
        triggers::{
            MOST_BODY,
            receive::{Delivery, Received, receive},
        },
    },
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn router() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new().routes(routes!(deliver))
}

/// What a sender is told of the run that its delivery started.
#[derive(Debug, Serialize, ToSchema)]
pub struct HookAnswer {
    pub run_id: RunId,
    /// `null` of a delivery that was taken before.
    pub status: Option<RunStatus>,
    /// With `?wait`, once the run has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// This delivery was taken before; nothing was started now.
    pub is_repeated: bool,
}

/// Send to a webhook, or say that a call begins
///
/// No API token: the secret in `X-Toolcrib-Secret` (or `Authorization: Bearer`, or, of calls, `X-Vapi-Secret`), or a signature: `X-Toolcrib-Timestamp` with
/// the seconds since 1970 and `X-Toolcrib-Signature` with `sha256=` and the HMAC-SHA256 of `timestamp.body` in hexadecimal digits. Each signature counts
/// once. `X-Toolcrib-Delivery` (or `Idempotency-Key`, or `webhook-id`) names a delivery: one that was taken is answered with its run and starts no other.
/// The body is JSON or a form, of 1 MiB at most.
#[utoipa::path(post, path = "/v1/hooks/{address}", tag = "Triggers", security(()),
    params(("address" = String, Path), ("wait" = Option<u64>, Query, description = "Seconds to wait for the end of the run, 60 at most")),
    request_body(content = Object, content_type = "application/json"), responses(
    (status = 200, body = HookAnswer, description = "The run has ended while the sender waited, or the delivery was taken before"),
    (status = 202, body = HookAnswer, description = "A run was started"),
    (status = 204, description = "A message about a call that is not its beginning: nothing to do"),
    (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 401, body = Problem, content_type = "application/problem+json", description = "Secret or signature are missing or wrong"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "The trigger is disabled, or the signature was used before"),
    (status = 413, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "What was sent does not fit the workflow's inputs"),
    (status = 429, body = Problem, content_type = "application/problem+json", description = "Too many; Retry-After says when to try again"),
))]
pub async fn deliver(
    State(state): State<ServerState>,
    ApiPath(address): ApiPath<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: Body,
) -> ApiResult<Response> {
    let bytes = body::to_bytes(body, MOST_BODY).await.map_err(|_| problem::too_large(MOST_BODY))?;
    let (mut pairs, mut wait) = (Vec::new(), None);
    for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        if name == "wait" {
            let seconds = value.parse().map_err(|_| Error::Malformed("wait is a number of seconds, 60 at most.".to_owned()))?;
            wait = Some(seconds);
        } else {
            pairs.push((name.into_owned(), value.into_owned()));
        }
    }
    let headers = headers.iter().filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))).collect();
    let waits = wait.is_some_and(|seconds| seconds > 0);
    let system = state.system.clone();
    let delivery = async move { receive(&system, &address, Delivery { headers, query: pairs, body: &bytes, wait }).await };
    // A task of its own: a sender who hangs up does not leave a run behind that nobody drives.
    let received = tokio::spawn(delivery).await.map_err(|error| Error::of_task(&error))??;
    Ok(match received {
        Received::Started(run) => started(*run, waits),
        Received::Again(run_id) => Json(HookAnswer { run_id, status: None, output: None, error: None, is_repeated: true }).into_response(),
        Received::Ignored => StatusCode::NO_CONTENT.into_response(),
    })
}

/// Who does not wait is told the same of every run, also of one that has ended already.
fn started(run: Run, waits: bool) -> Response {
    let ended = waits && run.status.is_final();
    let status = if ended { StatusCode::OK } else { StatusCode::ACCEPTED };
    let location = format!("/v1/workflows/executions/{}", run.id);
    let (output, error) = if ended { (run.output_data, run.error_message) } else { (None, None) };
    let answer = HookAnswer { run_id: run.id, status: Some(run.status), output, error, is_repeated: false };
    (status, [(header::LOCATION, location)], Json(answer)).into_response()
}
