//! `api_request`: one HTTP request made from a template, with every way in which the other side can misbehave.

mod auth;
mod oauth2;
mod probe;
mod read;
mod request;
mod send;

pub use oauth2::TokenCache;
pub(crate) use probe::{Probed, probe};
pub use send::RESPONSE_BYTES;

use super::{Call, Executor, Failure};
use crate::{executions::ErrorClass, tools::RetryPolicy};
pub(crate) use auth::Auth;
use read::read;
pub(crate) use request::Prepared;
use request::prepare;
use reqwest::{Method, StatusCode, header::HeaderValue};
use send::{Broken, send};
use serde_json::{Map, Value, json};
use std::{
    future::Future,
    pin::Pin,
    time::{Duration, Instant},
};

pub struct ApiRequest;

impl Executor for ApiRequest {
    fn execute<'a>(&'a self, call: &'a Call<'a>) -> Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send + 'a>> {
        Box::pin(execute(call))
    }
}

fn upstream(message: impl Into<String>) -> Failure {
    Failure::new(ErrorClass::Upstream, message)
}

fn unfit(message: impl Into<String>) -> Failure {
    Failure::new(ErrorClass::InvalidInput, message)
}

async fn execute(call: &Call<'_>) -> Result<Value, Failure> {
    let spec = call.tool.api_spec.as_ref().ok_or_else(|| upstream("This tool has no request to make. Complete its definition."))?;
    let mut bare = prepare(spec, &with_variables(call))?;
    if let Some(key) = call.idempotency_key.as_deref().and_then(|key| HeaderValue::from_str(key).ok())
        && matches!(bare.method, Method::POST | Method::PATCH)
    {
        // What the tool itself says counts.
        bare.headers.entry("idempotency-key").or_insert(key);
    }
    let auth = Auth::of(call, spec).await?;
    let policy = call.tool.retry_policy;
    Ok(exchange(call, bare, auth, policy).await?.body)
}

/// What a request brought.
pub(crate) struct Exchanged {
    pub status: u16,
    pub content_type: String,
    pub body: Value,
}

/// Sends the request as often as the policy says, until it is answered well.
pub(crate) async fn exchange(call: &Call<'_>, bare: Prepared, mut auth: Auth<'_>, policy: RetryPolicy) -> Result<Exchanged, Failure> {
    // Noted before the key goes in: of a query, nothing but the tool's own part is worth knowing.
    call.account.note("request", json!({"method": bare.method.as_str(), "url": bare.url.as_str()}));
    let repeatable = policy.retry_unsafe_methods || matches!(bare.method, Method::GET | Method::HEAD | Method::PUT | Method::DELETE);
    let attempts = if repeatable { policy.max_attempts.max(1) } else { 1 };
    let mut tried: Vec<Value> = Vec::new();
    for attempt in 1..=attempts {
        let began = Instant::now();
        let mut outcome = send(call, auth.apply(call, bare.clone()).await?).await;
        if matches!(&outcome, Ok(answer) if answer.status == StatusCode::UNAUTHORIZED) && auth.forget(call) {
            // A token that was withdrawn before its time: once with a fresh one.
            outcome = send(call, auth.apply(call, bare.clone()).await?).await;
        }
        let ms = began.elapsed().as_secs_f64() * 1000.0;
        let (wait, failure) = match outcome {
            Ok(answer) => {
                tried.push(json!({"status": answer.status.as_u16(), "ms": ms}));
                call.account.note("attempts", tried.clone());
                call.account.note(
                    "response",
                    json!({"status": answer.status.as_u16(), "content_type": answer.content_type, "bytes": answer.body.len()}),
                );
                let again = matches!(answer.status.as_u16(), 429 | 502 | 503 | 504);
                let wait = answer.retry_after.unwrap_or_else(|| backoff(policy, attempt));
                let (status, content_type) = (answer.status.as_u16(), answer.content_type.clone());
                match read(answer, bare.method == Method::HEAD, &call.keys.redactor) {
                    Err(failure) if again => (wait, failure),
                    done => return done.map(|body| Exchanged { status, content_type, body }),
                }
            }
            Err(Broken::Connection(why)) => {
                tried.push(json!({"error": why, "ms": ms}));
                call.account.note("attempts", tried.clone());
                (backoff(policy, attempt), upstream(why))
            }
            Err(Broken::Final(failure)) => return Err(failure),
        };
        if attempt == attempts || Instant::now() + wait >= call.deadline {
            return Err(failure);
        }
        tokio::time::sleep(wait).await;
    }
    Err(upstream("The request was never sent."))
}

/// The inputs, and the variables that the template names under every name they have. Inputs win over variables of the same name.
fn with_variables(call: &Call<'_>) -> Map<String, Value> {
    let mut inputs = call.inputs.clone();
    for name in crate::variables::named::in_request(call.tool) {
        if let Some(value) = call.variables.get(&name) {
            for alias in crate::variables::aliases(&name) {
                inputs.insert(alias.to_owned(), value.clone());
            }
            inputs.insert(name, value.clone());
        }
    }
    inputs
}

fn backoff(policy: RetryPolicy, attempt: u32) -> Duration {
    Duration::from_millis(policy.backoff_ms.saturating_mul(1 << (attempt - 1).min(16)).min(60_000))
}
