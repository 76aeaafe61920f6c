//! `api_request`: one HTTP request made from a template, with every way in which the other side can misbehave.

use super::{Call, Executor, Failure, egress};
use crate::{
    executions::ErrorClass,
    tools::{ApiSpec, AuthType, RetryPolicy, template},
};
use futures_util::StreamExt;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{
    Method, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER},
};
use serde_json::{Map, Value, json};
use std::{
    future::Future,
    pin::Pin,
    time::{Duration, Instant},
};
use url::Url;

/// The most that is read of a response.
pub const RESPONSE_BYTES: usize = 5 * 1024 * 1024;
const REDIRECTS: usize = 5;
/// Unreserved characters of RFC 3986 stay; all else is encoded, so that a value cannot become another segment.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub struct ApiRequest;

impl Executor for ApiRequest {
    fn execute<'a>(&'a self, call: &'a Call<'a>) -> Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send + 'a>> {
        Box::pin(execute(call))
    }
}

/// A request, ready to be sent as often as it takes.
#[derive(Clone, Debug)]
struct Prepared {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
}

/// What came back of one attempt.
struct Answer {
    status: StatusCode,
    content_type: String,
    retry_after: Option<Duration>,
    body: Vec<u8>,
}

/// Why one attempt brought nothing.
enum Broken {
    /// Trying again may help.
    Connection(String),
    Final(Failure),
}

fn upstream(message: impl Into<String>) -> Failure {
    Failure::new(ErrorClass::Upstream, message)
}

fn unfit(message: impl Into<String>) -> Failure {
    Failure::new(ErrorClass::InvalidInput, message)
}

