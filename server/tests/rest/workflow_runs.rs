//! What one may do with a run over REST besides starting it: follow it, answer it, run it again, leaf through its items.

use reqwest::Client;
use serde_json::{Value, json};
use std::time::Duration;
use support::{TestServer, TestSystem, answer};
use toolcrib::access::{Role, Scope};

const ALL: [Scope; 3] = [Scope::Read, Scope::Write, Scope::Execute];

async fn tool(program: &Client, server: &TestServer, name: &str, script: &str) -> Value {
    let tool = json!({"name": name, "kind": "python", "status": "active", "visibility": "public", "script_content": script,
        "input_schema": {"type": "object", "properties": {"number": {"type": "integer"}}}});
    let (status, tool) = answer(program.post(server.url("/v1/tools")).json(&tool)).await;
    assert_eq!(status, 201, "{tool}");
    tool["id"].clone()
}

async fn workflow(program: &Client, server: &TestServer, name: &str, nodes: Value, edges: Value) -> String {
    let new = json!({"name": name, "visibility": "public", "definition": {"nodes": nodes, "edges": edges}});
    let (status, made) = answer(program.post(server.url("/v1/workflows")).json(&new)).await;
    assert_eq!(status, 201, "{made}");
    server.url(&format!("/v1/workflows/{}", made["id"].as_str().unwrap()))
}

fn path(server: &TestServer, run: &Value) -> String {
    server.url(&format!("/v1/workflows/executions/{}", run["id"].as_str().unwrap()))
}

/// All events of a run until its stream ends: name and data.
async fn events(request: reqwest::RequestBuilder) -> Vec<(String, Value)> {
    let answer = request.send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()), (200, "text/event-stream"));
    let text = tokio::time::timeout(Duration::from_secs(60), answer.text()).await.expect("the stream ends").unwrap();
    let blocks = text.split("\n\n").filter(|block| block.contains("data:"));
    blocks
        .map(|block| {
            let line = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
            (line("event:"), serde_json::from_str(&line("data:")).unwrap())
        })
        .collect()
}

#[tokio::test]
async fn who_follows_a_run_is_told_what_becomes_of_its_nodes_and_last_how_it_ended() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let server = test.server().await;
    let program = test.program(&owner, &ALL).await;
    let slow =
        tool(&program, &server, "slow", "import time\ndef main(number):\n    time.sleep(0.4)\n    return {'number': number + 1}\n").await;
    let nodes = json!([{"id": "a", "toolId": slow, "config": {"inputs": {"number": 1}}}, {"id": "wait", "type": "delay", "config": {"ms": 1500}},
        {"id": "b", "toolId": slow}]);
    let edges = json!([{"id": "1", "source": "a", "target": "b", "mapping": {"number": "number"}}, {"id": "2", "source": "a", "target": "wait"},
        {"id": "3", "source": "wait", "target": "b"}]);
    let url = workflow(&program, &server, "slowly", nodes, edges).await;
    let (_, run) = answer(program.post(format!("{url}/execute"))).await;
    let url = format!("{}/events", path(&server, &run));
    let told = events(program.get(&url)).await;
    let of = |node: &str| -> Vec<&str> {
        told.iter().filter(|(_, data)| data["node"] == node).map(|(_, data)| data["result"]["status"].as_str().unwrap()).collect()
    };
    assert_eq!(told[0].0, "run");
    assert_eq!(of("b"), ["running", "success"], "{told:?}");
    assert!(of("wait").contains(&"waiting"), "{told:?}");
    let (name, last) = told.last().unwrap();
    assert_eq!((name.as_str(), &last["status"], &last["output_data"]), ("run", &json!("completed"), &json!({"number": 3})));
    // A run that has ended is told at once, and the stream ends.
    let again = events(program.get(&url)).await;
    assert_eq!(again.len(), 4, "{again:?}");
    assert_eq!(again.last().unwrap().1["status"], "completed");
    let foreign = test.program(&stranger, &ALL).await;
    assert_eq!(answer(foreign.get(&url)).await.0, 404);
}

