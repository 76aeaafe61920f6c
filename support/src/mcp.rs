//! An MCP server for tests: strict about everything the two generations of the protocol ask of a client, and able to fail in every way
//! a server fails. It counts what it was asked.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::any,
};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{net::TcpListener, sync::broadcast, task::JoinHandle};

/// A stdio server as a Python script; see its head for the ways it misbehaves.
pub const STDIO_SERVER: &str = include_str!("mcp_stdio.py");

const NEWEST: &str = "2026-07-28";
const LEGACY: [&str; 3] = ["2025-11-25", "2025-06-18", "2025-03-26"];

/// Which generation of the protocol it speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revision {
    /// `initialize` and sessions.
    Legacy,
    /// 2026-07-28: every request stands for itself.
    Newest,
}

/// How it answers requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    Json,
    EventStream,
}

/// What it does when asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Fine,
    /// Takes the request and never answers.
    Hangs,
    /// Begins to answer and closes.
    ClosesMidStream,
    InvalidJson,
    /// Agrees only to a revision nobody knows.
    WrongProtocol,
    /// A page for people where JSON should be.
    Html,
    Status(u16),
}

struct Inner {
    revision: Revision,
    answers: Answers,
    mode: Mutex<Mode>,
    tools: Mutex<Vec<Value>>,
    sessions: Mutex<HashSet<String>>,
    /// `Authorization`, where one is needed.
    authorization: Mutex<Option<String>>,
    changes: broadcast::Sender<()>,
    calls: AtomicUsize,
    lists: AtomicUsize,
    initialized: AtomicUsize,
    cancelled: AtomicUsize,
    /// What a strict server would not accept.
    complaints: Mutex<Vec<String>>,
}

/// A running stand-in on a free port of the loopback.
pub struct McpStandIn {
    inner: Arc<Inner>,
    port: u16,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl McpStandIn {
    pub async fn start(revision: Revision, answers: Answers) -> Self {
        let inner = Arc::new(Inner {
            revision,
            answers,
            mode: Mutex::new(Mode::Fine),
            tools: Mutex::new(Self::tools()),
            sessions: Mutex::default(),
            authorization: Mutex::default(),
            changes: broadcast::channel(16).0,
            calls: AtomicUsize::default(),
            lists: AtomicUsize::default(),
            initialized: AtomicUsize::default(),
            cancelled: AtomicUsize::default(),
            complaints: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let this = Self { inner, port, task: Mutex::default() };
        this.serve(listener);
        this
    }

    fn serve(&self, listener: TcpListener) {
        let router = Router::new().route("/mcp", any(answer)).with_state(self.inner.clone());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.expect("serve") });
        *self.task.lock().unwrap() = Some(task);
    }

    /// The tools it begins with.
    #[must_use]
    pub fn tools() -> Vec<Value> {
        let object = |properties: Value, required: &[&str]| json!({"type": "object", "properties": properties, "required": required});
        vec![
            json!({"name": "getWeather", "title": "Weather", "description": "The weather of a city.",
                "inputSchema": {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "$defs": {"city": {"type": "string"}},
                    "properties": {"city": {"$ref": "#/$defs/city"}}, "required": ["city"]},
                "outputSchema": object(json!({"celsius": {"type": "number"}, "city": {"type": "string"}}), &["celsius"]),
                "annotations": {"readOnlyHint": true}}),
            json!({"name": "say-twice", "description": "Repeats.", "inputSchema": object(json!({"text": {"type": "string"}}), &["text"])}),
            json!({"name": "picture", "description": "A picture.", "inputSchema": object(json!({}), &[])}),
            json!({"name": "refuse", "description": "Reports an error.", "inputSchema": object(json!({}), &[])}),
            json!({"name": "sleep", "description": "Takes its time.", "inputSchema": object(json!({}), &[])}),
            json!({"name": "odd", "description": "Its schema cannot be said in draft-07.",
                "inputSchema": {"type": "object", "properties": {"a": {"$dynamicRef": "#node"}}}}),
        ]
    }

    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/mcp", self.port)
    }

    pub fn behave(&self, mode: Mode) {
        *self.inner.mode.lock().unwrap() = mode;
    }

    /// Wants this `Authorization` from now on.
    pub fn require(&self, authorization: &str) {
        *self.inner.authorization.lock().unwrap() = Some(authorization.to_owned());
    }

    /// Offers other tools from now on, and says so to who listens.
    pub fn change_tools(&self, change: impl FnOnce(&mut Vec<Value>)) {
        change(&mut self.inner.tools.lock().unwrap());
        let _ = self.inner.changes.send(());
    }

