//! Three nodes of Restate, of which one is killed.

use super::{Data, Nodes, balancer, free_port};
use crate::process::runs_killed::{Pair, Upstream, all_end_right, count, shapes};
use serde_json::json;
use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use support::TestSystem;
use toolcrib::access::Scope;

#[tokio::test(flavor = "multi_thread")]
async fn a_node_of_three_that_is_killed_loses_no_run_and_repeats_no_finished_node() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let upstream = Upstream::default();
    let address = upstream.listen().await;
    let mut nodes = Nodes::new(3);
    nodes.start().await;
    let (data, ports) = ([Data::new(), Data::new()], [free_port(), free_port()]);
    let balanced = balancer(ports).await;
    let servers = [nodes.server(&test, &data[0], ports[0], &balanced).await, nodes.server(&test, &data[1], ports[1], &balanced).await];
    let program = test.program(&owner, &[Scope::Read, Scope::Write, Scope::Execute]).await;
    let pair = Arc::new(Pair { addresses: Mutex::new([servers[0].address.clone(), servers[1].address.clone()]), program });
    let shapes = shapes(&pair, &address).await;
    let starting = tokio::spawn({
        let pair = pair.clone();
        async move {
            let mut started = Vec::new();
            for number in 0..60_usize {
                let (workflow, expected) = &shapes[number % shapes.len()];
                let n = i64::try_from(number).unwrap();
                let run = pair.post(&format!("/v1/workflows/{workflow}/execute"), &json!({"input": {"number": n}}), number).await;
                started.push((run["id"].as_str().unwrap().parse().unwrap(), expected(n)));
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            started
        }
    });
    let begun = Instant::now();
    while count(&test, "select count(*) from workflow_runs where status = 'completed'").await < 5 {
        let log = || std::fs::read_to_string(data[0].path().join("log")).unwrap();
        assert!(begun.elapsed() < Duration::from_secs(60), "nothing is driven: {}", log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // The one that was provisioned first, and whose addresses stand first.
    nodes.kill(0);
    let started = starting.await.unwrap();
    all_end_right(&test, started).await;
}
