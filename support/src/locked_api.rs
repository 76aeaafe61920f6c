//! An API that is called with a key, and the OAuth 2.0 server that gives access tokens for it (RFC 6749). Both are strict: whoever asks in
//! another way than the standard says is refused. It echoes what it was sent, in every encoding that a careless API would.

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Query, State},
    http::{HeaderMap, StatusCode, Uri, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{any, get, post},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
    time::Duration,
};

/// What the token endpoint does instead of answering.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Trouble {
    #[default]
    None,
    /// 500 with a page for people.
    Broken,
    /// 200, and no JSON.
    NoJson,
    /// 200 without a token.
    NoToken,
    /// A token of a type that nobody asked for.
    OtherType,
    /// Elsewhere.
    Redirects(String),
    /// 200, and more than anybody wants to read.
    Endless,
    /// 400 with a description that holds what was sent.
    Repeats,
}

#[derive(Default)]
struct Inner {
    client: (String, String),
    refresh_token: Option<String>,
    valid: HashSet<String>,
    trouble: Trouble,
    lasts: Option<i64>,
    slow: Duration,
    rotates: bool,
    asked: Vec<HashMap<String, String>>,
    served: usize,
    made: usize,
    seen: Vec<HeaderMap>,
}

/// Runs until the test ends.
#[derive(Clone)]
pub struct LockedApi {
    pub base: String,
    inner: Arc<Mutex<Inner>>,
}

impl LockedApi {
    /// On a free port. Client `tc-client` with a secret that has characters worth encoding; tokens last an hour.
    pub async fn start() -> Self {
        let inner = Inner { client: ("tc-client".to_owned(), Self::SECRET.to_owned()), lasts: Some(3600), ..Inner::default() };
        let inner = Arc::new(Mutex::new(inner));
        let router = Router::new()
            .route("/token", post(token))
            .route("/echo", any(echo))
            .route("/open", get(open))
            .route("/elsewhere", get(elsewhere))
            .route("/chunks", get(chunks))
            .route("/headers", get(in_headers))
            .route("/cut", get(cut))
            .route("/broken", get(broken))
            .route("/astray", get(astray))
            .with_state(inner.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { base, inner }
    }

    pub const SECRET: &str = "s3cr3t/+:% canary é";

    fn with<T>(&self, change: impl FnOnce(&mut Inner) -> T) -> T {
        change(&mut self.inner.lock().unwrap())
    }

    /// From now on `/echo` opens for this `Authorization` (or key) too.
    pub fn accept(&self, credential: &str) {
        self.with(|inner| inner.valid.insert(credential.to_owned()));
    }

    /// Nothing that was valid is any more.
    pub fn revoke_all(&self) {
        self.with(|inner| inner.valid.clear());
    }

    pub fn trouble(&self, trouble: Trouble) {
        self.with(|inner| inner.trouble = trouble);
    }

    /// How long tokens last; `None`: it does not say.
    pub fn lasts(&self, seconds: Option<i64>) {
        self.with(|inner| inner.lasts = seconds);
    }

    pub fn slow(&self, by: Duration) {
        self.with(|inner| inner.slow = by);
    }

    /// This refresh token is good; with `rotates` each use of one makes it useless and gives another.
    pub fn refresh_token(&self, token: &str, rotates: bool) {
        self.with(|inner| (inner.refresh_token, inner.rotates) = (Some(token.to_owned()), rotates));
    }

    #[must_use]
    pub fn current_refresh_token(&self) -> Option<String> {
        self.with(|inner| inner.refresh_token.clone())
    }

    /// The forms that the token endpoint was sent.
    #[must_use]
    pub fn asked(&self) -> Vec<HashMap<String, String>> {
        self.with(|inner| inner.asked.clone())
    }

    /// Calls of `/echo` that were let in.
    #[must_use]
    pub fn served(&self) -> usize {
        self.with(|inner| inner.served)
    }

    /// The headers of every call of `/open` and `/echo`.
    #[must_use]
    pub fn seen(&self) -> Vec<HeaderMap> {
        self.with(|inner| inner.seen.clone())
    }
}

type Shared = State<Arc<Mutex<Inner>>>;

fn decode(text: &str) -> String {
    let text = text.replace('+', " ");
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte == b'%' && tail.len() >= 2 {
            bytes.push(u8::from_str_radix(std::str::from_utf8(&tail[..2]).unwrap(), 16).unwrap());
            rest = &tail[2..];
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn refuse(status: StatusCode, error: &str, why: &str) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], Json(json!({"error": error, "error_description": why}))).into_response()
}

