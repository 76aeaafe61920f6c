//! A stand-in for Twilio's Messages API. Refuses what the real service refuses, and fails in every way that it can, by the recipient's number.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

pub const ACCOUNT_SID: &str = "ACa1b2c3d4e5f60718293a4b5c6d7e8f90";
pub const AUTH_TOKEN: &str = "twilio-canary-0123456789abcdef";
/// The numbers the account may send from.
pub const SENDERS: [&str; 2] = ["+14155550100", "+49301234567"];

/// Recipients with whom something happens.
pub const INVALID: &str = "+15005550001";
pub const UNREACHABLE: &str = "+15005550009";
pub const BLOCKED: &str = "+15005550004";
/// 429 with `Retry-After: 0` the first time, then accepted.
pub const BUSY_ONCE: &str = "+14155550429";
/// 429 with a pause that nobody waits for.
pub const BUSY: &str = "+14155550430";
pub const DOWN: &str = "+14155550500";
pub const HANGS: &str = "+14155550504";
pub const BREAKS_OFF: &str = "+14155550599";
/// 201 with a page of HTML, as a proxy in between would.
pub const NOT_TWILIO: &str = "+14155550201";
/// Taken, and found undeliverable at once.
pub const UNDELIVERABLE: &str = "+14155550202";
/// Refused, with the credentials in the reason.
pub const LEAKS: &str = "+14155550666";
pub const REDIRECTS: &str = "+14155550302";
/// Its answer has no end.
pub const ENDLESS: &str = "+14155550598";

/// What was sent: (from, to, body).
pub type Sent = Arc<Mutex<Vec<(String, String, String)>>>;

#[derive(Clone)]
pub struct Twilio {
    pub url: String,
    pub sent: Sent,
    /// Every request, taken or not.
    pub asked: Arc<Mutex<Vec<String>>>,
}

impl Twilio {
    /// On a free port.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let this = Self { url, sent: Sent::default(), asked: Arc::default() };
        let router = Router::new()
            .route("/2010-04-01/Accounts/{account}/Messages.json", post(messages))
            .route("/2010-04-01/Accounts/{file}", get(account))
            .fallback(|| async { refuse(StatusCode::NOT_FOUND, 20_404, "The requested resource was not found") })
            .with_state(this.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.expect("serve") });
        this
    }

    #[must_use]
    pub fn sent(&self) -> Vec<(String, String, String)> {
        self.sent.lock().unwrap().clone()
    }
}

fn refuse(status: StatusCode, code: i64, message: &str) -> Response {
    let body = json!({"code": code, "message": message, "more_info": format!("https://www.twilio.com/docs/errors/{code}"), "status": status.as_u16()});
    (status, axum::Json(body)).into_response()
}

/// `+`, a digit that is not 0, and up to 14 more.
fn is_e164(number: &str) -> bool {
    number.strip_prefix("+").is_some_and(|digits| {
        (7..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|digit| digit.is_ascii_digit())
    })
}

/// A form as the specification of URLs writes it; anything else is none.
fn form(body: &[u8]) -> Option<HashMap<String, String>> {
    fn decode(text: &str) -> Option<String> {
        let bytes = text.as_bytes();
        let (mut out, mut at) = (Vec::new(), 0);
        while at < bytes.len() {
            match bytes[at] {
                b'+' => out.push(b' '),
                b'%' => {
                    out.push(u8::from_str_radix(text.get(at + 1..at + 3)?, 16).ok()?);
                    at += 2;
                }
                other => out.push(other),
            }
            at += 1;
        }
        String::from_utf8(out).ok()
    }
    std::str::from_utf8(body)
        .ok()?
        .split('&')
        .map(|pair| pair.split_once('=').and_then(|(name, value)| Some((decode(name)?, decode(value)?))))
        .collect()
}

fn is_signed_in(headers: &HeaderMap, account: &str) -> bool {
    let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    header == format!("Basic {}", base64(&format!("{ACCOUNT_SID}:{AUTH_TOKEN}"))) && account == ACCOUNT_SID
}

/// The account, which says its token.
async fn account(Path(file): Path<String>, headers: HeaderMap) -> Response {
    if !is_signed_in(&headers, file.strip_suffix(".json").unwrap_or_default()) {
        return refuse(StatusCode::UNAUTHORIZED, 20_003, "Authenticate");
    }
    axum::Json(json!({"sid": ACCOUNT_SID, "auth_token": AUTH_TOKEN, "status": "active"})).into_response()
}

