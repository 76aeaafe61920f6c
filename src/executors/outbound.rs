//! Requests to services that Toolcrib itself knows (Twilio, Pipedream): a request through the guard, no redirects, a capped answer.

use super::{Call, Failure, egress};
use crate::executions::ErrorClass;
use futures_util::StreamExt;
use reqwest::{
    StatusCode,
    header::{ACCEPT, HeaderMap, HeaderValue, RETRY_AFTER},
};
use serde_json::Value;
use std::time::{Duration, Instant};
use url::Url;

const ANSWER_BYTES: usize = 5 * 1024 * 1024;
/// How often a request is sent that the service did not take up because it was busy.
const ATTEMPTS: u32 = 3;

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub retry_after: Option<Duration>,
    /// `None`: not JSON.
    pub body: Option<Value>,
    text: String,
}

/// Why nothing came back.
pub enum Broken {
    /// Nothing was sent.
    NotSent(String),
    /// It may have arrived: nobody knows whether it was done.
    Unknown(String),
}

impl Broken {
    #[must_use]
    pub fn message(&self) -> &str {
        match self {
            Self::NotSent(why) | Self::Unknown(why) => why,
        }
    }
}

impl Answer {
    /// The start of an answer that is none, for whoever looks into it.
    #[must_use]
    pub fn excerpt(&self) -> Value {
        self.body.clone().unwrap_or_else(|| Value::String(self.text.chars().take(2_000).collect()))
    }
}

/// Who is asked, for the sentences.
#[derive(Clone, Copy)]
pub struct Service<'a> {
    pub name: &'a str,
    pub base: &'a str,
}

impl Service<'_> {
    /// Where it is.
    pub fn url(&self) -> Result<Url, Failure> {
        self.base.parse().map_err(|_| Failure::new(ErrorClass::Upstream, format!("{}'s address is not valid.", self.name)))
    }
}

/// Sends once, and again while the service says 429 and there is time: what was refused for being too much was not done.
pub async fn post(call: &Call<'_>, service: Service<'_>, path: &str, headers: &HeaderMap, body: Vec<u8>) -> Result<Answer, Broken> {
    ask(call, service, path, headers, Some(body)).await
}

/// Reads, in the same way.
pub async fn get(call: &Call<'_>, service: Service<'_>, path: &str, headers: &HeaderMap) -> Result<Answer, Broken> {
    ask(call, service, path, headers, None).await
}

async fn ask(call: &Call<'_>, service: Service<'_>, path: &str, headers: &HeaderMap, body: Option<Vec<u8>>) -> Result<Answer, Broken> {
    let url: Url =
        format!("{}{path}", service.base).parse().map_err(|_| Broken::NotSent(format!("{}'s address is not valid.", service.name)))?;
    for attempt in 1.. {
        let answer = send(call, service, &url, headers, body.clone()).await?;
        let wait = answer.retry_after.unwrap_or_else(|| Duration::from_millis(250 << attempt.min(6)));
        if answer.status != StatusCode::TOO_MANY_REQUESTS || attempt >= ATTEMPTS || Instant::now() + wait >= call.deadline {
            return Ok(answer);
        }
        tokio::time::sleep(wait).await;
    }
    Err(Broken::NotSent(format!("{} was never asked.", service.name)))
}

async fn send(call: &Call<'_>, service: Service<'_>, url: &Url, headers: &HeaderMap, body: Option<Vec<u8>>) -> Result<Answer, Broken> {
    let addresses = egress::resolve(&call.system.config, url).await.map_err(|refusal| Broken::NotSent(refusal.to_string()))?;
    let client =
        egress::client(url, &addresses).map_err(|error| Broken::NotSent(format!("No connection could be prepared: {}.", cause(&error))))?;
    let request = match body {
        Some(body) => client.post(url.clone()).body(body),
        None => client.get(url.clone()),
    };
    let request = request.headers(headers.clone()).header(ACCEPT, "application/json");
    let response = request.send().await.map_err(|error| {
        let why = format!("The connection to {} failed: {}.", service.name, cause(&error));
        if error.is_connect() { Broken::NotSent(why) } else { Broken::Unknown(why) }
    })?;
    let status = response.status();
    let retry_after = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|text| text.to_str().ok())
        .and_then(|text| text.trim().parse().ok())
        .map(Duration::from_secs);
    let mut bytes = Vec::new();
    let mut stream = response.bytes_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|error| {
            Broken::Unknown(format!("The connection to {} broke off in the middle of the answer: {}.", service.name, cause(&error)))
        })?;
        if bytes.len() + chunk.len() > ANSWER_BYTES {
            return Err(Broken::Unknown(format!("The answer of {} is larger than {} MiB.", service.name, ANSWER_BYTES / 1024 / 1024)));
        }
        bytes.extend_from_slice(&chunk);
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let body = serde_json::from_str(&text).ok();
    // Only its start is ever shown: redacted before it is cut.
    Ok(Answer { status, retry_after, body, text: call.keys.redactor.text(&text) })
}

/// A header whose value is a secret.
pub fn secret_header(value: &str) -> Result<HeaderValue, Failure> {
    let mut value = HeaderValue::from_str(value)
        .map_err(|_| Failure::new(ErrorClass::Unauthorized, "The key holds characters that cannot be sent. Enter it again."))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The service wants a pause that is longer than this call has time.
pub fn too_many(call: &Call<'_>, service: &str, answer: &Answer) -> Failure {
    let seconds = answer.retry_after.map_or(60, |wait| wait.as_secs().max(1));
    call.account.note("retry_after", seconds);
    Failure {
        outputs: Some(answer.excerpt()),
        ..Failure::new(ErrorClass::RateLimited, format!("{service} takes no more requests now. Try again in {seconds} s."))
    }
}

fn cause(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string().trim_end_matches('.').to_owned()
}