#[tokio::test]
async fn a_run_asks_and_those_who_may_answer_answer_once() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let server = test.server().await;
    let program = test.program(&owner, &ALL).await;
    let member = test.program(&test.member(&organization, Role::Member).await, &ALL).await;
    let foreign = test.program(&stranger, &ALL).await;
    let nodes = json!([{"id": "ask", "type": "approval", "config": {"message": "Pay 9 000 €?"}}]);
    let url = workflow(&program, &server, "paying", nodes, json!([])).await;
    let (status, run) = answer(program.post(format!("{url}/execute")).json(&json!({"wait": true, "timeout_ms": 500}))).await;
    assert_eq!((status, &run["status"]), (202, &json!("waiting")), "{run}");
    let approvals = format!("{}/approvals", path(&server, &run));
    let (_, asked) = answer(program.get(&approvals)).await;
    assert_eq!((&asked[0]["message"], &asked[0]["decision"]), (&json!("Pay 9 000 €?"), &Value::Null));
    let ask = format!("{approvals}/ask");
    let approve = json!({"approve": true, "note": "as agreed"});
    assert_eq!(answer(member.post(&ask).json(&approve)).await.0, 403);
    assert_eq!(answer(foreign.post(&ask).json(&approve)).await.0, 404);
    assert_eq!(answer(foreign.get(&approvals)).await.0, 404);
    assert_eq!(answer(program.post(format!("{approvals}/nobody")).json(&approve)).await.0, 404);
    let (status, answered) = answer(program.post(&ask).json(&approve)).await;
    assert_eq!((status, &answered["decision"], &answered["note"]), (200, &json!("approved"), &json!("as agreed")));
    assert_eq!(answer(program.post(&ask).json(&approve)).await.0, 409);
    let told = events(program.get(format!("{}/events", path(&server, &run)))).await;
    assert_eq!(told.last().unwrap().1["output_data"]["approved"], json!(true));
}

#[tokio::test]
async fn a_failed_run_goes_on_from_its_failure_and_any_run_from_any_step_up_to_any_step() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let server = test.server().await;
    let program = test.program(&owner, &ALL).await;
    let add = tool(&program, &server, "add", "def main(number):\n    return {'number': number + 1}\n").await;
    let picky = tool(
        &program,
        &server,
        "picky",
        "def main(number):\n    if number < 10:\n        raise ValueError('too small')\n    return {'number': number * 2}\n",
    )
    .await;
    let nodes =
        json!([{"id": "a", "toolId": add, "config": {"inputs": {"number": 1}}}, {"id": "b", "toolId": picky}, {"id": "c", "toolId": add}]);
    let edges = json!([{"id": "1", "source": "a", "target": "b", "mapping": {"number": "number"}},
        {"id": "2", "source": "b", "target": "c", "mapping": {"number": "number"}}]);
    let url = workflow(&program, &server, "picky_steps", nodes, edges).await;
    let (_, failed) = answer(program.post(format!("{url}/execute")).json(&json!({"wait": true}))).await;
    assert_eq!((&failed["status"], &failed["node_results"]["c"]["status"]), (&json!("failed"), &json!("skipped")), "{failed}");
    let rerun = format!("{}/rerun", path(&server, &failed));

    // From the failure: it fails again, and the first step did not run again.
    let (status, again) = answer(program.post(&rerun).json(&json!({"wait": true}))).await;
    assert_eq!((status, &again["status"], &again["resumed_from"]), (200, &json!("failed"), &failed["id"]));
    assert_eq!(again["node_results"]["a"]["origin"], "kept");
    assert_eq!(again["node_results"]["a"]["execution_id"], failed["node_results"]["a"]["execution_id"]);
    // With another output in place of the first step's.
    let (_, pinned) = answer(program.post(&rerun).json(&json!({"wait": true, "pins": {"a": {"number": 20}}}))).await;
    assert_eq!((&pinned["status"], &pinned["output_data"]), (&json!("completed"), &json!({"number": 41})), "{pinned}");
    // From a step of the run that went well, and up to one.
    let rerun_pinned = format!("{}/rerun", path(&server, &pinned));
    let (_, from) = answer(program.post(&rerun_pinned).json(&json!({"wait": true, "from": {"node": "c"}}))).await;
    assert_eq!((&from["output_data"], &from["node_results"]["b"]["origin"]), (&json!({"number": 41}), &json!("kept")));
    let (_, until) = answer(program.post(&rerun_pinned).json(&json!({"wait": true, "from": "start", "until": "a"}))).await;
    assert_eq!((&until["output_data"], &until["node_results"]["b"]["origin"]), (&json!({"number": 2}), &json!("left_out")));
    // The whole workflow up to a step, from the beginning.
    let (_, part) =
        answer(program.post(format!("{url}/execute")).json(&json!({"wait": true, "until": "b", "pins": {"a": {"number": 10}}}))).await;
    assert_eq!(part["output_data"], json!({"number": 20}), "{part}");

    let (status, problem) = answer(program.post(&rerun).json(&json!({"from": {"node": "z"}}))).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/from")), "{problem}");
    let foreign = test.program(&stranger, &ALL).await;
    assert_eq!(answer(foreign.post(&rerun).json(&json!({}))).await.0, 404);
}

