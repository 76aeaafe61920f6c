//! One node of Restate.

use super::{Data, Nodes, Server, balancer, free_port};
use crate::process::runs_killed::{Pair, Upstream, all_end_right, count, newest, shapes, silence};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use support::TestSystem;
use toolcrib::{access::Scope, actor::Actor};

async fn pair(test: &TestSystem, owner: &Actor, servers: [&Server; 2]) -> Arc<Pair> {
    let program = test.program(owner, &[Scope::Read, Scope::Write, Scope::Execute]).await;
    Arc::new(Pair { addresses: Mutex::new(servers.map(|server| server.address.clone())), program })
}

async fn get(pair: &Pair, path: &str) -> Value {
    let address = pair.addresses.lock().unwrap()[0].clone();
    pair.program.get(format!("http://{address}{path}")).send().await.unwrap().json().await.unwrap()
}

async fn until(pair: &Pair, run: &str, what: &str, is: impl Fn(&Value) -> bool) -> Value {
    let began = Instant::now();
    loop {
        let now = get(pair, &format!("/v1/workflows/executions/{run}")).await;
        if is(&now) {
            return now;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{what}: {now}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// What is left of a run when times and ids are taken away.
fn told(run: &Value) -> Value {
    let results = run["node_results"].as_object().unwrap().iter();
    let nodes = results.map(|(id, result)| {
        let mut output = result["output"].clone();
        if let Some(output) = output.as_object_mut() {
            output.remove("decided_at");
        }
        (id, json!({"status": result["status"], "output": output, "attempts": result["attempts"], "branch": result["branch"]}))
    });
    let nodes: BTreeMap<&String, Value> = nodes.collect();
    json!({"status": run["status"], "output": run["output_data"], "error": run["error_message"], "nodes": nodes})
}

/// Runs one of every shape, answers an approval, cancels, fails into an error branch: what became of each.
async fn every_shape(pair: &Pair, upstream: &str) -> Vec<Value> {
    let shapes = shapes(pair, upstream).await;
    let tools = get(pair, "/v1/tools?limit=100").await;
    let add = tools["items"].as_array().unwrap().iter().find(|tool| tool["name"] == "add").unwrap()["id"].clone();
    let broken = json!({"name": "broken", "kind": "api_request", "status": "active", "visibility": "public",
        "api_spec": {"method": "POST", "base_url": upstream, "path": "/nowhere"}, "input_schema": {"type": "object"}});
    let broken = pair.post("/v1/tools", &broken, 0).await["id"].clone();
    let make = async |name: &str, nodes: Value, edges: Value| -> String {
        let new = json!({"name": name, "visibility": "public", "definition": {"nodes": nodes, "edges": edges}});
        pair.post("/v1/workflows", &new, 0).await["id"].as_str().unwrap().to_owned()
    };
    let start = async |workflow: &str| -> String {
        let run = pair.post(&format!("/v1/workflows/{workflow}/execute"), &json!({"input": {"number": 1}}), 0).await;
        run["id"].as_str().unwrap().to_owned()
    };
    let input = json!({"id": "in", "type": "input", "config": {"fields": [{"name": "number", "type": "integer", "required": true}]}});
    let calls = json!({"id": "a", "toolId": add, "config": {"inputs": {"flaky": false}}});
    let edge = |from: &str, to: &str| json!({"id": format!("{from}_{to}"), "source": from, "target": to, "mapping": {"number": "number"}});
    let order = |from: &str, to: &str| json!({"id": format!("{from}_{to}"), "source": from, "target": to});
    let asks = make(
        "asks",
        json!([input, {"id": "ask", "type": "approval", "config": {"message": "Go on?"}}, calls]),
        json!([order("in", "ask"), order("ask", "a"), edge("in", "a")]),
    )
    .await;
    // Longer than a run that waits is kept: it is let go, and its time is Restate's.
    let rests = make(
        "rests",
        json!([input, {"id": "later", "type": "delay", "config": {"ms": 6_000}}, calls]),
        json!([order("in", "later"), order("later", "a"), edge("in", "a")]),
    )
    .await;
    let fails = make(
        "fails",
        json!([input, {"id": "bad", "toolId": broken, "config": {"onError": "branch"}}, calls]),
        json!([order("in", "bad"), {"id": "e", "source": "bad", "target": "a", "sourceHandle": "error"}, edge("in", "a")]),
    )
    .await;
    let mut runs = vec![start(&rests).await];
    for (workflow, _) in &shapes {
        runs.push(start(workflow).await);
    }
    runs.push(start(&fails).await);
    let (answered, cancelled) = (start(&asks).await, start(&asks).await);
    for run in [&answered, &cancelled] {
        until(pair, run, "it asks", |run| run["status"] == "waiting").await;
    }
    let asked = get(pair, &format!("/v1/workflows/executions/{answered}/approvals")).await;
    assert_eq!(asked.as_array().unwrap().len(), 1, "{asked}");
    pair.post(&format!("/v1/workflows/executions/{answered}/approvals/ask"), &json!({"approve": true, "note": "yes"}), 0).await;
    pair.post(&format!("/v1/workflows/executions/{cancelled}/cancel"), &json!({}), 0).await;
    runs.extend([answered, cancelled]);
    let mut ends = Vec::new();
    for run in &runs {
        let ended = until(pair, run, "it ends", |run| matches!(run["status"].as_str(), Some("completed" | "failed" | "cancelled"))).await;
        ends.push(told(&ended));
    }
    ends
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_of_every_shape_end_the_same_handed_out_by_restate_as_by_postgresql_alone() {
    let upstream = Upstream::default().listen().await;
    let mut nodes = Nodes::new(1);
    nodes.start().await;
    let both = [true, false].map(|handed_out| {
        let (nodes, upstream) = (&nodes, &upstream);
        async move {
            let (test, data) = (TestSystem::new().await, Data::new());
            let (_, owner) = test.organization("acme").await;
            let listen = free_port();
            let server = if handed_out {
                nodes.server(&test, &data, listen, &format!("http://127.0.0.1:{listen}")).await
            } else {
                Server::start_on(&test, &data, |_| {}).await
            };
            let ends = every_shape(&*pair(&test, &owner, [&server, &server]).await, upstream).await;
            let sent = count(&test, "select count(*) from workflow_runs where sent_at is not null and parent_run_id is null").await;
            let began = Instant::now();
            assert!(server.stop().success(), "{}", std::fs::read_to_string(data.path().join("log")).unwrap_or_default());
            assert!(began.elapsed() < Duration::from_secs(20), "it stops in time");
            (ends, sent)
        }
    });
    let [restate, local] = both;
    let ((restate, sent), (local, not_sent)) = tokio::join!(restate, local);
    assert_eq!(restate, local);
    assert_eq!((sent, not_sent), (restate.len() as i64, 0), "each run went its own way");
    assert!(
        restate.iter().any(|run| run["status"] == "cancelled") && restate.iter().filter(|run| run["status"] == "completed").count() == 8,
        "{restate:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_leaves_its_runs_to_another_and_no_finished_node_runs_twice() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let upstream = Upstream::default();
    let upstream = upstream.listen().await;
    let mut nodes = Nodes::new(1);
    nodes.start().await;
    let (data, ports) = ([Data::new(), Data::new()], [free_port(), free_port()]);
    let balanced = balancer(ports).await;
    let first = nodes.server(&test, &data[0], ports[0], &balanced).await;
    let first_id = newest(&test).await;
    let pair = pair(&test, &owner, [&first, &first]).await;
    let shapes = shapes(&pair, &upstream).await;
    let mut started = Vec::new();
    for number in 0..20_usize {
        let (workflow, expected) = &shapes[number % shapes.len()];
        let n = i64::try_from(number).unwrap();
        let run = pair.post(&format!("/v1/workflows/{workflow}/execute"), &json!({"input": {"number": n}}), 0).await;
        started.push((run["id"].as_str().unwrap().parse().unwrap(), expected(n)));
    }
    let begun = Instant::now();
    while count(&test, "select count(*) from tool_executions where status = 'success'").await < 3 {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "nothing is driven: {}",
            std::fs::read_to_string(data[0].path().join("log")).unwrap()
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    first.kill();
    assert!(
        count(&test, "select count(*) from workflow_runs where status in ('pending', 'running', 'waiting')").await > 0,
        "it was in the middle"
    );
    let second = nodes.server(&test, &data[1], ports[1], &balanced).await;
    pair.addresses.lock().unwrap().fill(second.address.clone());
    silence(&test, first_id).await;
    all_end_right(&test, started).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_started_while_restate_is_away_begins_when_it_is_there() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let upstream = Upstream::default();
    let upstream = upstream.listen().await;
    let (mut nodes, data, listen) = (Nodes::new(1), Data::new(), free_port());
    let server = nodes.server(&test, &data, listen, &format!("http://127.0.0.1:{listen}")).await;
    let pair = pair(&test, &owner, [&server, &server]).await;
    let shapes = shapes(&pair, &upstream).await;
    let (workflow, expected) = &shapes[0];
    let run = pair.post(&format!("/v1/workflows/{workflow}/execute"), &json!({"input": {"number": 7}}), 0).await;
    let run = run["id"].as_str().unwrap().to_owned();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let waits = get(&pair, &format!("/v1/workflows/executions/{run}")).await;
    assert_eq!(waits["status"], "pending", "nobody hands it out");
    nodes.start().await;
    let ended = until(&pair, &run, "it ends", |run| run["status"] == "completed").await;
    assert_eq!(ended["output_data"], expected(7));
    // Only what Restate has signed is answered.
    let address = format!("http://127.0.0.1:{listen}/invoke/toolcrib_runs/drive");
    let stranger = reqwest::Client::builder().no_proxy().http2_prior_knowledge().build().unwrap();
    assert_eq!(stranger.post(address).send().await.unwrap().status(), 401);
    // Nothing is left of it there.
    let began = Instant::now();
    while nodes.query("select count(*) as left from sys_invocation where status <> 'completed'").await["rows"][0]["left"] != 0 {
        assert!(began.elapsed() < Duration::from_secs(20), "{}", nodes.query("select * from sys_invocation").await);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
