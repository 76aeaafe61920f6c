//! The transport: what is taken, what is refused, and the ways in which it fails.

use super::{
    Answers, Inner, Mode, Revision,
    rules::{check_legacy, check_newest},
    tools::result,
};
use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

pub(super) fn text_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

pub(super) fn error(status: u16, id: &Value, code: i64, message: &str, data: Value) -> Response {
    let mut error = json!({"code": code, "message": message});
    if !data.is_null() {
        error["data"] = data;
    }
    (
        StatusCode::from_u16(status).expect("a status"),
        [(header::CONNECTION, "close")],
        axum::Json(json!({"jsonrpc": "2.0", "id": id, "error": error})),
    )
        .into_response()
}

pub(super) async fn answer(State(inner): State<Arc<Inner>>, method: Method, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(origin) = text_of(&headers, "origin") {
        inner.complain(format!("origin {origin}"));
        return StatusCode::FORBIDDEN.into_response();
    }
    let wanted = inner.authorization.lock().unwrap().clone();
    if wanted.is_some() && text_of(&headers, "authorization") != wanted.as_deref() {
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")]).into_response();
    }
    if inner.revision == Revision::Newest && method != Method::POST {
        inner.complain(format!("{method} in a revision that has only POST"));
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    match method {
        Method::GET => listen(&inner, &headers),
        Method::DELETE => {
            let known = text_of(&headers, "mcp-session-id").is_some_and(|id| inner.sessions.lock().unwrap().remove(id));
            if known { StatusCode::OK.into_response() } else { StatusCode::NOT_FOUND.into_response() }
        }
        Method::POST => post(&inner, &headers, &body).await,
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}

/// The stream of a session, on which changes of the tools are said.
fn listen(inner: &Arc<Inner>, headers: &HeaderMap) -> Response {
    if !text_of(headers, "accept").is_some_and(|accept| accept.contains("text/event-stream")) {
        return StatusCode::NOT_ACCEPTABLE.into_response();
    }
    if !text_of(headers, "mcp-session-id").is_some_and(|id| inner.sessions.lock().unwrap().contains(id)) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let changes = stream::unfold(inner.changes.subscribe(), async |mut changes| {
        changes.recv().await.ok()?;
        let message = json!({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"});
        Some((Ok::<_, std::io::Error>(Bytes::from(format!("event: message\ndata: {message}\n\n"))), changes))
    });
    let begin = stream::iter([Ok(Bytes::from(": listening\n\n"))]);
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(begin.chain(changes))).into_response()
}

async fn post(inner: &Arc<Inner>, headers: &HeaderMap, body: &Bytes) -> Response {
    let accept = text_of(headers, "accept").unwrap_or_default();
    if !(accept.contains("application/json") && accept.contains("text/event-stream")) {
        inner.complain(format!("accept: {accept}"));
        return StatusCode::NOT_ACCEPTABLE.into_response();
    }
    if !text_of(headers, "content-type").is_some_and(|kind| kind.starts_with("application/json")) {
        inner.complain("no JSON");
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    let Ok(message) = serde_json::from_slice::<Value>(body) else {
        return error(400, &Value::Null, -32700, "Parse error", Value::Null);
    };
    let (id, method) = (message["id"].clone(), message["method"].as_str().unwrap_or_default().to_owned());
    let params = message["params"].clone();
    let mode = *inner.mode.lock().unwrap();
    match mode {
        Mode::Hangs if !id.is_null() => {
            tokio::time::sleep(Duration::from_secs(120)).await;
            return StatusCode::GATEWAY_TIMEOUT.into_response();
        }
        Mode::Status(status) => return StatusCode::from_u16(status).expect("a status").into_response(),
        Mode::Html => return ([(header::CONTENT_TYPE, "text/html")], "<h1>Welcome</h1>").into_response(),
        Mode::InvalidJson if !id.is_null() => {
            return ([(header::CONTENT_TYPE, "application/json")], "{\"jsonrpc\": \"2.0\", \"id\": ").into_response();
        }
        Mode::Endless if !id.is_null() => {
            let endless = stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from(vec![b' '; 65_536])));
            return ([(header::CONTENT_TYPE, "application/json")], Body::from_stream(endless)).into_response();
        }
        Mode::ClosesMidStream if !id.is_null() => {
            let parts = stream::iter([Ok(Bytes::from("event: message\ndata: {\"jsonrpc\"")), Err(std::io::Error::other("gone"))]).then(
                async |part| {
                    tokio::time::sleep(Duration::from_millis(30)).await;
                    part
                },
            );
            return ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(parts)).into_response();
        }
        _ => {}
    }
    let checked = match inner.revision {
        Revision::Legacy => check_legacy(inner, headers, &method, &id),
        Revision::Newest => check_newest(inner, headers, &method, &id, &params),
    };
    if let Some(refused) = checked {
        return refused;
    }
    if id.is_null() {
        if method == "notifications/cancelled" {
            inner.cancelled.fetch_add(1, Ordering::SeqCst);
        }
        return StatusCode::ACCEPTED.into_response();
    }
    if method == "tools/call" && params["name"] == "sleep" {
        inner.calls.fetch_add(1, Ordering::SeqCst);
        return sleep(inner);
    }
    let (result, session) = match result(inner, &method, &params, mode) {
        Ok(found) => found,
        Err((code, message)) => {
            return error(if code == -32601 && inner.revision == Revision::Newest { 404 } else { 200 }, &id, code, message, Value::Null);
        }
    };
    let mut messages = Vec::new();
    if let Some(token) = params["_meta"].get("progressToken").filter(|_| method == "tools/call") {
        messages.push(json!({"jsonrpc": "2.0", "method": "notifications/progress",
            "params": {"progressToken": token, "progress": 1, "total": 2, "message": "half way"}}));
        messages.push(json!({"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": "looked it up"}}));
    }
    let message = json!({"jsonrpc": "2.0", "id": id, "result": result});
    let mut response = match inner.answers {
        Answers::Json => axum::Json(message).into_response(),
        Answers::EventStream => {
            messages.push(message);
            let text: String = messages.iter().map(|message| format!("event: message\ndata: {message}\n\n")).collect();
            ([(header::CONTENT_TYPE, "text/event-stream")], text).into_response()
        }
    };
    // So that nobody is left connected when it goes down.
    response.headers_mut().insert(header::CONNECTION, "close".parse().expect("a header"));
    if let Some(session) = session {
        response.headers_mut().insert("mcp-session-id", session.parse().expect("a header"));
    }
    response
}

/// An answer that never ends; when its stream is closed, the call was cancelled.
fn sleep(inner: &Arc<Inner>) -> Response {
    struct Told(Arc<Inner>);
    impl Drop for Told {
        fn drop(&mut self) {
            if self.0.revision == Revision::Newest {
                self.0.cancelled.fetch_add(1, Ordering::SeqCst);
            }
        }
    }
    let told = Told(inner.clone());
    let ticks = stream::unfold(told, async |told| {
        tokio::time::sleep(Duration::from_millis(50)).await;
        Some((Ok::<_, std::io::Error>(Bytes::from(": still there\n\n")), told))
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(ticks)).into_response()
}
