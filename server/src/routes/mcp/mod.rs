//! The MCP server at `/mcp`: an agent's token sees exactly its tools, and calls them by the one way of every call. Both generations of the
//! protocol are answered, each request by itself: no session is kept, every answer is one JSON document.

mod answer;
mod message;

use super::rest::{auth::ApiActor, problem::ApiError};
use crate::app_router::ServerState;
use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderName, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::any,
};
use message::{Message, Refusal};
use serde_json::{Value, json};
use toolcrib::{Error, actor::Source};

/// The newest revision: every request stands for itself.
pub const NEWEST: &str = "2026-07-28";
/// Revisions with `initialize`, the newest first.
pub const LEGACY: [&str; 3] = ["2025-11-25", "2025-06-18", "2025-03-26"];

pub fn router() -> Router<ServerState> {
    Router::new().route("/mcp", any(serve))
}

async fn serve(
    State(state): State<ServerState>,
    method: Method,
    headers: HeaderMap,
    actor: Result<ApiActor, ApiError>,
    body: Bytes,
) -> Response {
    if !is_own_origin(&headers, state.system.config.public_url.as_deref()) {
        return ApiError::from(Error::Forbidden("This request comes from a page of another site.".to_owned())).into_response();
    }
    // No stream to listen on, no session to end.
    if method != Method::POST {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "POST")]).into_response();
    }
    let mut actor = match actor {
        Ok(ApiActor(actor)) => actor,
        Err(refused) => return refused.into_response(),
    };
    let Some(agent) = actor.agent_id else {
        let why = "This token acts as a person. MCP is for agents: make a token that acts as the agent, whose tools are then the list.";
        return ApiError::from(Error::Forbidden(why.to_owned())).into_response();
    };
    actor.source = Source::Mcp;
    let accepts =
        |kind: &str| headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).any(|value| value.contains(kind));
    if !(accepts("*/*") || accepts("application/json") && accepts("text/event-stream")) {
        return (StatusCode::NOT_ACCEPTABLE, "Send Accept: application/json, text/event-stream.").into_response();
    }
    let message = match Message::read(&headers, &body) {
        Ok(message) => message,
        Err(refusal) => return refused(refusal),
    };
    if message.is_notification() {
        return StatusCode::ACCEPTED.into_response();
    }
    match answer::answer(&state.system, &actor, agent, &message).await {
        Ok(result) => (no_store(), Json(json!({"jsonrpc": "2.0", "id": message.id, "result": result}))).into_response(),
        Err(refusal) => refused(refusal),
    }
}

/// A page elsewhere may have been given a token; it still has no business here.
fn is_own_origin(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("not text"));
    let Some(origin) = text(header::ORIGIN) else { return true };
    let authority = origin.split_once("://").map(|(_, authority)| authority.to_ascii_lowercase());
    public_url.is_some_and(|url| url.eq_ignore_ascii_case(origin))
        || (authority.is_some() && authority == text(header::HOST).map(str::to_ascii_lowercase))
}

fn no_store() -> [(HeaderName, &'static str); 1] {
    [(header::CACHE_CONTROL, "no-store")]
}

fn refused(refusal: Refusal) -> Response {
    let mut error = json!({"code": refusal.code, "message": refusal.message});
    if let Some(data) = refusal.data {
        error["data"] = data;
    }
    let mut body = json!({"jsonrpc": "2.0", "id": refusal.id, "error": error});
    if let (Value::Object(fields), Value::Null) = (&mut body, &refusal.id) {
        fields.remove("id");
    }
    (StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::BAD_REQUEST), no_store(), Json(body)).into_response()
}
