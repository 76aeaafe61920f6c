//! The platform tools that call out, against receivers that take what comes, that check it, and that fail in every way.

use super::with_platform_tools;
use crate::keys::everybody;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect},
    routing::{any, post},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use futures_util::stream;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use support::TestSystem;
use toolcrib::{
    actor::Actor,
    builtins::install::id_of,
    executions::{ErrorClass, ExecuteRequest, Execution, Status, execute},
    keys::{self, NewKey, Secret},
};

const SIGNING: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// What came in: headers, and the body byte for byte.
type Taken = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

struct Scene {
    test: TestSystem,
    owner: Actor,
    base: String,
    taken: Taken,
}

impl Scene {
    async fn new() -> Self {
        let taken = Taken::default();
        let take = async |State(taken): State<Taken>, headers: HeaderMap, body: Bytes| {
            taken.lock().unwrap().push((headers, body));
            ([(header::CONTENT_TYPE, "application/json")], "{\"taken\": true}")
        };
        let refuse = async |State(taken): State<Taken>, headers: HeaderMap, body: Bytes| {
            taken.lock().unwrap().push((headers, body));
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "0")], "later")
        };
        let twice = async |State(taken): State<Taken>, headers: HeaderMap, body: Bytes| {
            let mut taken = taken.lock().unwrap();
            taken.push((headers, body));
            if taken.len() < 3 {
                (StatusCode::BAD_GATEWAY, [(header::RETRY_AFTER, "0")], "later").into_response()
            } else {
                "done".into_response()
            }
        };
        let endless = async || Body::from_stream(stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; 65_536]))));
        let router = Router::new()
            .route("/take", any(take))
            .route("/refuse", any(refuse))
            .route("/twice", post(twice))
            .route("/hang", any(async || tokio::time::sleep(Duration::from_secs(60)).await))
            .route("/metadata", any(async || Redirect::temporary("http://169.254.169.254/latest/meta-data")))
            .route("/endless", any(endless))
            .with_state(taken.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let test = with_platform_tools().await;
        let (_, owner) = test.organization("acme").await;
        let mut key = NewKey::new("WEBHOOK_SIGNING_SECRET", Secret::from(SIGNING));
        key.mappings.push(everybody());
        keys::create(test.system(), &owner, key).await.unwrap();
        Self { test, owner, base, taken }
    }

    /// Nothing listens there.
    async fn nowhere() -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    }

    async fn patience(&self, ms: i32) {
        sqlx::query("update tools set timeout_ms = $1 where organization_id is null").bind(ms).execute(self.test.owner()).await.unwrap();
    }

    async fn call(&self, tool: &str, inputs: Value) -> Execution {
        execute(self.test.system(), &self.owner, ExecuteRequest::new(id_of(tool), inputs)).await.unwrap()
    }

    async fn webhook(&self, url: String) -> Execution {
        self.call(
            "send_webhook",
            json!({"url": url, "type": "order.created", "data": {"order": 17, "note": "é \"quoted\"", "key": SIGNING}}),
        )
        .await
    }

    fn taken(&self) -> Vec<(HeaderMap, Bytes)> {
        self.taken.lock().unwrap().clone()
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers[name].to_str().unwrap()
}

/// As a receiver checks it, over the bytes that came.
fn check((headers, body): &(HeaderMap, Bytes), now: i64) {
    let (id, timestamp) = (header(headers, "webhook-id"), header(headers, "webhook-timestamp"));
    assert!((timestamp.parse::<i64>().unwrap() - now).abs() < 60, "{timestamp}");
    let mut mac = Hmac::<Sha256>::new_from_slice(&STANDARD.decode(SIGNING.trim_start_matches("whsec_")).unwrap()).unwrap();
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    assert_eq!(header(headers, "webhook-signature"), format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())));
}

#[tokio::test]
async fn a_webhook_is_delivered_and_the_receiver_can_check_it() {
    let scene = Scene::new().await;
    let done = scene.webhook(format!("{}/take", scene.base)).await;
    assert_eq!(done.status, Status::Success, "{:?}", done.error_message);
    let [message] = &scene.taken()[..] else { panic!("taken once") };
    check(message, scene.test.now().timestamp());
    let event: Value = serde_json::from_slice(&message.1).unwrap();
    assert_eq!(
        (&event["type"], &event["data"]["order"], &event["data"]["note"]),
        (&json!("order.created"), &json!(17), &json!("é \"quoted\""))
    );
    assert_eq!(header(&message.0, "content-type"), "application/json");
    let outputs = done.outputs.as_ref().unwrap();
    assert_eq!((&outputs["status"], &outputs["body"]), (&json!(200), &json!({"taken": true})));
    assert_eq!(outputs["id"].as_str().unwrap(), header(&message.0, "webhook-id"));
    assert!(!serde_json::to_string(&done).unwrap().contains(SIGNING), "the key went in as data, too");
}

