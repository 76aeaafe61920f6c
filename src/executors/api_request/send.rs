//! Sends a request: checked addresses, redirects, limits.

use super::{request::Prepared, upstream};
use crate::executors::{Call, Failure, egress};
use futures_util::StreamExt;
use reqwest::{
    Method, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, HeaderValue, LOCATION, RETRY_AFTER},
};
use serde_json::{Value, json};
use std::time::Duration;
use url::Url;

/// The most that is read of a response.
pub const RESPONSE_BYTES: usize = 5 * 1024 * 1024;
const REDIRECTS: usize = 5;

/// What came back of one attempt.
pub(super) struct Answer {
    pub status: StatusCode,
    pub content_type: String,
    pub retry_after: Option<Duration>,
    pub body: Vec<u8>,
}

/// Why one attempt brought nothing.
pub(super) enum Broken {
    /// Trying again may help.
    Connection(String),
    Final(Failure),
}

/// One attempt: to the answer that is no redirect. Every address on the way is checked.
pub(super) async fn send(call: &Call<'_>, mut request: Prepared) -> Result<Answer, Broken> {
    let mut redirects: Vec<Value> = Vec::new();
    loop {
        let addresses = egress::resolve(&call.system.config, &request.url).await.map_err(|refusal| match refusal {
            egress::Refusal::Unknown(_) => Broken::Connection(refusal.to_string()),
            _ => Broken::Final(upstream(refusal.to_string())),
        })?;
        let client = call
            .system
            .connections
            .client(call.organization_id, &request.url, &addresses)
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
            if let Some(reach) = &request.reach {
                // To another host no header goes along, but an address may hold what the first one was sent.
                reach.check(&target).map_err(|misdirected| Broken::Final(misdirected.into()))?;
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
pub(super) fn cause(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string().trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{super::request::prepare, *};
    use reqwest::header::HeaderName;
    use serde_json::Map;

    #[test]
    fn a_redirect_to_another_host_carries_nothing_along() {
        let spec = serde_json::from_value(
            json!({"baseUrl": "https://a.example", "method": "POST", "headers": {"Authorization": "x", "X-Key": "y"}, "bodyTemplate": {"a": 1}}),
        )
        .unwrap();
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
