//! What each generation of the protocol wants of every request.

use super::{
    Inner, LEGACY, Mode, NEWEST,
    http::{error, text_of},
};
use axum::{http::HeaderMap, response::Response};
use serde_json::{Value, json};

pub(super) fn check_legacy(inner: &Inner, headers: &HeaderMap, method: &str, id: &Value) -> Option<Response> {
    if method == "initialize" {
        return None;
    }
    match text_of(headers, "mcp-session-id") {
        None => {
            if method != "server/discover" {
                inner.complain(format!("{method} without a session"));
            }
            Some(error(400, id, -32000, "Bad Request: Mcp-Session-Id is needed", Value::Null))
        }
        Some(session) if !inner.sessions.lock().unwrap().contains(session) => {
            Some(error(404, id, -32001, "Session not found", Value::Null))
        }
        Some(_) => {
            let version = text_of(headers, "mcp-protocol-version").unwrap_or("2025-03-26");
            let odd = *inner.mode.lock().unwrap() == Mode::WrongProtocol;
            (!odd && !LEGACY.contains(&version)).then(|| {
                inner.complain(format!("version {version}"));
                error(400, id, -32000, "Bad Request: unsupported protocol version", Value::Null)
            })
        }
    }
}

pub(super) fn check_newest(inner: &Inner, headers: &HeaderMap, method: &str, id: &Value, params: &Value) -> Option<Response> {
    if id.is_null() {
        return None;
    }
    let meta = &params["_meta"];
    let version = meta["io.modelcontextprotocol/protocolVersion"].as_str().unwrap_or_default();
    if method == "initialize" {
        return Some(error(404, id, -32601, "Method not found", Value::Null));
    }
    if version != NEWEST {
        return Some(error(400, id, -32022, "Unsupported protocol version", json!({"supported": [NEWEST], "requested": version})));
    }
    let name = params["name"].as_str();
    let mismatch = text_of(headers, "mcp-protocol-version") != Some(NEWEST)
        || text_of(headers, "mcp-method") != Some(method)
        || (method == "tools/call" && text_of(headers, "mcp-name") != name);
    if mismatch {
        inner.complain(format!("headers of {method} do not match its body"));
        return Some(error(400, id, -32020, "Header mismatch", Value::Null));
    }
    let complete =
        meta["io.modelcontextprotocol/clientInfo"]["name"].is_string() && meta["io.modelcontextprotocol/clientCapabilities"].is_object();
    if !complete {
        inner.complain(format!("{method} without what its _meta needs"));
        return Some(error(400, id, -32602, "Missing _meta", Value::Null));
    }
    None
}
