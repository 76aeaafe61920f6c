use super::call;
use crate::tools::request;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect},
    routing::{any, get},
};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use support::{TestSystem, changing_names, under_a_name};
use toolcrib::{
    config::Names,
    executions::{ErrorClass, ExecuteRequest, Execution, Status, execute},
};

type Calls = Arc<AtomicUsize>;

/// An API that misbehaves in every way, on a free port.
async fn api() -> (String, Calls) {
    let calls = Calls::default();
    let router = Router::new()
        .route("/echo/{id}", any(async |Query(query): Query<HashMap<String, String>>, headers: HeaderMap, body: String| {
            axum::Json(json!({"query": query, "note": headers.get("x-note").map(|v| v.to_str().unwrap_or_default()), "body": serde_json::from_str::<Value>(&body).ok()}))
        }))
        .route("/hang", get(async || tokio::time::sleep(Duration::from_secs(60)).await))
        .route("/endless", get(async || Body::from_stream(stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; 65_536]))))))
        .route("/metadata", get(async || Redirect::temporary("http://169.254.169.254/latest/meta-data")))
        .route("/loop", get(async || Redirect::temporary("/loop")))
        .route("/broken", get(async || ([(header::CONTENT_TYPE, "application/json")], "{\"a\": ")))
        .route("/half", get(async |State(calls): State<Calls>| {
            calls.fetch_add(1, Ordering::SeqCst);
            let parts = stream::iter([Ok(Bytes::from("{\"a\"")), Err(std::io::Error::other("gone"))]);
            // The head and the first bytes go out before it breaks.
            Body::from_stream(parts.then(async |part| {
                tokio::time::sleep(Duration::from_millis(50)).await;
                part
            }))
        }))
        .route("/busy", any(async |State(calls): State<Calls>| {
            let busy = calls.fetch_add(1, Ordering::SeqCst) < 2;
            if busy { (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "0")], "later").into_response() } else { "now".into_response() }
        }))
        .route("/teapot", get(async || (StatusCode::IM_A_TEAPOT, axum::Json(json!({"why": "short and stout"})))))
        .with_state(calls.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (format!("http://{address}"), calls)
}

async fn fetch(path: &str, method: &str, timeout_ms: i32) -> (Execution, usize) {
    let (base, calls) = api().await;
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let mut tool = request("fetch", json!({"baseUrl": base, "path": path, "method": method}), json!({}));
    tool.timeout_ms = timeout_ms;
    tool.retry_policy.backoff_ms = 10;
    let execution = call(&test, &owner, tool, json!({})).await;
    (execution, calls.load(Ordering::SeqCst))
}

#[tokio::test]
async fn inputs_arrive_where_the_template_puts_them() {
    let (base, _) = api().await;
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let spec = json!({"baseUrl": base, "path": "/echo/{id}", "method": "POST", "queryParams": {"q": "{{q}}", "none": "{{none}}"},
        "headers": {"X-Note": "{{q}}"}, "bodyTemplate": {"list": "{{list}}", "text": "q is {{q}}"}});
    let schema = json!({"type": "object", "properties": {"id": {"type": "string"}, "q": {"type": "string"}, "none": {"type": "string"}, "list": {"type": "array"}}});
    let done = call(&test, &owner, request("echo", spec, schema), json!({"id": "a/b", "q": "1&2", "list": [1, {"a": "\"}"}]})).await;
    assert_eq!(done.status, Status::Success, "{:?}", done.error_message);
    assert_eq!(done.outputs, Some(json!({"query": {"q": "1&2"}, "note": "1&2", "body": {"list": [1, {"a": "\"}"}], "text": "q is 1&2"}})));
    assert_eq!(done.account["response"]["status"], 200);
}

