//! What handing runs out costs, for docs/scaling.md: not a test of anything, so it is run by hand.
//! `cargo nextest run -p server --run-ignored only --no-capture -E 'test(restate::measured)'`

use super::{Data, Nodes, Server, free_port};
use crate::process::runs_killed::{Pair, count};
use serde_json::json;
use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use support::TestSystem;
use tokio::task::JoinSet;
use toolcrib::access::Scope;

const RUNS: usize = 1_000;
const SIDE_BY_SIDE: usize = 32;
const ONE_BY_ONE: usize = 50;

/// Runs a second, and the median milliseconds from asking for one run to its answer, of a workflow of two nodes that calls nobody.
async fn measure(test: &TestSystem, server: &Server, owner: &toolcrib::actor::Actor) -> (f64, f64) {
    let program = test.program(owner, &[Scope::Read, Scope::Write, Scope::Execute]).await;
    let pair = Arc::new(Pair { addresses: Mutex::new([server.address.clone(), server.address.clone()]), program });
    let new = json!({"name": "light", "visibility": "public", "definition": {"nodes": [
        {"id": "in", "type": "input", "config": {"fields": [{"name": "number", "type": "integer"}]}},
        {"id": "more", "type": "transform", "config": {"expressions": {"number": "input.number + 1"}}}],
        "edges": [{"id": "e", "source": "in", "target": "more"}]}});
    let id = pair.post("/v1/workflows", &new, 0).await["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/workflows/{id}/execute");
    // Connections, caches.
    for _ in 0..20 {
        pair.post(&path, &json!({"input": {"number": 1}, "wait": true}), 0).await;
    }
    let mut times = Vec::new();
    for _ in 0..ONE_BY_ONE {
        let began = Instant::now();
        pair.post(&path, &json!({"input": {"number": 1}, "wait": true}), 0).await;
        times.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    let before = count(test, "select count(*) from workflow_runs where status = 'completed'").await;
    let began = Instant::now();
    let mut asking = JoinSet::new();
    for _ in 0..SIDE_BY_SIDE {
        let (pair, path) = (pair.clone(), path.clone());
        asking.spawn(async move {
            for _ in 0..RUNS.div_ceil(SIDE_BY_SIDE) {
                pair.post(&path, &json!({"input": {"number": 1}}), 0).await;
            }
        });
    }
    asking.join_all().await;
    let asked = RUNS.div_ceil(SIDE_BY_SIDE) * SIDE_BY_SIDE;
    while count(test, "select count(*) from workflow_runs where status = 'completed'").await < before + i64::try_from(asked).unwrap() {
        assert!(began.elapsed() < Duration::from_secs(120), "they do not end");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    (asked as f64 / began.elapsed().as_secs_f64(), times[ONE_BY_ONE / 2])
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures"]
async fn runs_a_second_with_and_without_restate() {
    for nodes in [0, 1, 3] {
        let (test, data) = (TestSystem::new().await, Data::new());
        let (_, owner) = test.organization("acme").await;
        let mut restate = Nodes::new(nodes);
        let listen = free_port();
        let server = if nodes == 0 {
            Server::start_on(&test, &data, |_| {}).await
        } else {
            restate.start().await;
            restate.server(&test, &data, listen, &format!("http://127.0.0.1:{listen}")).await
        };
        let (a_second, median) = measure(&test, &server, &owner).await;
        eprintln!("{nodes} nodes of Restate: {a_second:.0} runs/s, one run {median:.1} ms");
    }
}
