//! A stand-in for Pipedream Connect. Refuses what the real service refuses, and fails in every way that it can, by the action's id.

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

pub const CLIENT_ID: &str = "pd-client-canary-1234";
pub const CLIENT_SECRET: &str = "pd-secret-canary-567890";
pub const PROJECT: &str = "proj_abc123";

#[derive(Clone)]
pub struct Pipedream {
    pub url: String,
    /// How many tokens were given out; the newest is the valid one.
    pub tokens: Arc<AtomicUsize>,
    /// How many seconds a token is good for.
    pub expires_in: Arc<AtomicU64>,
    /// Next request finds its token withdrawn.
    pub withdraw: Arc<AtomicBool>,
    /// The token endpoint answers 503.
    pub down: Arc<AtomicBool>,
    /// The token endpoint takes the request and never answers.
    pub hangs: Arc<AtomicBool>,
    /// The token endpoint answers 200 with a page for people.
    pub not_json: Arc<AtomicBool>,
    /// What was run: environment and body.
    pub runs: Arc<Mutex<Vec<(String, Value)>>>,
    asked: Arc<AtomicUsize>,
}

impl Pipedream {
    /// On a free port.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let this = Self {
            url,
            tokens: Arc::default(),
            expires_in: Arc::new(AtomicU64::new(3600)),
            withdraw: Arc::default(),
            down: Arc::default(),
            hangs: Arc::default(),
            not_json: Arc::default(),
            runs: Arc::default(),
            asked: Arc::default(),
        };
        let router = Router::new()
            .route("/v1/oauth/token", post(token))
            .route("/v1/connect/{project}/actions/run", post(run))
            .fallback(|| async { refuse(StatusCode::NOT_FOUND, "record not found") })
            .with_state(this.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.expect("serve") });
        this
    }
}

fn refuse(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({"error": error}))).into_response()
}

fn is_json(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.to_str().is_ok_and(|kind| kind.starts_with("application/json")))
}

async fn token(State(this): State<Pipedream>, headers: HeaderMap, body: Bytes) -> Response {
    if this.down.load(Ordering::SeqCst) {
        return refuse(StatusCode::SERVICE_UNAVAILABLE, "try again later");
    }
    if this.hangs.load(Ordering::SeqCst) {
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
    if this.not_json.load(Ordering::SeqCst) {
        return format!("<h1>Sign in</h1> {}", String::from_utf8_lossy(&body)).into_response();
    }
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    if !is_json(&headers) || body["grant_type"] != "client_credentials" {
        return refuse(StatusCode::BAD_REQUEST, "unsupported_grant_type");
    }
    if body["client_id"] != CLIENT_ID || body["client_secret"] != CLIENT_SECRET {
        return refuse(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    let count = this.tokens.fetch_add(1, Ordering::SeqCst) + 1;
    Json(json!({"access_token": format!("pd-token-canary-{count}"), "token_type": "Bearer", "expires_in": this.expires_in.load(Ordering::SeqCst)})).into_response()
}

async fn run(State(this): State<Pipedream>, Path(project): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let valid = format!("Bearer pd-token-canary-{}", this.tokens.load(Ordering::SeqCst));
    if text("authorization") != valid || this.withdraw.swap(false, Ordering::SeqCst) {
        return refuse(StatusCode::UNAUTHORIZED, "invalid or expired access token");
    }
    let environment = text("x-pd-environment");
    if !matches!(environment.as_str(), "development" | "production") {
        return refuse(StatusCode::BAD_REQUEST, "x-pd-environment must be development or production");
    }
    if project != PROJECT {
        return refuse(StatusCode::NOT_FOUND, "project not found");
    }
    let Some(body) = serde_json::from_slice::<Value>(&body).ok().filter(|body| is_json(&headers) && body.is_object()) else {
        return refuse(StatusCode::BAD_REQUEST, "body must be a JSON object");
    };
    let known = ["id", "external_user_id", "version", "configured_props", "dynamic_props_id", "stash_id"];
    if let Some(name) = body.as_object().into_iter().flatten().map(|(name, _)| name).find(|name| !known.contains(&name.as_str())) {
        return refuse(StatusCode::BAD_REQUEST, &format!("unknown field {name}"));
    }
    if body["external_user_id"].as_str().is_none_or(str::is_empty) {
        return refuse(StatusCode::BAD_REQUEST, "external_user_id is required");
    }
    if !body["configured_props"].is_object() {
        return refuse(StatusCode::BAD_REQUEST, "configured_props must be an object");
    }
    let asked = this.asked.fetch_add(1, Ordering::SeqCst);
    let line = |kind: &str, message: &str| json!({"k": kind, "ts": 1_767_225_600_000_u64, "msg": message});
    match body["id"].as_str().unwrap_or_default() {
        "gitlab-list-projects" => {}
        "busy-once" if asked == 0 => {
            return ([(header::RETRY_AFTER, "0")], refuse(StatusCode::TOO_MANY_REQUESTS, "rate limit exceeded")).into_response();
        }
        "busy-once" => {}
        "busy" => return ([(header::RETRY_AFTER, "900")], refuse(StatusCode::TOO_MANY_REQUESTS, "rate limit exceeded")).into_response(),
        "throws" => {
            let os = json!([line("log", "about to fail"), {"k": "error", "ts": 1, "err": {"name": "Error", "message": "No such project"}}]);
            return Json(json!({"exports": {}, "os": os, "ret": null, "stash_id": null})).into_response();
        }
        "forbidden" => return refuse(StatusCode::FORBIDDEN, "account not connected"),
        "down" => return refuse(StatusCode::BAD_GATEWAY, "bad gateway"),
        "hangs" => tokio::time::sleep(Duration::from_secs(60)).await,
        "not-json" => return "<h1>Hello</h1>".into_response(),
        "endless" => {
            let endless = stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; 65_536])));
            return Body::from_stream(endless).into_response();
        }
        "breaks-off" => {
            // The head and the first bytes go out before it breaks.
            let parts = stream::iter([Ok(Bytes::from("{\"exports\": ")), Err(std::io::Error::other("gone"))]).then(async |part| {
                tokio::time::sleep(Duration::from_millis(50)).await;
                part
            });
            return Body::from_stream(parts).into_response();
        }
        "redirects" => return (StatusCode::FOUND, [(header::LOCATION, "http://169.254.169.254/")]).into_response(),
        "odd" => return Json(json!({"result": 1})).into_response(),
        "leaks" => {
            let os = json!([line("log", &format!("token {}", text("authorization")))]);
            return Json(json!({"exports": {"secret": CLIENT_SECRET}, "os": os, "ret": text("authorization")})).into_response();
        }
        _ => return refuse(StatusCode::NOT_FOUND, "component not found"),
    }
    this.runs.lock().unwrap().push((environment, body.clone()));
    let os = json!([line("log", "listing projects"), {"k": "log", "ts": 2, "msg": {"count": 2}}]);
    Json(json!({"exports": {"$summary": "Found 2 projects"}, "os": os, "ret": [{"name": "a"}, {"name": "b"}], "stash_id": null}))
        .into_response()
}