#[tokio::test]
async fn an_api_that_hangs_is_a_timeout() {
    let began = Instant::now();
    let (done, _) = fetch("/hang", "GET", 500).await;
    assert_eq!((done.status, done.error_class), (Status::Timeout, Some(ErrorClass::Timeout)));
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn an_endless_response_is_cut_off() {
    let (done, _) = fetch("/endless", "GET", 20_000).await;
    assert_eq!((done.status, done.error_class), (Status::Failed, Some(ErrorClass::Upstream)));
    assert!(done.error_message.unwrap().contains("larger than 5 MiB"));
}

#[tokio::test]
async fn a_redirect_into_the_cloud_s_metadata_is_not_followed() {
    let (done, _) = fetch("/metadata", "GET", 5_000).await;
    assert_eq!(done.error_class, Some(ErrorClass::Upstream));
    assert!(done.error_message.unwrap().contains("169.254.169.254"));
}

#[tokio::test]
async fn a_name_that_changes_its_answer_after_the_check_leads_to_nothing_inside() {
    let (base, calls) = api().await;
    let (names, asked) = changing_names();
    let test = TestSystem::with(move |config| config.names = names).await;
    let (_, owner) = test.organization("acme").await;
    let spec = json!({"baseUrl": under_a_name(&base), "path": "/half", "method": "GET"});
    let mut tool = request("fetch", spec, json!({}));
    tool.timeout_ms = 2_000;
    tool.retry_policy.max_attempts = 1;
    let tool = toolcrib::tools::create(test.system(), &owner, tool).await.unwrap();
    let call = async || execute(test.system(), &owner, ExecuteRequest::new(tool.id, json!({}))).await.unwrap();
    let first = call().await;
    // The address that was checked is the one that was tried; the name was not looked up a second time for the connection.
    assert!(matches!(first.error_class, Some(ErrorClass::Upstream | ErrorClass::Timeout)), "{first:?}");
    assert_eq!((asked.load(Ordering::SeqCst), calls.load(Ordering::SeqCst)), (1, 0));
    let second = call().await;
    assert_eq!((second.error_class, calls.load(Ordering::SeqCst)), (Some(ErrorClass::Upstream), 0));
    assert!(second.error_message.unwrap().contains("not on the public internet"));
}

#[tokio::test]
async fn one_private_address_among_public_ones_is_enough_to_refuse_a_name() {
    let names = Names::by(|_| vec!["2606:4700::1111".parse().unwrap(), IpAddr::from([169, 254, 169, 254])]);
    let test = TestSystem::with(move |config| config.names = names).await;
    let (_, owner) = test.organization("acme").await;
    let spec = json!({"baseUrl": "http://mixed.example", "path": "/", "method": "GET"});
    let done = call(&test, &owner, request("fetch", spec, json!({})), json!({})).await;
    assert_eq!(done.error_class, Some(ErrorClass::Upstream));
    assert!(done.error_message.unwrap().contains("not on the public internet"));
}

#[tokio::test]
async fn redirects_end_after_five() {
    let (done, _) = fetch("/loop", "GET", 5_000).await;
    assert!(done.error_message.unwrap().contains("More than 5 redirects"));
}

#[tokio::test]
async fn json_that_is_none_is_said_to_be_none() {
    let (done, _) = fetch("/broken", "GET", 5_000).await;
    assert_eq!((done.error_class, done.outputs), (Some(ErrorClass::Upstream), Some(json!("{\"a\": "))));
}

#[tokio::test]
async fn a_connection_that_breaks_off_is_tried_again_and_then_told() {
    let (done, calls) = fetch("/half", "GET", 10_000).await;
    assert_eq!((done.error_class, calls), (Some(ErrorClass::Upstream), 3));
    assert!(done.error_message.unwrap().contains("broke off"));
}

#[tokio::test]
async fn a_busy_api_is_asked_again_but_never_twice_with_post() {
    let (done, calls) = fetch("/busy", "GET", 10_000).await;
    assert_eq!((done.status, done.outputs, calls), (Status::Success, Some(json!("now")), 3));
    let (done, calls) = fetch("/busy", "POST", 10_000).await;
    assert_eq!((done.status, calls), (Status::Failed, 1));
}

#[tokio::test]
async fn an_error_status_keeps_what_the_api_said() {
    let (done, _) = fetch("/teapot", "GET", 5_000).await;
    assert_eq!((done.status, done.outputs), (Status::Failed, Some(json!({"why": "short and stout"}))));
    assert!(done.error_message.unwrap().contains("418"));
}

#[tokio::test]
async fn a_private_host_is_called_only_when_it_was_opened() {
    let (base, _) = api().await;
    let test = TestSystem::with(|config| config.allow_private_hosts.clear()).await;
    let (_, owner) = test.organization("acme").await;
    let done =
        call(&test, &owner, request("fetch", json!({"baseUrl": base, "path": "/teapot", "method": "GET"}), json!({})), json!({})).await;
    assert!(done.error_message.unwrap().contains("TOOLCRIB_ALLOW_PRIVATE_HOSTS"));
}

#[tokio::test]
async fn nobody_listening_is_an_upstream_failure_and_a_missing_key_is_unauthorized() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let mut tool = request("closed", json!({"baseUrl": "http://127.0.0.1:1", "method": "GET"}), json!({}));
    tool.retry_policy.max_attempts = 1;
    let done = call(&test, &owner, tool, json!({})).await;
    assert_eq!((done.status, done.error_class), (Status::Failed, Some(ErrorClass::Upstream)));
    let spec = json!({"baseUrl": "http://127.0.0.1:1", "method": "GET", "authType": "bearer", "authKeyName": "WEATHER_KEY"});
    let done = call(&test, &owner, request("locked", spec, json!({})), json!({})).await;
    assert_eq!(done.status, Status::Unauthorized);
    assert!(done.error_message.unwrap().contains("WEATHER_KEY"));
}