    /// The same without a word.
    pub fn change_tools_silently(&self, change: impl FnOnce(&mut Vec<Value>)) {
        change(&mut self.inner.tools.lock().unwrap());
    }

    /// Every session is unknown from now on, as after a restart.
    pub fn end_sessions(&self) {
        self.inner.sessions.lock().unwrap().clear();
    }

    /// Nobody listens any more.
    pub async fn go_down(&self) {
        let task = self.task.lock().unwrap().take();
        if let Some(task) = task {
            task.abort();
            let _ = task.await;
        }
    }

    pub async fn come_back(&self) {
        self.end_sessions();
        for _ in 0..50 {
            if let Ok(listener) = TcpListener::bind(("127.0.0.1", self.port)).await {
                return self.serve(listener);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the port is taken");
    }

    #[must_use]
    pub fn calls(&self) -> usize {
        self.inner.calls.load(Ordering::SeqCst)
    }

    #[must_use]
    pub fn lists(&self) -> usize {
        self.inner.lists.load(Ordering::SeqCst)
    }

    /// How often a session was begun.
    #[must_use]
    pub fn initialized(&self) -> usize {
        self.inner.initialized.load(Ordering::SeqCst)
    }

    /// How often it was told that nobody waits any more.
    #[must_use]
    pub fn cancelled(&self) -> usize {
        self.inner.cancelled.load(Ordering::SeqCst)
    }

    /// What clients did that a strict server does not accept.
    #[must_use]
    pub fn complaints(&self) -> Vec<String> {
        self.inner.complaints.lock().unwrap().clone()
    }
}

fn text_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn error(status: u16, id: &Value, code: i64, message: &str, data: Value) -> Response {
    let mut error = json!({"code": code, "message": message});
    if !data.is_null() {
        error["data"] = data;
    }
    (
        StatusCode::from_u16(status).expect("a status"),
        [(header::CONNECTION, "close")],
        axum::Json(json!({"jsonrpc": "2.0", "id": id, "error": error})),
    )
        .into_response()
}

impl Inner {
    fn complain(&self, what: impl Into<String>) {
        self.complaints.lock().unwrap().push(what.into());
    }
}

async fn answer(State(inner): State<Arc<Inner>>, method: Method, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(origin) = text_of(&headers, "origin") {
        inner.complain(format!("origin {origin}"));
        return StatusCode::FORBIDDEN.into_response();
    }
    let wanted = inner.authorization.lock().unwrap().clone();
    if wanted.is_some() && text_of(&headers, "authorization") != wanted.as_deref() {
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")]).into_response();
    }
    if inner.revision == Revision::Newest && method != Method::POST {
        inner.complain(format!("{method} in a revision that has only POST"));
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    match method {
        Method::GET => listen(&inner, &headers),
        Method::DELETE => {
            let known = text_of(&headers, "mcp-session-id").is_some_and(|id| inner.sessions.lock().unwrap().remove(id));
            if known { StatusCode::OK.into_response() } else { StatusCode::NOT_FOUND.into_response() }
        }
        Method::POST => post(&inner, &headers, &body).await,
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}

/// The stream of a session, on which changes of the tools are said.
fn listen(inner: &Arc<Inner>, headers: &HeaderMap) -> Response {
    if !text_of(headers, "accept").is_some_and(|accept| accept.contains("text/event-stream")) {
        return StatusCode::NOT_ACCEPTABLE.into_response();
    }
    if !text_of(headers, "mcp-session-id").is_some_and(|id| inner.sessions.lock().unwrap().contains(id)) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let changes = stream::unfold(inner.changes.subscribe(), async |mut changes| {
        changes.recv().await.ok()?;
        let message = json!({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"});
        Some((Ok::<_, std::io::Error>(Bytes::from(format!("event: message\ndata: {message}\n\n"))), changes))
    });
    let begin = stream::iter([Ok(Bytes::from(": listening\n\n"))]);
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(begin.chain(changes))).into_response()
}

async fn post(inner: &Arc<Inner>, headers: &HeaderMap, body: &Bytes) -> Response {
    let accept = text_of(headers, "accept").unwrap_or_default();
    if !(accept.contains("application/json") && accept.contains("text/event-stream")) {
        inner.complain(format!("accept: {accept}"));
        return StatusCode::NOT_ACCEPTABLE.into_response();
    }
    if !text_of(headers, "content-type").is_some_and(|kind| kind.starts_with("application/json")) {
        inner.complain("no JSON");
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    let Ok(message) = serde_json::from_slice::<Value>(body) else {
        return error(400, &Value::Null, -32700, "Parse error", Value::Null);
    };
    let (id, method) = (message["id"].clone(), message["method"].as_str().unwrap_or_default().to_owned());
    let params = message["params"].clone();
    let mode = *inner.mode.lock().unwrap();
    match mode {
        Mode::Hangs if !id.is_null() => {
            tokio::time::sleep(Duration::from_secs(120)).await;
            return StatusCode::GATEWAY_TIMEOUT.into_response();
        }
        Mode::Status(status) => return StatusCode::from_u16(status).expect("a status").into_response(),
        Mode::Html => return ([(header::CONTENT_TYPE, "text/html")], "<h1>Welcome</h1>").into_response(),
        Mode::InvalidJson if !id.is_null() => {
            return ([(header::CONTENT_TYPE, "application/json")], "{\"jsonrpc\": \"2.0\", \"id\": ").into_response();
        }
        Mode::ClosesMidStream if !id.is_null() => {
            let parts = stream::iter([Ok(Bytes::from("event: message\ndata: {\"jsonrpc\"")), Err(std::io::Error::other("gone"))]).then(
                async |part| {
                    tokio::time::sleep(Duration::from_millis(30)).await;
                    part
                },
            );
            return ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(parts)).into_response();
        }
        _ => {}
    }
    let checked = match inner.revision {
        Revision::Legacy => check_legacy(inner, headers, &method, &id),
        Revision::Newest => check_newest(inner, headers, &method, &id, &params),
    };
    if let Some(refused) = checked {
        return refused;
    }
    if id.is_null() {
        if method == "notifications/cancelled" {
            inner.cancelled.fetch_add(1, Ordering::SeqCst);
        }
        return StatusCode::ACCEPTED.into_response();
    }
    if method == "tools/call" && params["name"] == "sleep" {
        inner.calls.fetch_add(1, Ordering::SeqCst);
        return sleep(inner, &id, &params);
    }
    let (result, session) = match result(inner, &method, &params, mode) {
        Ok(found) => found,
        Err((code, message)) => {
            return error(if code == -32601 && inner.revision == Revision::Newest { 404 } else { 200 }, &id, code, message, Value::Null);
        }
    };
    let mut messages = Vec::new();
    if let Some(token) = params["_meta"].get("progressToken").filter(|_| method == "tools/call") {
        messages.push(json!({"jsonrpc": "2.0", "method": "notifications/progress",
            "params": {"progressToken": token, "progress": 1, "total": 2, "message": "half way"}}));
        messages.push(json!({"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": "looked it up"}}));
    }
    let message = json!({"jsonrpc": "2.0", "id": id, "result": result});
    let mut response = match inner.answers {
        Answers::Json => axum::Json(message).into_response(),
        Answers::EventStream => {
            messages.push(message);
            let text: String = messages.iter().map(|message| format!("event: message\ndata: {message}\n\n")).collect();
            ([(header::CONTENT_TYPE, "text/event-stream")], text).into_response()
        }
    };
    // So that nobody is left connected when it goes down.
    response.headers_mut().insert(header::CONNECTION, "close".parse().expect("a header"));
    if let Some(session) = session {
        response.headers_mut().insert("mcp-session-id", session.parse().expect("a header"));
    }
    response
}

/// An answer that never ends; when its stream is closed, the call was cancelled.
fn sleep(inner: &Arc<Inner>, id: &Value, _params: &Value) -> Response {
    struct Told(Arc<Inner>);
    impl Drop for Told {
        fn drop(&mut self) {
            if self.0.revision == Revision::Newest {
                self.0.cancelled.fetch_add(1, Ordering::SeqCst);
            }
        }
    }
    let told = Told(inner.clone());
    let _ = id;
    let ticks = stream::unfold(told, async |told| {
        tokio::time::sleep(Duration::from_millis(50)).await;
        Some((Ok::<_, std::io::Error>(Bytes::from(": still there\n\n")), told))
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(ticks)).into_response()
}

fn check_legacy(inner: &Inner, headers: &HeaderMap, method: &str, id: &Value) -> Option<Response> {
    if method == "initialize" {
        return None;
    }
    match text_of(headers, "mcp-session-id") {
        None => {
            if method != "server/discover" {
                inner.complain(format!("{method} without a session"));
            }
            Some(error(400, id, -32000, "Bad Request: Mcp-Session-Id is needed", Value::Null))
        }
        Some(session) if !inner.sessions.lock().unwrap().contains(session) => {
            Some(error(404, id, -32001, "Session not found", Value::Null))
        }
        Some(_) => {
            let version = text_of(headers, "mcp-protocol-version").unwrap_or("2025-03-26");
            let odd = *inner.mode.lock().unwrap() == Mode::WrongProtocol;
            (!odd && !LEGACY.contains(&version)).then(|| {
                inner.complain(format!("version {version}"));
                error(400, id, -32000, "Bad Request: unsupported protocol version", Value::Null)
            })
        }
    }
}

fn check_newest(inner: &Inner, headers: &HeaderMap, method: &str, id: &Value, params: &Value) -> Option<Response> {
    if id.is_null() {
        return None;
    }
    let meta = &params["_meta"];
    let version = meta["io.modelcontextprotocol/protocolVersion"].as_str().unwrap_or_default();
    if method == "initialize" {
        return Some(error(404, id, -32601, "Method not found", Value::Null));
    }
    if version != NEWEST {
        return Some(error(400, id, -32022, "Unsupported protocol version", json!({"supported": [NEWEST], "requested": version})));
    }
    let name = params["name"].as_str();
    let mismatch = text_of(headers, "mcp-protocol-version") != Some(NEWEST)
        || text_of(headers, "mcp-method") != Some(method)
        || (method == "tools/call" && text_of(headers, "mcp-name") != name);
    if mismatch {
        inner.complain(format!("headers of {method} do not match its body"));
        return Some(error(400, id, -32020, "Header mismatch", Value::Null));
    }
    let complete =
        meta["io.modelcontextprotocol/clientInfo"]["name"].is_string() && meta["io.modelcontextprotocol/clientCapabilities"].is_object();
    if !complete {
        inner.complain(format!("{method} without what its _meta needs"));
        return Some(error(400, id, -32602, "Missing _meta", Value::Null));
    }
    None
}

type Answered = (Value, Option<String>);

fn result(inner: &Inner, method: &str, params: &Value, mode: Mode) -> Result<Answered, (i64, &'static str)> {
    let info = json!({"name": "stand-in", "title": "Stand-in", "version": "1.2.3"});
    let newest = inner.revision == Revision::Newest;
    let with = |mut result: Value| {
        if newest {
            result["resultType"] = "complete".into();
            result["_meta"] = json!({"io.modelcontextprotocol/serverInfo": info});
        }
        result
    };
    match method {
        "initialize" if !newest => {
            inner.initialized.fetch_add(1, Ordering::SeqCst);
            let asked = params["protocolVersion"].as_str().unwrap_or_default();
            let version = match mode {
                Mode::WrongProtocol => "1999-01-01",
                _ if LEGACY.contains(&asked) => asked,
                _ => LEGACY[0],
            };
            let session = format!("session-{}", inner.initialized.load(Ordering::SeqCst));
            inner.sessions.lock().unwrap().insert(session.clone());
            Ok((
                json!({"protocolVersion": version, "capabilities": {"tools": {"listChanged": true}, "logging": {}}, "serverInfo": info}),
                Some(session),
            ))
        }
        "server/discover" if newest => {
            let known = if mode == Mode::WrongProtocol { "2099-01-01" } else { NEWEST };
            Ok((
                with(
                    json!({"supportedVersions": [known], "capabilities": {"tools": {}}, "serverInfo": info, "ttlMs": 0, "cacheScope": "private"}),
                ),
                None,
            ))
        }
        "tools/list" => {
            inner.lists.fetch_add(1, Ordering::SeqCst);
            // Two pages, so that the cursor is used.
            let tools = inner.tools.lock().unwrap().clone();
            let half = tools.len() / 2;
            let mut page = match params["cursor"].as_str() {
                None => json!({"tools": tools[..half], "nextCursor": "second"}),
                Some("second") => json!({"tools": tools[half..]}),
                Some(_) => return Err((-32602, "Unknown cursor")),
            };
            if newest {
                page["ttlMs"] = 600_000.into();
                page["cacheScope"] = "private".into();
            }
            Ok((with(page), None))
        }
        "tools/call" => {
            inner.calls.fetch_add(1, Ordering::SeqCst);
            let text = |text: &str| json!([{"type": "text", "text": text}]);
            let arguments = &params["arguments"];
            let result = match params["name"].as_str().unwrap_or_default() {
                "getWeather" => {
                    let found = json!({"city": arguments["city"], "celsius": 21.5});
                    json!({"content": text(&found.to_string()), "structuredContent": found, "isError": false})
                }
                "say-twice" => {
                    let said = arguments["text"].as_str().unwrap_or_default();
                    json!({"content": [{"type": "text", "text": said}, {"type": "text", "text": said}]})
                }
                "picture" => {
                    json!({"content": [{"type": "text", "text": "Here"}, {"type": "image", "data": "aGk=", "mimeType": "image/png"}]})
                }
                "refuse" => json!({"content": text("There is no such city."), "isError": true}),
                _ => return Err((-32602, "Unknown tool")),
            };
            Ok((with(result), None))
        }
        "ping" if !newest => Ok((json!({}), None)),
        _ => Err((-32601, "Method not found")),
    }
}
