//! Servers that are killed while they run workflows: no run is lost, no finished node runs twice, nothing is left behind.
//!
//! Shortened here; `make soak` does it in full (`TOOLCRIB_SOAK`): 500 runs on two servers, 50 kills.

use super::{Data, Server};
use axum::{
    Json, Router,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use reqwest::Client;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use support::TestSystem;
use toolcrib::access::Scope;

/// A service that adds one, slowly enough to be caught at it, and counts who asked how often. What asks with `flaky` is refused the first time.
#[derive(Clone, Default)]
pub struct Upstream(Arc<Mutex<BTreeMap<String, u32>>>);

impl Upstream {
    pub async fn listen(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let this = self.clone();
        let answer = move |headers: HeaderMap, Json(body): Json<Value>| async move { this.answer(&headers, &body).await };
        let router = Router::new().route("/add", post(answer));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        format!("http://{address}")
    }

    async fn answer(&self, headers: &HeaderMap, body: &Value) -> Response {
        let (Some(key), Some(number)) = (headers.get("idempotency-key").and_then(|key| key.to_str().ok()), body["number"].as_i64()) else {
            return StatusCode::BAD_REQUEST.into_response();
        };
        let times = {
            let mut asked = self.0.lock().unwrap();
            let times = asked.entry(key.to_owned()).or_default();
            *times += 1;
            *times
        };
        tokio::time::sleep(Duration::from_millis(60)).await;
        if body["flaky"] == true && times == 1 {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        Json(json!({"number": number + 1})).into_response()
    }
}

/// Two servers, of which one is killed now and then. Whoever asks them takes the one that answers.
pub struct Pair {
    pub addresses: Mutex<[String; 2]>,
    pub program: Client,
}

impl Pair {
    /// Asks until somebody answers.
    pub async fn post(&self, path: &str, body: &Value, mut first: usize) -> Value {
        let began = Instant::now();
        loop {
            let address = self.addresses.lock().unwrap()[first % 2].clone();
            let asked = self.program.post(format!("http://{address}{path}")).json(body).timeout(Duration::from_secs(5)).send().await;
            if let Ok(answer) = asked {
                let status = answer.status().as_u16();
                if let Ok(answer) = answer.json::<Value>().await {
                    assert!(matches!(status, 200..=202), "{answer}");
                    return answer;
                }
            }
            assert!(began.elapsed() < Duration::from_secs(30), "no server answers");
            first += 1;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// The shapes, each with what it makes of a number.
pub async fn shapes(pair: &Pair, upstream: &str) -> Vec<(String, fn(i64) -> Value)> {
    let tool = json!({"name": "add", "kind": "api_request", "status": "active", "visibility": "public",
        "api_spec": {"method": "POST", "base_url": upstream, "path": "/add", "body_template": {"number": "{{number}}", "flaky": "{{flaky}}"}},
        "input_schema": {"type": "object", "properties": {"number": {"type": "integer"}, "flaky": {"type": "boolean"}}, "required": ["number"]}});
    let add = pair.post("/v1/tools", &tool, 0).await["id"].clone();
    let input = json!({"id": "in", "type": "input", "config": {"fields": [{"name": "number", "type": "integer", "required": true}]}});
    let tool = |id: &str| json!({"id": id, "toolId": add, "config": {"inputs": {"flaky": false}}});
    let edge = |from: &str, to: &str| json!({"id": format!("{from}_{to}"), "source": from, "target": to, "mapping": {"number": "number"}});
    let order = |from: &str, to: &str| json!({"id": format!("{from}_{to}"), "source": from, "target": to});
    let make = async |name: &str, nodes: Value, edges: Value| -> String {
        let new = json!({"name": name, "visibility": "public", "definition": {"nodes": nodes, "edges": edges}});
        pair.post("/v1/workflows", &new, 0).await["id"].as_str().unwrap().to_owned()
    };
    let chain = make(
        "chain",
        json!([input, tool("a"), tool("b"), tool("c"), {"id": "out", "type": "output"}]),
        json!([edge("in", "a"), edge("a", "b"), edge("b", "c"), edge("c", "out")]),
    )
    .await;
    let diamond = make(
        "diamond",
        json!([input, tool("a"), tool("b"), tool("c"), {"id": "sum", "type": "transform", "config": {"expressions": {"number": "b.number + c.number"}}}]),
        json!([edge("in", "a"), edge("a", "b"), edge("a", "c"), order("b", "sum"), order("c", "sum")]),
    )
    .await;
    let list = make(
        "list",
        json!([input, {"id": "list", "type": "transform", "config": {"result": "range(6)|list"}},
            {"id": "each", "type": "for_each", "toolId": add, "config": {"concurrency": 2, "each": {"number": "item + input.number", "flaky": "false"}}},
            {"id": "sum", "type": "transform", "config": {"expressions": {"number": "each.results|map(attribute='number')|sum"}}}]),
        json!([order("in", "list"), {"id": "l", "source": "list", "target": "each", "mapping": {"$": "items"}}, order("each", "sum")]),
    )
    .await;
    let nested = make(
        "nested",
        json!([input, tool("a"), {"id": "sub", "type": "workflow", "config": {"workflowId": chain}}, tool("b")]),
        json!([edge("in", "a"), edge("a", "sub"), edge("sub", "b")]),
    )
    .await;
    let retry = json!({"retry": {"maxAttempts": 3, "backoffMs": 50}, "inputs": {"flaky": true}});
    let waits = make(
        "waits",
        json!([input, tool("a"), {"id": "later", "type": "delay", "config": {"ms": 300}},
            {"id": "ask", "type": "approval", "config": {"expiresAfterMs": 300, "onExpiry": "approve"}},
            {"id": "if", "type": "condition", "config": {"when": "a.number >= 0"}}, {"id": "b", "toolId": add, "config": retry}, tool("never")]),
        json!([edge("in", "a"), edge("a", "b"), order("a", "later"), order("later", "ask"), order("ask", "if"),
            {"id": "t", "source": "if", "target": "b", "sourceHandle": "true"}, {"id": "f", "source": "if", "target": "never", "sourceHandle": "false"},
            edge("a", "never")]),
    )
    .await;
    vec![
        (chain, |n| json!({"number": n + 3})),
        (diamond, |n| json!({"number": 2 * (n + 2)})),
        (list, |n| json!({"number": 6 * n + 21})),
        (nested, |n| json!({"number": n + 5})),
        (waits, |n| json!({"number": n + 2})),
    ]
}

pub async fn count(test: &TestSystem, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(test.owner()).await.unwrap()
}

/// As if the time of silence had passed for a server that is dead.
pub async fn silence(test: &TestSystem, server: uuid::Uuid) {
    for sql in [
        "update workflow_runs set lease_until = now() - interval '1 second' where lease_owner = $1 and lease_until is not null",
        "update servers set seen_at = now() - interval '1 minute' where id = $1",
    ] {
        sqlx::query(sql).bind(server).execute(test.owner()).await.unwrap();
    }
}

pub async fn newest(test: &TestSystem) -> uuid::Uuid {
    sqlx::query_scalar("select id from servers order by started_at desc limit 1").fetch_one(test.owner()).await.unwrap()
}

/// Waits for the end of all runs: each gives what it should, no finished node ran twice, nothing is left behind.
pub async fn all_end_right(test: &TestSystem, started: Vec<(uuid::Uuid, Value)>) {
    let began = Instant::now();
    let open = "select count(*) from workflow_runs where status in ('pending', 'running', 'waiting')";
    while count(test, open).await > 0 {
        assert!(began.elapsed() < Duration::from_secs(90), "{} runs do not end", count(test, open).await);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }

    for (run, expected) in started {
        let (status, output, error): (String, Option<Value>, Option<String>) =
            sqlx::query_as("select status, output_data, error_message from workflow_runs where id = $1")
                .bind(run)
                .fetch_one(test.owner())
                .await
                .expect("a run was lost");
        assert_eq!((status.as_str(), output), ("completed", Some(expected)), "{run}: {error:?}");
    }
    assert_eq!(
        count(test, "select count(*) from workflow_runs where status <> 'completed'").await,
        0,
        "also those whose start nobody heard of"
    );
    let twice = "select count(*) from (select 1 from tool_executions where status = 'success' and run_id is not null
                   group by run_id, node_id, item_index having count(*) > 1) as twice";
    assert_eq!(count(test, twice).await, 0, "a finished node ran twice");
    let inside = "select count(*) - count(distinct parent_run_id) from workflow_runs where parent_run_id is not null";
    assert_eq!(count(test, inside).await, 0, "a run inside a run was begun twice");
    let outer = "select (select count(*) from workflow_runs where parent_run_id is not null)
                 - (select count(*) from workflow_runs r join workflows w on w.id = r.workflow_id where w.name = 'nested')";
    assert_eq!(count(test, outer).await, 0, "a run inside a run is missing, or has no run around it");
    // What was under way when a server died is finished as failed, by another one.
    let began = Instant::now();
    while count(test, "select count(*) from tool_executions where status in ('pending', 'running')").await > 0 {
        assert!(began.elapsed() < Duration::from_secs(30), "executions were left behind");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_killed_again_and_again_lose_no_run_and_repeat_no_finished_node() {
    let (runs, kills) = if std::env::var("TOOLCRIB_SOAK").is_ok() { (500, 50) } else { (40, 4) };
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let data = [Data::new(), Data::new()];
    let program = test.program(&owner, &[Scope::Read, Scope::Write, Scope::Execute]).await;
    let upstream = Upstream::default();
    let upstream_address = upstream.listen().await;
    let mut servers = Vec::new();
    for data in &data {
        let server = Server::start_on(&test, data, |_| {}).await;
        servers.push((server, newest(&test).await));
    }
    let addresses = Mutex::new([servers[0].0.address.clone(), servers[1].0.address.clone()]);
    let pair = Arc::new(Pair { addresses, program });
    let shapes = shapes(&pair, &upstream_address).await;

    let starting = tokio::spawn({
        let pair = pair.clone();
        async move {
            let mut started = Vec::new();
            for number in 0..runs {
                let (workflow, expected) = &shapes[number % shapes.len()];
                let n = i64::try_from(number).unwrap();
                let path = format!("/v1/workflows/{workflow}/execute");
                let run = pair.post(&path, &json!({"input": {"number": n}}), number).await;
                started.push((run["id"].as_str().unwrap().parse::<uuid::Uuid>().unwrap(), expected(n)));
                tokio::time::sleep(Duration::from_millis(250)).await;
            }
            started
        }
    });
    for kill in 0..kills {
        // Moments that have nothing to do with the runs' own pace.
        let chance = u64::from(toolcrib::ids::RunId::new().0.as_bytes()[15]);
        tokio::time::sleep(Duration::from_millis(200 + 4 * chance)).await;
        let place = kill % 2;
        let (server, id) = servers.remove(place);
        server.kill();
        silence(&test, id).await;
        let server = Server::start_on(&test, &data[place], |_| {}).await;
        pair.addresses.lock().unwrap()[place] = server.address.clone();
        let id = newest(&test).await;
        servers.insert(place, (server, id));
    }
    let started = starting.await.unwrap();
    all_end_right(&test, started).await;
    let asked = upstream.0.lock().unwrap();
    let most = asked.values().max().copied().unwrap_or_default();
    assert!(!asked.is_empty() && most <= 2 + u32::try_from(kills).unwrap(), "a call was made {most} times with one key");
}