async fn token(State(shared): Shared, headers: HeaderMap, body: String) -> Response {
    let slow = shared.lock().unwrap().slow;
    tokio::time::sleep(slow).await;
    let mut inner = shared.lock().unwrap();
    let form: HashMap<String, String> =
        body.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (decode(name), decode(value))).collect();
    inner.asked.push(form.clone());
    match inner.trouble.clone() {
        Trouble::None => {}
        Trouble::Broken => return (StatusCode::INTERNAL_SERVER_ERROR, Html("<h1>Oops</h1>")).into_response(),
        Trouble::NoJson => return "it is fine".into_response(),
        Trouble::NoToken => return Json(json!({"token_type": "Bearer"})).into_response(),
        Trouble::OtherType => return Json(json!({"access_token": "mac-token-1", "token_type": "mac"})).into_response(),
        Trouble::Redirects(to) => return Redirect::temporary(&to).into_response(),
        Trouble::Endless => return "x".repeat(1024 * 1024).into_response(),
        Trouble::Repeats => return refuse(StatusCode::BAD_REQUEST, "invalid_request", &format!("you sent {body} and {headers:?}")),
    }
    if headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind != "application/x-www-form-urlencoded") {
        return refuse(StatusCode::BAD_REQUEST, "invalid_request", "the form has another type");
    }
    let in_header = headers.get(header::AUTHORIZATION).map(|value| {
        let encoded = value.to_str().unwrap().strip_prefix("Basic ").unwrap_or_default();
        let pair = String::from_utf8(STANDARD.decode(encoded).unwrap_or_default()).unwrap();
        let (id, secret) = pair.split_once(':').unwrap_or((&pair, ""));
        (decode(id), decode(secret))
    });
    let in_body = form.get("client_secret").map(|secret| (form.get("client_id").cloned().unwrap_or_default(), secret.clone()));
    let client = match (in_header, in_body) {
        (Some(_), Some(_)) => return refuse(StatusCode::BAD_REQUEST, "invalid_request", "two ways at once"),
        (Some(client), None) | (None, Some(client)) => client,
        (None, None) => return refuse(StatusCode::UNAUTHORIZED, "invalid_client", "no client"),
    };
    if client != inner.client {
        return refuse(StatusCode::UNAUTHORIZED, "invalid_client", "unknown client or wrong secret");
    }
    match form.get("grant_type").map(String::as_str) {
        Some("client_credentials") if !form.contains_key("refresh_token") => {}
        Some("refresh_token") if form.contains_key("refresh_token") && form.get("refresh_token") == inner.refresh_token.as_ref() => {}
        Some("refresh_token") => return refuse(StatusCode::BAD_REQUEST, "invalid_grant", "this refresh token is none of ours"),
        _ => return refuse(StatusCode::BAD_REQUEST, "unsupported_grant_type", ""),
    }
    inner.made += 1;
    let token = format!("at-canary-token-{}-{}", inner.made, inner.base());
    inner.valid.insert(format!("Bearer {token}"));
    let mut answer = json!({"access_token": token, "token_type": "Bearer"});
    if let Some(seconds) = inner.lasts {
        answer["expires_in"] = json!(seconds);
    }
    if inner.rotates && form.contains_key("refresh_token") {
        let next = format!("rt-canary-next-{}", inner.made);
        answer["refresh_token"] = json!(next);
        inner.refresh_token = Some(next);
    }
    ([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response()
}

impl Inner {
    fn base(&self) -> &'static str {
        "0123456789"
    }
}

/// Lets in whoever shows something valid, as `Authorization`, `X-API-Key`, `X-Custom-Key` or `?api_key=` / `?k=`.
async fn echo(State(shared): Shared, headers: HeaderMap, uri: Uri, Query(query): Query<HashMap<String, String>>, body: Bytes) -> Response {
    let mut inner = shared.lock().unwrap();
    inner.seen.push(headers.clone());
    let shown: Vec<String> = ["authorization", "x-api-key", "x-custom-key"]
        .iter()
        .filter_map(|name| headers.get(*name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .chain(["api_key", "k"].iter().filter_map(|name| query.get(*name).cloned()))
        .collect();
    let [shown] = shown.as_slice() else {
        return (StatusCode::UNAUTHORIZED, Json(json!({"error": "one credential is wanted", "sent": shown}))).into_response();
    };
    if !inner.valid.contains(shown) {
        return (StatusCode::UNAUTHORIZED, Json(json!({"error": "not valid", "sent": shown}))).into_response();
    }
    inner.served += 1;
    let plain = shown.split_once(' ').map_or(shown.as_str(), |(_, credential)| credential);
    let shifted = |before: &str| STANDARD.encode(format!("{before}{plain}"));
    let all: HashMap<String, String> =
        headers.iter().map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())).collect();
    let decoded = STANDARD.decode(plain).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let echo: Value = json!({
        "credential": shown, "headers": all, "uri": uri.to_string(), "query": query, "body": String::from_utf8_lossy(&body),
        "base64": [shifted(""), shifted("a"), shifted("ab")], "base64url": URL_SAFE_NO_PAD.encode(plain), "decoded": decoded,
        "json_in_json": json!({"credential": plain}).to_string(), (plain.to_owned()): "as a name", "hex": hex::encode(plain),
    });
    Json(echo).into_response()
}