#[tokio::test]
async fn a_list_is_gone_over_with_branches_and_its_items_are_leafed_through() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &ALL).await;
    let script = "def main(number):\n    if number == 3:\n        raise ValueError('no threes')\n    return {'number': number * number}\n";
    let square = tool(&program, &server, "square", script).await;
    let nodes = json!([
        {"id": "in", "type": "input", "config": {"fields": [{"name": "list", "type": "array", "required": true}]}},
        {"id": "each", "type": "for_each", "toolId": square, "config": {"each": {"number": "item"}, "onItemError": "continue", "concurrency": 2}},
        {"id": "any", "type": "condition", "config": {"when": "each.failed > 0"}},
        {"id": "sum", "type": "transform", "config": {"result": "each.results|select('defined')|reject('none')|map(attribute='number')|sum"}},
        {"id": "bad", "type": "transform", "config": {"expressions": {"told": "each.errors[0].message", "good": "sum"}}},
        {"id": "good", "type": "transform", "config": {"expressions": {"good": "sum"}}},
        {"id": "out", "type": "output"}]);
    let edges = json!([
        {"id": "1", "source": "in", "target": "each", "mapping": {"list": "items"}},
        {"id": "2", "source": "each", "target": "any"}, {"id": "3", "source": "each", "target": "sum"},
        {"id": "4", "source": "any", "target": "bad", "sourceHandle": "true"}, {"id": "5", "source": "sum", "target": "bad"},
        {"id": "6", "source": "any", "target": "good", "sourceHandle": "false"}, {"id": "7", "source": "sum", "target": "good"},
        {"id": "8", "source": "bad", "target": "out", "mapping": {"good": "sum", "told": "told"}},
        {"id": "9", "source": "good", "target": "out", "mapping": {"good": "sum"}}]);
    let url = workflow(&program, &server, "squares", nodes, edges).await;
    let run =
        async |list: Value| answer(program.post(format!("{url}/execute")).json(&json!({"input": {"list": list}, "wait": true}))).await.1;
    let good = run(json!([1, 2, 4])).await;
    assert_eq!((&good["status"], &good["output_data"]), (&json!("completed"), &json!({"sum": 21})), "{good}");
    let bad = run(json!([1, 2, 3, 4])).await;
    assert_eq!(bad["output_data"]["sum"], json!(21), "{bad}");
    assert!(bad["output_data"]["told"].as_str().unwrap().contains("no threes"), "{bad}");
    let items = format!("{}/nodes/each/items", path(&server, &bad));
    let (_, failed) = answer(program.get(format!("{items}?status=error"))).await;
    assert_eq!((failed.as_array().unwrap().len(), &failed[0]["index"]), (1, &json!(2)));
    let (_, rest) = answer(program.get(format!("{items}?after=0&limit=2"))).await;
    assert_eq!(rest.as_array().unwrap().iter().map(|item| item["index"].as_i64().unwrap()).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(answer(program.get(format!("{}/nodes/nobody/items", path(&server, &bad)))).await.0, 404);
}