async fn execute(call: &Call<'_>) -> Result<Value, Failure> {
    let spec = call.tool.api_spec.as_ref().ok_or_else(|| upstream("This tool has no request to make. Complete its definition."))?;
    if spec.auth_type != AuthType::None {
        let key = spec.auth_key_name.as_deref().unwrap_or("(unnamed)");
        return Err(Failure::new(ErrorClass::Unauthorized, format!("The key “{key}” that this tool needs is not there.")));
    }
    // Inputs win over variables of the same name.
    let mut inputs = call.inputs.clone();
    for name in crate::variables::named::in_request(call.tool) {
        if let Some(value) = call.variables.get(&name) {
            for alias in crate::variables::aliases(&name) {
                inputs.insert(alias.to_owned(), value.clone());
            }
            inputs.insert(name, value.clone());
        }
    }
    let request = prepare(spec, &inputs)?;
    call.account.note("request", json!({"method": request.method.as_str(), "url": request.url.as_str()}));
    let policy = call.tool.retry_policy;
    let repeatable = policy.retry_unsafe_methods || matches!(request.method, Method::GET | Method::HEAD | Method::PUT | Method::DELETE);
    let attempts = if repeatable { policy.max_attempts.max(1) } else { 1 };
    let mut tried: Vec<Value> = Vec::new();
    for attempt in 1..=attempts {
        let began = Instant::now();
        let outcome = send(call, request.clone()).await;
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
                match read(answer, request.method == Method::HEAD) {
                    Err(failure) if again => (wait, failure),
                    done => return done,
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

fn backoff(policy: RetryPolicy, attempt: u32) -> Duration {
    Duration::from_millis(policy.backoff_ms.saturating_mul(1 << (attempt - 1).min(16)).min(60_000))
}

/// The request that template and inputs make together.
fn prepare(spec: &ApiSpec, inputs: &Map<String, Value>) -> Result<Prepared, Failure> {
    let missing = |place: &str| {
        let place = place.to_owned();
        move |name: String| unfit(format!("The input “{name}” is needed in the {place}, and was not given."))
    };
    let path =
        template::fill_text(&spec.path, true, inputs, |value| utf8_percent_encode(value, SEGMENT).to_string()).map_err(missing("path"))?;
    let path = path.unwrap_or_default();
    if template::pieces(&spec.path, true)
        .iter()
        .any(|piece| matches!(piece, template::Piece::Input(name) if inputs.get(*name) == Some(&Value::String(String::new()))))
    {
        return Err(unfit("An input that stands in the path may not be empty."));
    }
    if path.split('/').any(|segment| matches!(segment, "." | "..")) {
        return Err(unfit("An input that stands in the path may not be “.” or “..”."));
    }
    let mut url = Url::parse(&format!("{}{path}", spec.base_url)).map_err(|_| unfit("The inputs make no valid address."))?;
    if !spec.query_params.is_empty() {
        let mut pairs = url.query_pairs_mut();
        for (name, value) in &spec.query_params {
            // A list becomes a repeated parameter.
            let alone = match template::pieces(value, false).as_slice() {
                [template::Piece::Input(input)] => inputs.get(*input).and_then(Value::as_array),
                _ => None,
            };
            if let Some(items) = alone {
                for item in items {
                    pairs.append_pair(name, &template::as_text(item));
                }
            } else if let Some(value) = template::fill_text(value, false, inputs, str::to_owned).map_err(missing("query"))? {
                pairs.append_pair(name, &value);
            }
        }
    }
    if url.query() == Some("") {
        url.set_query(None);
    }
    let mut headers = HeaderMap::new();
    for (name, value) in &spec.headers {
        let Some(text) = template::fill_text(value, false, inputs, str::to_owned).map_err(missing("headers"))? else {
            continue;
        };
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unfit(format!("“{name}” is no name of a header.")))?;
        let value = HeaderValue::from_str(&text)
            .map_err(|_| unfit(format!("The value for the header “{name}” has a line break or a control character.")))?;
        headers.insert(header, value);
    }
    let body = spec.body_template.as_ref().map(|body| template::fill_json(body, inputs)).transpose().map_err(missing("body"))?.flatten();
    // A string as the whole body goes out as text, unless a JSON type is asked for.
    let as_json = headers.get(CONTENT_TYPE).is_none_or(|kind| kind.to_str().is_ok_and(|kind| kind.contains("json")));
    let body = match body {
        Some(Value::String(text)) if !as_json => Some(text.into_bytes()),
        Some(Value::Object(fields)) if is_form(&headers) => {
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            for (name, value) in &fields {
                form.append_pair(name, &template::as_text(value));
            }
            Some(form.finish().into_bytes())
        }
        Some(value) => Some(value.to_string().into_bytes()),
        None => None,
    };
    if body.is_some() && !headers.contains_key(CONTENT_TYPE) {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if !headers.contains_key(ACCEPT) {
        headers.insert(ACCEPT, HeaderValue::from_static("application/json, */*;q=0.5"));
    }
    let method = Method::from_bytes(spec.method.as_bytes()).map_err(|_| upstream("The method of this tool is not valid."))?;
    Ok(Prepared { method, url, headers, body })
}

fn is_form(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|kind| kind.to_str().is_ok_and(|kind| kind.starts_with("application/x-www-form-urlencoded")))
}

/// One attempt: to the answer that is no redirect. Every address on the way is checked.
async fn send(call: &Call<'_>, mut request: Prepared) -> Result<Answer, Broken> {
    let mut redirects: Vec<Value> = Vec::new();
    loop {
        let addresses = egress::resolve(&call.system.config, &request.url).await.map_err(|refusal| match refusal {
            egress::Refusal::Unknown(_) => Broken::Connection(refusal.to_string()),
            _ => Broken::Final(upstream(refusal.to_string())),
        })?;
        let client = egress::client(&request.url, &addresses)
            .map_err(|error| Broken::Final(upstream(format!("No connection could be prepared: {}.", cause(&error)))))?;
        let mut builder = client.request(request.method.clone(), request.url.clone()).headers(request.headers.clone());
        if let Some(body) = &request.body {
            builder = builder.body(body.clone());
        }
        let host = request.url.host_str().unwrap_or_default().to_owned();
        let response =
            builder.send().await.map_err(|error| Broken::Connection(format!("The connection to {host} failed: {}.", cause(&error))))?;
        let status = response.status();
        let target =
            response.headers().get(LOCATION).and_then(|target| target.to_str().ok()).and_then(|target| request.url.join(target).ok());
        if let (301 | 302 | 303 | 307 | 308, Some(target)) = (status.as_u16(), target) {
            if redirects.len() == REDIRECTS {
                return Err(Broken::Final(upstream(format!("More than {REDIRECTS} redirects; the last one led to {target}."))));
            }
            redirects.push(json!({"status": status.as_u16(), "url": target.as_str()}));
            call.account.note("redirects", redirects.clone());
            follow(&mut request, status, target);
            continue;
        }
        let header = |name| response.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok()).map(str::to_owned);
        let content_type = header(CONTENT_TYPE).unwrap_or_default();
        let retry_after = header(RETRY_AFTER).and_then(|text| wait(&text, call.system.clock.now()));
        let mut body = Vec::new();
        let mut stream = response.bytes_stream();
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|error| {
                Broken::Connection(format!("The connection to {host} broke off in the middle of the response: {}.", cause(&error)))
            })?;
            if body.len() + chunk.len() > RESPONSE_BYTES {
                return Err(Broken::Final(upstream(format!(
                    "The response is larger than {} MiB. Ask for less.",
                    RESPONSE_BYTES / 1024 / 1024
                ))));
            }
            body.extend_from_slice(&chunk);
        }
        return Ok(Answer { status, content_type, retry_after, body });
    }
}