/// The token of a request that is let in.
fn token_of(shared: &Mutex<Inner>, headers: &HeaderMap) -> Result<String, Box<Response>> {
    let shown = headers.get(header::AUTHORIZATION).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).unwrap_or_default();
    if !shared.lock().unwrap().valid.contains(&shown) {
        return Err(Box::new((StatusCode::UNAUTHORIZED, format!("“{shown}” is not valid")).into_response()));
    }
    Ok(shown.trim_start_matches("Bearer ").to_owned())
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Says the key in pieces of three bytes, a packet each.
async fn chunks(State(shared): Shared, headers: HeaderMap) -> Response {
    let key = match token_of(&shared, &headers) {
        Ok(key) => key,
        Err(refused) => return *refused,
    };
    let text = format!("{key} and {} and {} and {key}", escaped(&key), STANDARD.encode(format!("ab{key}")));
    let pieces: Vec<Vec<u8>> = text.into_bytes().chunks(3).map(<[u8]>::to_vec).collect();
    let stream = futures_util::stream::unfold(pieces.into_iter(), async |mut pieces| {
        tokio::time::sleep(Duration::from_millis(2)).await;
        pieces.next().map(|piece| (Ok::<_, std::io::Error>(Bytes::from(piece)), pieces))
    });
    ([(header::CONTENT_TYPE, "text/plain")], Body::from_stream(stream)).into_response()
}

/// Says it in headers, with an error.
async fn in_headers(State(shared): Shared, headers: HeaderMap) -> Response {
    let key = match token_of(&shared, &headers) {
        Ok(key) => key,
        Err(refused) => return *refused,
    };
    let kind = format!("text/plain; key={key}; encoded={}", STANDARD.encode(&key));
    let said = [(header::CONTENT_TYPE, kind), (header::WWW_AUTHENTICATE, format!("Bearer realm={key}")), (header::SERVER, key.clone())];
    (StatusCode::IM_A_TEAPOT, said, format!("no: {key}")).into_response()
}

/// Claims to be JSON and is none; the key begins shortly before the part that is kept of such an answer ends.
async fn cut(State(shared): Shared, headers: HeaderMap) -> Response {
    match token_of(&shared, &headers) {
        Ok(key) => ([(header::CONTENT_TYPE, "application/json")], format!("{{{}{key} {key}", "x".repeat(1_980))).into_response(),
        Err(refused) => *refused,
    }
}

/// Begins to say it, and hangs up.
async fn broken(State(shared): Shared, headers: HeaderMap) -> Response {
    match token_of(&shared, &headers) {
        Ok(key) => {
            let parts = futures_util::stream::iter([Ok(Bytes::from(key)), Err(std::io::Error::other("gone"))]);
            Body::from_stream(parts).into_response()
        }
        Err(refused) => *refused,
    }
}

/// To an address with the key in it.
async fn astray(State(shared): Shared, headers: HeaderMap) -> Response {
    match token_of(&shared, &headers) {
        Ok(key) => Redirect::temporary(&format!("/headers?leak={}&again={}", escaped(&key), STANDARD.encode(&key))).into_response(),
        Err(refused) => *refused,
    }
}

/// For everybody; says what came along.
async fn open(State(shared): Shared, headers: HeaderMap, uri: Uri) -> Json<Value> {
    shared.lock().unwrap().seen.push(headers.clone());
    Json(
        json!({"authorization": headers.get(header::AUTHORIZATION).is_some(), "x_api_key": headers.get("x-api-key").is_some(), "uri": uri.to_string()}),
    )
}

/// To wherever `to` says.
async fn elsewhere(Query(query): Query<HashMap<String, String>>) -> Redirect {
    Redirect::temporary(query.get("to").map_or("/open", String::as_str))
}
