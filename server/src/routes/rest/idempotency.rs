//! `Idempotency-Key` on every write of REST: the first answer is kept and given again to whoever repeats the request.

use super::{
    auth::ApiActor,
    problem::{self, ApiError},
};
use crate::{app_router::ServerState, middleware::body_limit::LIMIT};
use axum::{
    body::{self, Body, Bytes},
    extract::{FromRequestParts, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use toolcrib::{
    Error,
    actor::Actor,
    idempotency::{self, Answer, Begin},
    problem::Problem,
    system::System,
};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// On an answer that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// What of an answer's head belongs to the answer.
const KEPT: [HeaderName; 4] = [header::CONTENT_TYPE, header::LOCATION, header::ETAG, header::RETRY_AFTER];

/// A layer around REST. Requests without the header go straight through.
pub async fn once(State(state): State<ServerState>, request: Request, next: Next) -> Response {
    let writes = matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH | Method::DELETE);
    if !writes || !request.headers().contains_key(&KEY) {
        return next.run(request).await;
    }
    // A task of its own: a caller who hangs up must not leave a key behind that nobody finishes.
    match tokio::spawn(async move { run(state, request, next).await }).await {
        Ok(Ok(response)) => response,
        Ok(Err(refusal)) => refusal.into_response(),
        Err(error) => ApiError::from(Error::of_task(&error)).into_response(),
    }
}

async fn run(state: ServerState, request: Request, next: Next) -> Result<Response, ApiError> {
    let system = state.system.clone();
    let (mut parts, body) = request.into_parts();
    let key = key_of(&parts)?;
    let ApiActor(actor) = ApiActor::from_request_parts(&mut parts, &state).await?;
    let bytes = body::to_bytes(body, LIMIT).await.map_err(|_| problem::too_large(LIMIT))?;
    match idempotency::begin(&system, &actor, &key, &identity(&parts, &bytes)).await? {
        Begin::First => {}
        Begin::Again(answer) => return Ok(again(answer)),
        Begin::StillRunning => {
            let mut problem =
                Problem::new(409, "Conflict", "The first request with this Idempotency-Key still runs. Ask again soon for its answer.");
            problem.retry_after = Some(1);
            return Err(problem.into());
        }
        Begin::CutOff => {
            let detail = "The server stopped while it worked on the first request with this Idempotency-Key, so it may or may not have been done. Look, and repeat it with another key if it was not.";
            return Err(Problem::new(409, "Conflict", detail).into());
        }
        Begin::Different => {
            let detail = "This Idempotency-Key was used for another request. Use a new key for each request, and the same key only to repeat it as it was.";
            return Err(Problem::new(422, "Invalid", detail).into());
        }
    }
    // The handler need not look the token up again.
    parts.extensions.insert(actor.clone());
    let work = tokio::spawn(next.run(Request::from_parts(parts, Body::from(bytes))));
    let response = work.await.unwrap_or_else(|error| ApiError::from(Error::of_task(&error)).into_response());
    keep(&system, &actor, &key, response).await
}

/// 1 to 255 visible ASCII characters.
fn key_of(parts: &Parts) -> Result<String, ApiError> {
    let mut values = parts.headers.get_all(&KEY).iter();
    let key = values.next().and_then(|value| value.to_str().ok()).map(|value| value.trim().trim_matches('"')).unwrap_or_default();
    let valid = (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()) && values.next().is_none();
    if valid {
        Ok(key.to_owned())
    } else {
        Err(Error::Malformed("The header Idempotency-Key has 1 to 255 visible characters, best a random UUID, and comes once.".to_owned())
            .into())
    }
}

/// What makes two requests the same one: method, address, condition and body.
fn identity<'a>(parts: &'a Parts, body: &'a [u8]) -> [&'a [u8]; 4] {
    let condition = parts.headers.get(header::IF_MATCH).map(HeaderValue::as_bytes).unwrap_or_default();
    let address = parts.uri.path_and_query().map(|address| address.as_str()).unwrap_or_default();
    [parts.method.as_str().as_bytes(), address.as_bytes(), condition, body]
}

/// Stores the answer before it leaves. What was not done, and may go better soon, is not kept: the same key may try again.
async fn keep(system: &System, actor: &Actor, key: &str, response: Response) -> Result<Response, ApiError> {
    let (parts, body) = response.into_parts();
    let passing = matches!(parts.status, StatusCode::UNAUTHORIZED | StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
    let bytes = body::to_bytes(body, usize::MAX).await.map_err(|error| Error::Internal(Box::new(error)))?;
    if passing {
        idempotency::release(system, actor, key).await?;
    } else {
        let headers = KEPT.iter().filter_map(|name| Some((name.to_string(), parts.headers.get(name)?.to_str().ok()?.to_owned())));
        let answer = Answer { status: parts.status.as_u16(), headers: headers.collect(), body: bytes.to_vec() };
        idempotency::finish(system, actor, key, &answer).await?;
    }
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

fn again(answer: Answer) -> Response {
    let mut response = Response::new(Body::from(Bytes::from(answer.body)));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
