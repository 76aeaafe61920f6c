//! What a REST request was answered.

use reqwest::{RequestBuilder, Response};
use serde_json::Value;

/// Sends a request: the status, and the JSON of the answer; null where it is empty.
pub async fn answer(request: RequestBuilder) -> (u16, Value) {
    read(request.send().await.unwrap()).await
}

/// The same of an answer that is there already.
pub async fn read(answer: Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    (status, if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text}")) })
}
