//! What it offers, and what its tools answer.

use super::{Inner, LEGACY, Mode, NEWEST, Revision};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

/// The tools it begins with.
pub(super) fn offered() -> Vec<Value> {
    let object = |properties: Value, required: &[&str]| json!({"type": "object", "properties": properties, "required": required});
    vec![
        json!({"name": "getWeather", "title": "Weather", "description": "The weather of a city.",
            "inputSchema": {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "$defs": {"city": {"type": "string"}},
                "properties": {"city": {"$ref": "#/$defs/city"}}, "required": ["city"]},
            "outputSchema": object(json!({"celsius": {"type": "number"}, "city": {"type": "string"}}), &["celsius"]),
            "annotations": {"readOnlyHint": true}}),
        json!({"name": "say-twice", "description": "Repeats.", "inputSchema": object(json!({"text": {"type": "string"}}), &["text"])}),
        json!({"name": "picture", "description": "A picture.", "inputSchema": object(json!({}), &[])}),
        json!({"name": "refuse", "description": "Reports an error.", "inputSchema": object(json!({}), &[])}),
        json!({"name": "sleep", "description": "Takes its time.", "inputSchema": object(json!({}), &[])}),
        json!({"name": "odd", "description": "Its schema cannot be said in draft-07.",
            "inputSchema": {"type": "object", "properties": {"a": {"$dynamicRef": "#node"}}}}),
    ]
}

pub(super) type Answered = (Value, Option<String>);

pub(super) fn result(inner: &Inner, method: &str, params: &Value, mode: Mode) -> Result<Answered, (i64, &'static str)> {
    let info = json!({"name": "stand-in", "title": "Stand-in", "version": "1.2.3"});
    let newest = inner.revision == Revision::Newest;
    let with = |mut result: Value| {
        if newest {
            result["resultType"] = "complete".into();
            result["_meta"] = json!({"io.modelcontextprotocol/serverInfo": info});
        }
        result
    };
    match method {
        "initialize" if !newest => {
            inner.initialized.fetch_add(1, Ordering::SeqCst);
            let asked = params["protocolVersion"].as_str().unwrap_or_default();
            let version = match mode {
                Mode::WrongProtocol => "1999-01-01",
                _ if LEGACY.contains(&asked) => asked,
                _ => LEGACY[0],
            };
            let session = format!("session-{}", inner.initialized.load(Ordering::SeqCst));
            inner.sessions.lock().unwrap().insert(session.clone());
            Ok((
                json!({"protocolVersion": version, "capabilities": {"tools": {"listChanged": true}, "logging": {}}, "serverInfo": info}),
                Some(session),
            ))
        }
        "server/discover" if newest => {
            let known = if mode == Mode::WrongProtocol { "2099-01-01" } else { NEWEST };
            Ok((
                with(
                    json!({"supportedVersions": [known], "capabilities": {"tools": {}}, "serverInfo": info, "ttlMs": 0, "cacheScope": "private"}),
                ),
                None,
            ))
        }
        "tools/list" => {
            inner.lists.fetch_add(1, Ordering::SeqCst);
            // Two pages, so that the cursor is used.
            let tools = inner.tools.lock().unwrap().clone();
            let half = tools.len() / 2;
            let mut page = match params["cursor"].as_str() {
                None => json!({"tools": tools[..half], "nextCursor": "second"}),
                Some("second") => json!({"tools": tools[half..]}),
                Some(_) => return Err((-32602, "Unknown cursor")),
            };
            if newest {
                page["ttlMs"] = 600_000.into();
                page["cacheScope"] = "private".into();
            }
            Ok((with(page), None))
        }
        "tools/call" => {
            inner.calls.fetch_add(1, Ordering::SeqCst);
            let text = |text: &str| json!([{"type": "text", "text": text}]);
            let arguments = &params["arguments"];
            let result = match params["name"].as_str().unwrap_or_default() {
                "getWeather" => {
                    let found = json!({"city": arguments["city"], "celsius": 21.5});
                    json!({"content": text(&found.to_string()), "structuredContent": found, "isError": false})
                }
                "say-twice" => {
                    let said = arguments["text"].as_str().unwrap_or_default();
                    json!({"content": [{"type": "text", "text": said}, {"type": "text", "text": said}]})
                }
                "picture" => {
                    json!({"content": [{"type": "text", "text": "Here"}, {"type": "image", "data": "aGk=", "mimeType": "image/png"}]})
                }
                "refuse" => json!({"content": text("There is no such city."), "isError": true}),
                _ => return Err((-32602, "Unknown tool")),
            };
            Ok((with(result), None))
        }
        "ping" if !newest => Ok((json!({}), None)),
        _ => Err((-32601, "Method not found")),
    }
}
