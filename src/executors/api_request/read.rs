//! What becomes of a response: JSON where it is JSON, text where it is text.

use super::{send::Answer, upstream};
use crate::{executors::Failure, keys::Redactor};
use serde_json::{Value, json};

/// The output: JSON where it is JSON, text where it is text.
pub(super) fn read(answer: Answer, is_head: bool, redactor: &Redactor) -> Result<Value, Failure> {
    let claims_json = answer.content_type.split(';').next().is_some_and(|kind| {
        let kind = kind.trim().to_ascii_lowercase();
        kind == "application/json" || kind == "text/json" || kind.ends_with("+json")
    });
    let text = String::from_utf8(answer.body);
    let body = match text {
        Ok(text) if text.trim().is_empty() || is_head => Ok(Value::Null),
        Ok(text) if claims_json => {
            serde_json::from_str(&text).map_err(|error| {
                // Before it is cut: half a value would not be found any more.
                (Value::String(redactor.text(&text).chars().take(2_000).collect()), error.to_string())
            })
        }
        Ok(text) if text.trim_start().starts_with(['{', '[']) => Ok(serde_json::from_str(&text).unwrap_or(Value::String(text))),
        Ok(text) => Ok(Value::String(text)),
        Err(bytes) => {
            use base64::{Engine, engine::general_purpose::STANDARD};
            Ok(json!({"content_type": answer.content_type, "base64": STANDARD.encode(bytes.as_bytes())}))
        }
    };
    let status = answer.status;
    match body {
        Ok(body) if status.is_success() => Ok(body),
        Err((start, error)) if status.is_success() => {
            Err(Failure { outputs: Some(start), ..upstream(format!("The response says it is JSON, but is not: {error}.")) })
        }
        Ok(body) | Err((body, _)) => {
            let words = status.canonical_reason().map(|reason| format!(" {reason}")).unwrap_or_default();
            Err(Failure { outputs: Some(body), ..upstream(format!("The API answered {}{words}.", status.as_u16())) })
        }
    }
}
