use chrono::Duration;
use serde_json::{Value, json};
use support::TestSystem;
use toolcrib::access::Scope;

fn tool(name: &str) -> Value {
    json!({"name": name, "kind": "api_request", "status": "active", "visibility": "public", "retry_policy": {"max_attempts": 1},
        "api_spec": {"method": "GET", "base_url": "http://127.0.0.1:9", "path": "/", "auth_type": "none"}})
}

const SCOPES: [Scope; 3] = [Scope::Read, Scope::Write, Scope::Execute];

#[tokio::test]
async fn a_repeated_write_is_done_once_and_answered_alike() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &SCOPES).await;
    let make = |key: &'static str, name: &'static str| {
        program.post(server.url("/v1/tools")).header("idempotency-key", key).json(&tool(name)).send()
    };
    let first = make("k1", "one").await.unwrap();
    let (location, etag) = (first.headers()["location"].clone(), first.headers()["etag"].clone());
    assert_eq!((first.status().as_u16(), first.headers().get("idempotency-replayed")), (201, None));
    let first: Value = first.json().await.unwrap();
    let again = make("k1", "one").await.unwrap();
    assert_eq!((again.status().as_u16(), &again.headers()["location"], &again.headers()["etag"]), (201, &location, &etag));
    assert_eq!(again.headers()["idempotency-replayed"], "true");
    assert_eq!(again.json::<Value>().await.unwrap(), first);
    assert_eq!(make("k1", "two").await.unwrap().status(), 422, "the same key for something else");
    let call = |key: &'static str| {
        let path = server.url(&format!("/v1/tools/{}/execute", first["id"].as_str().unwrap()));
        program.post(path).header("idempotency-key", key).json(&json!({})).send()
    };
    let (a, b): (Value, Value) = (call("run").await.unwrap().json().await.unwrap(), call("run").await.unwrap().json().await.unwrap());
    assert_eq!(a["id"], b["id"], "the tool was called twice");
    let executions: i64 = sqlx::query_scalar("select count(*) from tool_executions").fetch_one(test.owner()).await.unwrap();
    assert_eq!(executions, 1);
    test.pass(Duration::hours(25));
    assert_eq!(make("k1", "one").await.unwrap().status(), 409, "forgotten after a day: done anew, and refused for the name");
}

#[tokio::test]
async fn a_refusal_is_kept_too_but_not_one_that_passes() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &SCOPES).await;
    let mut limited = tool("limited");
    limited["rate_limit_per_minute"] = json!(1);
    let made: Value = program.post(server.url("/v1/tools")).json(&limited).send().await.unwrap().json().await.unwrap();
    let path = server.url(&format!("/v1/tools/{}/execute", made["id"].as_str().unwrap()));
    let call = |key: &'static str, body: Value| program.post(&path).header("idempotency-key", key).json(&body).send();
    let wrong = json!({"inputs": 7});
    assert_eq!(call("wrong", wrong.clone()).await.unwrap().status(), 422);
    assert_eq!(call("wrong", wrong).await.unwrap().headers()["idempotency-replayed"], "true");
    assert_eq!(call("a", json!({})).await.unwrap().status(), 200);
    assert_eq!(call("b", json!({})).await.unwrap().status(), 429);
    test.pass(Duration::seconds(62));
    assert_eq!(call("b", json!({})).await.unwrap().status(), 200, "the key was free to try again");
}

#[tokio::test]
async fn of_two_at_once_one_works_and_the_other_is_told_to_wait() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &SCOPES).await;
    // Answers after a while, and only once.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let upstream = tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let (mut caller, _) = listener.accept().await.unwrap();
        let _ = caller.read(&mut [0; 4096]).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(700)).await;
        caller
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
            .await
            .unwrap();
    });
    let mut slow = tool("slow");
    slow["api_spec"]["base_url"] = json!(format!("http://{address}"));
    let made: Value = program.post(server.url("/v1/tools")).json(&slow).send().await.unwrap().json().await.unwrap();
    let path = server.url(&format!("/v1/tools/{}/execute", made["id"].as_str().unwrap()));
    let call = || program.post(&path).header("idempotency-key", "same").json(&json!({})).send();
    let (a, b) = tokio::join!(call(), call());
    let mut statuses = [a.unwrap().status().as_u16(), b.unwrap().status().as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    upstream.await.unwrap();
    let later = call().await.unwrap();
    assert_eq!((later.status().as_u16(), later.headers().contains_key("idempotency-replayed")), (200, true));
}

#[tokio::test]
async fn a_key_belongs_to_one_actor_and_looks_like_one() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let server = test.server().await;
    let (ours, theirs) = (test.program(&owner, &SCOPES).await, test.program(&stranger, &SCOPES).await);
    for program in [&ours, &theirs] {
        let made = program.post(server.url("/v1/tools")).header("idempotency-key", "shared").json(&tool("one")).send().await.unwrap();
        assert_eq!((made.status().as_u16(), made.headers().get("idempotency-replayed")), (201, None));
    }
    let long = "k".repeat(256);
    for key in ["", " ", &long, "two words"] {
        let refused = ours.post(server.url("/v1/tools")).header("idempotency-key", key).json(&tool("two")).send().await.unwrap();
        assert_eq!(refused.status(), 400, "{key:?}");
    }
    let nobody = server.post("/v1/tools").header("idempotency-key", "k").json(&tool("two")).send().await.unwrap();
    assert_eq!(nobody.status(), 401);
}

#[tokio::test]
async fn a_key_whose_server_died_says_that_nobody_knows() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &SCOPES).await;
    let make = || program.post(server.url("/v1/tools")).header("idempotency-key", "k").json(&tool("one")).send();
    assert_eq!(make().await.unwrap().status(), 201);
    sqlx::query(
        "update idempotency_keys set status = null, body = null, server_id = gen_random_uuid(), created_at = now() - interval '1 minute'",
    )
    .execute(test.owner())
    .await
    .unwrap();
    let refused = make().await.unwrap();
    assert_eq!(refused.status(), 409);
    assert!(refused.json::<Value>().await.unwrap()["detail"].as_str().unwrap().contains("may or may not have been done"));
}
