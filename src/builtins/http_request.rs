//! `http_request`: one request to an address the caller chooses. It carries no key: a model that is talked into another address would
//! hand it over. Tools of kind `api_request`, whose address is fixed, carry keys.

use super::{Answer, Builtin, Kind, text};
use crate::{
    executions::ErrorClass,
    executors::{
        Call, Failure,
        api_request::{Auth, Prepared, exchange},
    },
    tools::RetryPolicy,
};
use reqwest::{
    Method,
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use serde_json::{Value, json};

use url::Url;

pub fn tool() -> Builtin {
    Builtin {
        name: "http_request",
        display_name: "HTTP request",
        description: "Sends one HTTP request to a public address and returns status and body. Carries no key; for an API with a key, register an API request tool.",
        icon: "globe",
        inputs: json!({"type": "object", "additionalProperties": false, "required": ["url"], "properties": {
            "url": {"type": "string", "maxLength": 4000, "description": "https:// or http://; addresses inside the network are refused."},
            "method": {"type": "string", "enum": ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"], "default": "GET"},
            "query": {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}},
            "headers": {"type": "object", "additionalProperties": {"type": "string"}},
            "body": {"description": "JSON. Text is sent as it stands if a Content-Type other than JSON is given."}
        }}),
        outputs: json!({"type": "object", "required": ["status", "body"], "properties": {"status": {"type": "integer"}, "content_type": {"type": "string"},
            "body": {"description": "JSON where it is JSON, else text; {content_type, base64} for other bytes."}}}),
        examples: json!([{"title": "Read a page", "inputs": {"url": "https://example.com/"}}]),
        work: Kind::Ask(ask),
    }
}

fn ask<'a>(call: &'a Call<'a>) -> Answer<'a> {
    Box::pin(async move {
        let request = prepare(call).map_err(|message| Failure::new(ErrorClass::InvalidInput, message))?;
        let done = exchange(call, request, Auth::None, RetryPolicy { max_attempts: 2, ..RetryPolicy::default() }).await?;
        Ok(json!({"status": done.status, "content_type": done.content_type, "body": done.body}))
    })
}

fn prepare(call: &Call<'_>) -> Result<Prepared, String> {
    let mut url = address(text(&call.inputs, "url"))?;
    if let Some(query) = call.inputs.get("query").and_then(Value::as_object).filter(|query| !query.is_empty()) {
        let mut pairs = url.query_pairs_mut();
        for (name, value) in query {
            pairs.append_pair(name, &crate::tools::template::as_text(value));
        }
    }
    let mut headers = HeaderMap::new();
    for (name, value) in call.inputs.get("headers").and_then(Value::as_object).into_iter().flatten() {
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("“{name}” is no name of a header."))?;
        if ["host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer"].contains(&header.as_str()) {
            return Err(format!("The header “{name}” is set by Toolcrib itself."));
        }
        let value = HeaderValue::from_str(value.as_str().unwrap_or_default())
            .map_err(|_| format!("The header “{name}” is not one line of text."))?;
        headers.insert(header, value);
    }
    let method = Method::from_bytes(text(&call.inputs, "method").as_bytes()).unwrap_or(Method::GET);
    let as_json = headers.get(CONTENT_TYPE).is_none_or(|kind| kind.to_str().is_ok_and(|kind| kind.contains("json")));
    let body = match call.inputs.get("body") {
        None | Some(Value::Null) => None,
        Some(_) if matches!(method, Method::GET | Method::HEAD) => return Err(format!("{method} has no body.")),
        Some(Value::String(text)) if !as_json => Some(text.clone().into_bytes()),
        Some(value) => Some(value.to_string().into_bytes()),
    };
    if body.is_some() {
        headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
    }
    headers.entry(ACCEPT).or_insert(HeaderValue::from_static("application/json, */*;q=0.5"));
    Ok(Prepared { method, url, headers, body, reach: None })
}

/// An address over HTTP without credentials in it.
pub(super) fn address(text: &str) -> Result<Url, String> {
    match Url::parse(text.trim()) {
        Ok(url) if !matches!(url.scheme(), "http" | "https") => Err("Begin the address with https:// or http://.".to_owned()),
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            Err("No user or password in the address: it is kept on record.".to_owned())
        }
        Ok(url) => Ok(url),
        Err(_) => Err(format!("“{text}” is no address.")),
    }
}