async fn messages(State(twilio): State<Twilio>, Path(account): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    let header = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok()).unwrap_or_default();
    if !is_signed_in(&headers, &account) {
        return refuse(StatusCode::UNAUTHORIZED, 20_003, "Authenticate");
    }
    if !header(header::CONTENT_TYPE).starts_with("application/x-www-form-urlencoded") {
        return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, 20_415, "Unsupported Media Type");
    }
    let Some(fields) = form(&body) else {
        return refuse(StatusCode::BAD_REQUEST, 20_001, "Malformed form");
    };
    let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let (to, from, text) = (field("To"), field("From"), field("Body"));
    let asked_before = {
        let mut asked = twilio.asked.lock().unwrap();
        let before = asked.iter().filter(|one| **one == to).count();
        asked.push(to.clone());
        before
    };
    if to.is_empty() {
        return refuse(StatusCode::BAD_REQUEST, 21_604, "A 'To' phone number is required.");
    }
    if !is_e164(&to) || to == INVALID {
        return refuse(StatusCode::BAD_REQUEST, 21_211, &format!("Invalid 'To' Phone Number: {to}"));
    }
    if from.is_empty() && field("MessagingServiceSid").is_empty() {
        return refuse(StatusCode::BAD_REQUEST, 21_603, "A 'From' phone number is required.");
    }
    if !SENDERS.contains(&from.as_str()) {
        return refuse(
            StatusCode::BAD_REQUEST,
            21_606,
            &format!("The 'From' phone number {from} is not a valid, SMS-capable phone number of your account."),
        );
    }
    if text.is_empty() && field("MediaUrl").is_empty() {
        return refuse(StatusCode::BAD_REQUEST, 21_602, "Message body is required.");
    }
    if text.chars().count() > 1600 {
        return refuse(StatusCode::BAD_REQUEST, 21_617, "The concatenated message body exceeds the 1600 character limit.");
    }
    match to.as_str() {
        UNREACHABLE => return refuse(StatusCode::BAD_REQUEST, 21_614, "'To' number is not a valid mobile number"),
        LEAKS => {
            return refuse(
                StatusCode::BAD_REQUEST,
                21_612,
                &format!("not with {AUTH_TOKEN} of {account}: {}", header(header::AUTHORIZATION)),
            );
        }
        BLOCKED => return refuse(StatusCode::FORBIDDEN, 21_610, "Attempt to send to unsubscribed recipient"),
        BUSY_ONCE if asked_before == 0 => {
            return ([(header::RETRY_AFTER, "0")], refuse(StatusCode::TOO_MANY_REQUESTS, 20_429, "Too Many Requests")).into_response();
        }
        BUSY => {
            return ([(header::RETRY_AFTER, "900")], refuse(StatusCode::TOO_MANY_REQUESTS, 20_429, "Too Many Requests")).into_response();
        }
        DOWN => return refuse(StatusCode::SERVICE_UNAVAILABLE, 20_503, "Service unavailable"),
        HANGS => tokio::time::sleep(Duration::from_secs(60)).await,
        BREAKS_OFF => {
            let parts = vec![Ok("{\"sid\": "), Err(std::io::Error::other("gone"))];
            return (StatusCode::CREATED, Body::from_stream(slowly(parts))).into_response();
        }
        ENDLESS => {
            let endless = futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; 65_536])));
            return (StatusCode::CREATED, Body::from_stream(endless)).into_response();
        }
        NOT_TWILIO => return (StatusCode::CREATED, [(header::CONTENT_TYPE, "text/html")], "<h1>Welcome</h1>").into_response(),
        REDIRECTS => return (StatusCode::FOUND, [(header::LOCATION, "http://169.254.169.254/")]).into_response(),
        _ => {}
    }
    let failed = to == UNDELIVERABLE;
    twilio.sent.lock().unwrap().push((from.clone(), to.clone(), text.clone()));
    let sid = format!("SM{:032x}", twilio.sent.lock().unwrap().len());
    let segments = text.chars().count().div_ceil(160).to_string();
    let answer = json!({
        "sid": sid, "account_sid": ACCOUNT_SID, "status": if failed { "failed" } else { "queued" }, "to": to, "from": from, "body": text, "num_segments": segments,
        "error_code": if failed { json!(30_006) } else { Value::Null }, "error_message": if failed { json!("Landline or unreachable carrier") } else { Value::Null },
        "price": null, "direction": "outbound-api", "date_created": "Thu, 01 Jan 2026 00:00:09 +0000"
    });
    (StatusCode::CREATED, axum::Json(answer)).into_response()
}

/// So that the head and the first bytes go out before it breaks.
fn slowly(parts: Vec<Result<&'static str, std::io::Error>>) -> impl futures_util::Stream<Item = Result<&'static str, std::io::Error>> {
    use futures_util::StreamExt;
    futures_util::stream::iter(parts).then(async |part| {
        tokio::time::sleep(Duration::from_millis(50)).await;
        part
    })
}

fn base64(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            out.push(if place <= chunk.len() { char::from(LETTERS[(bits >> (18 - 6 * place) & 63) as usize]) } else { '=' });
        }
    }
    out
}