#[tokio::test]
async fn a_receiver_that_is_down_gets_the_same_message_again_and_can_tell() {
    let scene = Scene::new().await;
    let done = scene.webhook(format!("{}/twice", scene.base)).await;
    assert_eq!(done.status, Status::Success, "{:?}", done.error_message);
    let taken = scene.taken();
    assert_eq!(taken.len(), 3);
    for message in &taken {
        check(message, scene.test.now().timestamp());
        assert_eq!((header(&message.0, "webhook-id"), &message.1), (header(&taken[0].0, "webhook-id"), &taken[0].1));
    }
    let other = scene.webhook(format!("{}/take", scene.base)).await;
    assert_ne!(other.outputs.unwrap()["id"], json!(header(&taken[0].0, "webhook-id")), "another event is another message");
    let refused = scene.webhook(format!("{}/refuse", scene.base)).await;
    assert_eq!((refused.error_class, scene.taken().len()), (Some(ErrorClass::Upstream), 3 + 1 + 4), "four times, then it is given up");
    assert!(refused.error_message.unwrap().contains("503"));
}

#[tokio::test]
async fn every_trouble_of_the_other_side_has_its_class_and_its_words() {
    let scene = Scene::new().await;
    scene.patience(3_000).await;
    let nowhere = Scene::nowhere().await;
    for tool in ["http_request", "send_webhook"] {
        for (url, status, class, words) in [
            (format!("{nowhere}/"), Status::Failed, ErrorClass::Upstream, "connection to 127.0.0.1 failed"),
            (format!("{}/metadata", scene.base), Status::Failed, ErrorClass::Upstream, "169.254.169.254"),
            (format!("{}/endless", scene.base), Status::Failed, ErrorClass::Upstream, "larger than 5 MiB"),
            (format!("{}/hang", scene.base), Status::Timeout, ErrorClass::Timeout, "within 3 s"),
            ("http://169.254.169.254/".to_owned(), Status::Failed, ErrorClass::Upstream, "not on the public internet"),
            ("http://user:word@127.0.0.1/".to_owned(), Status::InvalidInput, ErrorClass::InvalidInput, "No user or password"),
            ("file:///etc/passwd".to_owned(), Status::InvalidInput, ErrorClass::InvalidInput, "https://"),
        ] {
            let began = Instant::now();
            let done = if tool == "send_webhook" { scene.webhook(url.clone()).await } else { scene.call(tool, json!({"url": url})).await };
            let message = done.error_message.clone().unwrap_or_default();
            assert_eq!((done.status, done.error_class, message.contains(words)), (status, Some(class), true), "{tool} {url}: {message}");
            assert!(began.elapsed() < Duration::from_secs(20), "{tool} {url}");
        }
    }
    assert!(scene.taken().is_empty());
}

#[tokio::test]
async fn a_request_goes_out_as_it_was_given_and_comes_back_whole() {
    let scene = Scene::new().await;
    let inputs = json!({"url": format!("{}/take?a=1", scene.base), "method": "PUT", "query": {"b": "x y"}, "headers": {"X-Note": "n"}, "body": {"n": [1]}});
    let done = scene.call("http_request", inputs).await;
    assert_eq!(
        done.outputs,
        Some(json!({"status": 200, "content_type": "application/json", "body": {"taken": true}})),
        "{:?}",
        done.error_message
    );
    let [(headers, body)] = &scene.taken()[..] else { panic!("taken once") };
    assert_eq!(
        (header(headers, "x-note"), header(headers, "content-type"), body.as_ref()),
        ("n", "application/json", b"{\"n\":[1]}".as_slice())
    );
    let done = scene.call("http_request", json!({"url": format!("{}/take", scene.base), "headers": {"Host": "elsewhere.example"}})).await;
    assert_eq!(done.status, Status::InvalidInput, "who is asked is not to be disguised");
}
