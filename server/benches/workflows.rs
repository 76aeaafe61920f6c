//! Workflows: what a kept run costs, what the engine adds to a step, and whether that stays so with a million runs on record.

use super::{
    load::{self, Ask, Measured},
    product::Product,
};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Steps of the long run: what Windmill publishes a figure for (400 light tasks, 19.7 s with one worker in Go).
const STEPS: usize = 400;

pub async fn measure(product: &Product, token: &str, tool: &str, seconds: Duration, quick: bool) {
    let light = light(product, token).await;
    let path = format!("/v1/workflows/{light}/execute");
    let asks = [Ask::new("POST", &path, Some(token), Some(r#"{"input":{"n":20},"wait":true}"#), r#""twice":40"#)];
    load::run(product.address, &asks, 16, seconds / 2).await;
    println!("\n| workflow of an input and one light step, from request to outputs, every run kept | connections | p50 | p99 | runs/s |");
    println!("| --- | --- | --- | --- | --- |");
    for connections in [1, 16, 64] {
        row(&format!("{} runs on record", stored(product)), connections, &load::run(product.address, &asks, connections, seconds).await);
    }

    let steps = if quick { STEPS / 10 } else { STEPS };
    println!("\n| {steps} calls of api_request in one run | whole run | added to a step by the engine: p50 | p99 |");
    println!("| --- | --- | --- | --- |");
    for (name, parallel) in [("one after the other", false), ("all side by side", true)] {
        let workflow = many_steps(product, token, tool, steps, parallel).await;
        let began = Instant::now();
        let run = product.post(token, &format!("/v1/workflows/{workflow}/execute"), &json!({"wait": true, "timeout_ms": 300_000})).await;
        let took = began.elapsed();
        assert_eq!(run["status"], "completed", "{}", run["error_message"]);
        let added = if parallel { Vec::new() } else { added(&run, steps) };
        let between = |share: f64| {
            let place = ((added.len() as f64 * share).ceil() as usize).clamp(1, added.len().max(1)) - 1;
            added.get(place).map_or_else(String::new, |time| format!("{time:.2} ms"))
        };
        println!("| {name} | {:.2} s | {} | {} |", took.as_secs_f64(), between(0.5), between(0.99));
    }

    let wanted = if quick { 20_000 } else { 1_000_000 };
    fill(product, wanted);
    println!("\n| the same light workflow | connections | p50 | p99 | runs/s |\n| --- | --- | --- | --- | --- |");
    load::run(product.address, &asks, 16, seconds / 2).await;
    for connections in [1, 16] {
        row(&format!("{} runs on record", stored(product)), connections, &load::run(product.address, &asks, connections, seconds).await);
    }
}

fn row(name: &str, connections: usize, measured: &Measured) {
    let (p50, p99) = (measured.percentile(0.5), measured.percentile(0.99));
    println!("| {name} | {connections} | {p50:.2} ms | {p99:.2} ms | {:.0} |", measured.per_second());
}

async fn light(product: &Product, token: &str) -> String {
    let definition = json!({
        "nodes": [
            {"id": "in", "type": "input", "config": {"fields": [{"name": "n", "type": "integer", "required": true}]}},
            {"id": "double", "type": "transform", "config": {"expressions": {"twice": "nodes.in.n * 2"}}},
            {"id": "out", "type": "output"}],
        "edges": [{"id": "a", "source": "in", "target": "double"},
            {"id": "b", "source": "double", "target": "out", "mapping": {"twice": "twice"}}]
    });
    make(product, token, &json!({"name": "light", "visibility": "public", "definition": definition})).await
}

async fn many_steps(product: &Product, token: &str, tool: &str, steps: usize, parallel: bool) -> String {
    let node = |step: usize| json!({"id": format!("s{step}"), "toolId": tool, "config": {"inputs": {"city": "Bern"}}});
    let edge = |step: usize| json!({"id": format!("e{step}"), "source": format!("s{}", step - 1), "target": format!("s{step}")});
    let edges: Vec<Value> = if parallel { Vec::new() } else { (1..steps).map(edge).collect() };
    let nodes: Vec<Value> = (0..steps).map(node).collect();
    let name = if parallel { "side_by_side" } else { "in_a_row" };
    make(product, token, &json!({"name": name, "visibility": "public", "definition": {"nodes": nodes, "edges": edges}})).await
}

async fn make(product: &Product, token: &str, workflow: &Value) -> String {
    let made = product.post(token, "/v1/workflows", workflow).await;
    made["id"].as_str().unwrap_or_else(|| panic!("no workflow: {made}")).to_owned()
}

/// In milliseconds, sorted: from the beginning of each step to the beginning of the next one, without what the call itself took.
fn added(run: &Value, steps: usize) -> Vec<f64> {
    let of = |step: usize| &run["node_results"][format!("s{step}")];
    let began = |step: usize| -> DateTime<Utc> { serde_json::from_value(of(step)["started_at"].clone()).expect("a time") };
    let one = |step: usize| {
        let between = (began(step) - began(step - 1)).num_microseconds().unwrap_or_default() as f64 / 1000.0;
        between - of(step - 1)["duration_ms"].as_f64().expect("a duration")
    };
    let mut all: Vec<f64> = (1..steps).map(one).collect();
    all.sort_by(f64::total_cmp);
    all
}

fn stored(product: &Product) -> String {
    product.sql("select count(*) from workflow_runs").trim().to_owned()
}

/// Copies of a run that ended, until so many are on record: as many as that make would take hours.
fn fill(product: &Product, wanted: usize) {
    product.sql(&format!(
        "create temporary table pattern as select * from workflow_runs where status = 'completed' and jsonb_array_length(definition->'nodes') = 3 limit 1;
         create temporary table filled as select pattern.* from pattern,
           generate_series(1, greatest(0, {wanted} - (select count(*) from workflow_runs)));
         update filled set id = gen_random_uuid(), created_at = now() - random() * interval '365 days';
         insert into workflow_runs select * from filled;
         analyze workflow_runs;"
    ));
}