/// The request after a redirect. To another host nothing goes that was meant for the first one.
fn follow(request: &mut Prepared, status: StatusCode, target: Url) {
    let turns_to_get =
        status.as_u16() == 303 && request.method != Method::HEAD || matches!(status.as_u16(), 301 | 302) && request.method == Method::POST;
    if turns_to_get {
        request.method = Method::GET;
        request.body = None;
        request.headers.remove(CONTENT_TYPE);
    }
    if request.url.origin() != target.origin() {
        let kept = [ACCEPT, CONTENT_TYPE].map(|name| (name.clone(), request.headers.get(&name).cloned()));
        request.headers.clear();
        kept.into_iter().for_each(|(name, value)| drop(value.map(|value| request.headers.insert(name, value))));
    }
    request.url = target;
}

/// `Retry-After`: seconds or a date.
fn wait(text: &str, now: chrono::DateTime<chrono::Utc>) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at = chrono::DateTime::parse_from_rfc2822(text.trim()).ok()?;
    (at.to_utc() - now).to_std().ok()
}

/// The innermost reason, which is the one that says something.
fn cause(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string().trim_end_matches('.').to_owned()
}

/// The output: JSON where it is JSON, text where it is text.
fn read(answer: Answer, is_head: bool) -> Result<Value, Failure> {
    let claims_json = answer.content_type.split(';').next().is_some_and(|kind| {
        let kind = kind.trim().to_ascii_lowercase();
        kind == "application/json" || kind == "text/json" || kind.ends_with("+json")
    });
    let text = String::from_utf8(answer.body);
    let body = match text {
        Ok(text) if text.trim().is_empty() || is_head => Ok(Value::Null),
        Ok(text) if claims_json => {
            serde_json::from_str(&text).map_err(|error| (Value::String(text.chars().take(2_000).collect()), error.to_string()))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(json: Value) -> ApiSpec {
        serde_json::from_value(json).unwrap()
    }

    fn inputs(json: Value) -> Map<String, Value> {
        json.as_object().cloned().unwrap()
    }

    #[test]
    fn values_stay_values_wherever_they_go() {
        let spec = spec(
            json!({"baseUrl": "https://a.example/v1", "path": "/u/{id}", "method": "POST", "queryParams": {"q": "{{q}}", "none": "{{none}}", "l": "{{l}}"},
            "headers": {"X-Note": "n={{q}}"}, "bodyTemplate": {"name": "{{id}}", "n": "{{n}}", "none": "{{none}}"}}),
        );
        let request = prepare(&spec, &inputs(json!({"id": "a/../b?c#\"", "q": "1&2=3", "n": 5, "l": [1, "x"]}))).unwrap();
        assert_eq!(request.url.as_str(), "https://a.example/v1/u/a%2F..%2Fb%3Fc%23%22?l=1&l=x&q=1%262%3D3");
        assert_eq!(request.headers["x-note"], "n=1&2=3");
        assert_eq!(serde_json::from_slice::<Value>(&request.body.unwrap()).unwrap(), json!({"name": "a/../b?c#\"", "n": 5}));
    }

    #[test]
    fn inputs_that_would_change_the_request_are_refused() {
        let spec = spec(json!({"baseUrl": "https://a.example", "path": "/u/{id}/x", "method": "GET", "headers": {"X": "{{h}}"}}));
        for bad in [json!({"id": ".."}), json!({"id": ""}), json!({}), json!({"id": "1", "h": "a\r\nHost: b"})] {
            assert_eq!(prepare(&spec, &inputs(bad)).unwrap_err().class, ErrorClass::InvalidInput);
        }
    }

    #[test]
    fn a_redirect_to_another_host_carries_nothing_along() {
        let spec = spec(
            json!({"baseUrl": "https://a.example", "method": "POST", "headers": {"Authorization": "x", "X-Key": "y"}, "bodyTemplate": {"a": 1}}),
        );
        let mut request = prepare(&spec, &Map::new()).unwrap();
        follow(&mut request, StatusCode::FOUND, "https://b.example/".parse().unwrap());
        assert_eq!((request.method, request.body), (Method::GET, None));
        assert_eq!(request.headers.keys().map(HeaderName::as_str).collect::<Vec<_>>(), ["accept"]);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = chrono::DateTime::parse_from_rfc3339("2026-01-01T00:00:00Z").unwrap().to_utc();
        assert_eq!(wait("7", now), Some(Duration::from_secs(7)));
        assert_eq!(wait("Thu, 01 Jan 2026 00:00:09 GMT", now), Some(Duration::from_secs(9)));
        assert_eq!(wait("soon", now), None);
    }
}
