//! `send_webhook`: an event to a receiver who can check that it is ours, signed after Standard Webhooks
//! (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>).

use super::{Answer, Builtin, Kind, http_request::address, text};
use crate::{
    executions::ErrorClass,
    executors::{
        Call, Failure,
        api_request::{Auth, Prepared, exchange},
    },
    tools::RetryPolicy,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{
    Method,
    header::{CONTENT_TYPE, HeaderMap, HeaderValue},
};
use serde_json::{Value, json};
use sha2::Sha256;

pub fn tool() -> Builtin {
    Builtin {
        name: "send_webhook",
        display_name: "Send webhook",
        description: "Sends an event as JSON to a webhook, signed with a key of the organization so that the receiver can check where it came from. The same message is sent again when the receiver is down.",
        icon: "webhook",
        inputs: json!({"type": "object", "additionalProperties": false, "required": ["url", "type", "data"], "properties": {
            "url": {"type": "string", "maxLength": 4000},
            "type": {"type": "string", "minLength": 1, "maxLength": 200, "description": "What happened, for example order.created."},
            "data": {"description": "The event, any JSON."},
            "key_name": {"type": "string", "default": "WEBHOOK_SIGNING_SECRET", "description": "The key whose value signs: text, or whsec_ and base64."}
        }}),
        outputs: json!({"type": "object", "required": ["id", "status"], "properties": {"id": {"type": "string", "description": "The message's id; the same in every attempt."},
            "status": {"type": "integer"}, "body": {}}}),
        examples: json!([{"title": "An order was made", "inputs": {"url": "https://example.com/webhooks", "type": "order.created", "data": {"order": 17, "total": "89.50"}}}]),
        work: Kind::Ask(ask),
    }
}

fn ask<'a>(call: &'a Call<'a>) -> Answer<'a> {
    Box::pin(send(call))
}

async fn send(call: &Call<'_>) -> Result<Value, Failure> {
    let unfit = |message: String| Failure::new(ErrorClass::InvalidInput, message);
    let url = address(text(&call.inputs, "url")).map_err(unfit)?;
    let key = call.key(text(&call.inputs, "key_name")).await?;
    let now = call.system.clock.now();
    let id = format!("msg_{}", uuid::Uuid::now_v7().simple());
    let event = json!({"type": text(&call.inputs, "type"), "timestamp": now.to_rfc3339(), "data": call.inputs.get("data")});
    let body = event.to_string();
    // What the key signs says something of it too: only a receiver that may have it gets a signature.
    let secret = key.sent_to(&url)?;
    let signature = sign(secret.expose(), &id, now.timestamp(), &body).map_err(unfit)?;
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in [("webhook-id", id.clone()), ("webhook-timestamp", now.timestamp().to_string()), ("webhook-signature", signature)]
    {
        headers.insert(name, HeaderValue::from_str(&value).map_err(|error| unfit(error.to_string()))?);
    }
    let request = Prepared { method: Method::POST, url, headers, body: Some(body.into_bytes()), reach: Some(key.reach.clone()) };
    // The id lets the receiver drop what it has already: sending again is safe.
    let policy = RetryPolicy { max_attempts: 4, backoff_ms: 500, retry_unsafe_methods: true };
    let done = exchange(call, request, Auth::None, policy).await?;
    Ok(json!({"id": id, "status": done.status, "body": done.body}))
}

/// `v1,` and the base64 of HMAC-SHA-256 over `id.timestamp.body`.
fn sign(secret: &str, id: &str, timestamp: i64, body: &str) -> Result<String, String> {
    let secret = match secret.trim().strip_prefix("whsec_") {
        Some(encoded) => {
            STANDARD.decode(encoded).map_err(|_| "The signing key begins with whsec_, but what follows is no base64.".to_owned())?
        }
        None => secret.as_bytes().to_vec(),
    };
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret).map_err(|_| "The signing key cannot be used.".to_owned())?;
    mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
    Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Standard Webhooks libraries.
    #[test]
    fn the_signature_is_the_one_of_the_standard() {
        let signature =
            sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, "{\"test\": 2432232314}");
        assert_eq!(signature.as_deref(), Ok("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
        assert!(sign("whsec_***", "a", 1, "").is_err());
    }
}
