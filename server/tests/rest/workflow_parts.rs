//! Parts of a draft and pinned data over REST, and a run as the canvas follows it.

use reqwest::Client;
use serde_json::{Value, json};
use std::time::Duration;
use support::{TestServer, TestSystem, answer};
use toolcrib::access::{Role, Scope};

const ALL: [Scope; 3] = [Scope::Read, Scope::Write, Scope::Execute];

/// `first` gives a list, `wait` takes a moment, `last` counts.
async fn workflow(program: &Client, server: &TestServer) -> String {
    let nodes = json!([
        {"id": "first", "type": "transform", "config": {"expressions": {"list": "[1, 2, 3]"}}},
        {"id": "wait", "type": "delay", "config": {"ms": 400}},
        {"id": "last", "type": "transform", "config": {"expressions": {"count": "first.list | length"}}}
    ]);
    let edges = json!([{"id": "1", "source": "first", "target": "wait"}, {"id": "2", "source": "wait", "target": "last"}]);
    let new = json!({"name": "counting", "visibility": "public", "definition": {"nodes": nodes, "edges": edges}});
    let (status, made) = answer(program.post(server.url("/v1/workflows")).json(&new)).await;
    assert_eq!(status, 201, "{made}");
    server.url(&format!("/v1/workflows/{}", made["id"].as_str().unwrap()))
}

#[tokio::test]
async fn a_part_of_a_draft_runs_with_pins_and_every_refusal_names_its_field() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let server = test.server().await;
    let program = test.program(&owner, &ALL).await;
    let foreign = test.program(&stranger, &ALL).await;
    let member = test.program(&test.member(&organization, Role::Member).await, &ALL).await;
    let url = workflow(&program, &server).await;
    let run = |body: Value| answer(program.post(format!("{url}/execute")).json(&body));
    let (status, refused) = run(json!({"draft": true, "from": {"node": "last"}})).await;
    assert_eq!((status, &refused["errors"][0]["pointer"]), (422, &json!("/from")), "{refused}");
    let pin = format!("{url}/pins/first");
    assert_eq!(answer(foreign.put(&pin).json(&json!({"output": 1}))).await.0, 404);
    assert_eq!(answer(member.put(&pin).json(&json!({"output": 1}))).await.0, 403);
    assert_eq!(answer(foreign.get(format!("{url}/pins"))).await.0, 404);
    let (status, refused) = answer(program.put(&pin).json(&json!({}))).await;
    assert_eq!((status, &refused["errors"][0]["pointer"]), (422, &json!("/output")));
    let (status, pinned) = answer(program.put(&pin).json(&json!({"output": {"list": [9]}}))).await;
    assert_eq!((status, &pinned["output"]["list"]), (200, &json!([9])), "{pinned}");
    let (_, ran) = run(json!({"draft": true, "pinned": true, "until": "first", "wait": true})).await;
    assert_eq!(
        (&ran["status"], &ran["output_data"], &ran["node_results"]["first"]["origin"]),
        (&json!("completed"), &json!({"list": [9]}), &json!("pinned"))
    );
    let (_, ran) = run(json!({"draft": true, "pinned": true, "from": {"node": "wait"}, "wait": true})).await;
    assert_eq!((&ran["status"], &ran["output_data"]), (&json!("completed"), &json!({"count": 1})), "{ran}");
    let earlier = ran["id"].clone();
    let (_, ran) = run(json!({"draft": true, "from": {"node": "last"}, "earlier": earlier, "wait": true})).await;
    assert_eq!((&ran["output_data"], &ran["resumed_from"]), (&json!({"count": 1}), &earlier));
    assert_eq!(answer(program.delete(&pin)).await.0, 204);
    assert_eq!(answer(program.delete(&pin)).await.0, 404);
    assert_eq!(answer(program.get(format!("{url}/pins"))).await, (200, json!([])));
}

/// All events of a stream until it ends.
async fn events(request: reqwest::RequestBuilder) -> Vec<Value> {
    let answer = request.send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()), (200, "text/event-stream"));
    let text = tokio::time::timeout(Duration::from_secs(60), answer.text()).await.expect("the stream ends").unwrap();
    text.lines().filter_map(|line| line.strip_prefix("data:")).map(|data| serde_json::from_str(data.trim()).unwrap()).collect()
}

#[tokio::test]
async fn the_canvas_is_told_the_whole_state_first_and_then_what_changes_until_the_run_ends() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let server = test.server().await;
    let program = test.program(&owner, &ALL).await;
    let url = workflow(&program, &server).await;
    let (_, run) = answer(program.post(format!("{url}/execute")).json(&json!({"draft": true}))).await;
    let follow = server.url(&format!("/acme/runs/{}/events", run["id"].as_str().unwrap()));
    let browser = test.browser(&server, &owner).await;
    let told = events(browser.get(&follow)).await;
    assert_eq!((&told[0]["event"], &told[0]["nodes"]["first"]["status"]), (&json!("state"), &json!("success")), "{told:?}");
    assert_eq!((&told[0]["nodes"]["first"]["count"], &told[0]["nodes"]["wait"]["status"]), (&json!(3), &json!("waiting")));
    assert!(!told.iter().any(|event| event.to_string().contains("\"output\"")), "what steps gave is not sent along");
    let last = told.iter().rfind(|event| event["id"] == "last").unwrap();
    assert_eq!(last["node"]["status"], "success");
    let end = told.last().unwrap();
    assert_eq!((&end["event"], &end["run"]["status"]), (&json!("run"), &json!("completed")));
    // Whoever comes back is told all of it at once.
    let again = events(browser.get(&follow)).await;
    assert_eq!(
        (again.len(), &again[0]["run"]["status"], &again[0]["nodes"]["last"]["status"]),
        (1, &json!("completed"), &json!("success"))
    );
    // Nobody, another organization's member by either address, and a token are not let in. What a browser is refused, it may show as a page.
    let refused = async |asked: reqwest::RequestBuilder| asked.send().await.unwrap().status().as_u16();
    let nobody = Client::builder().no_proxy().build().unwrap();
    assert_eq!(refused(nobody.get(&follow)).await, 401);
    assert_eq!(refused(program.get(&follow)).await, 401);
    let foreign = test.browser(&server, &stranger).await;
    assert_eq!(refused(foreign.get(&follow)).await, 404);
    assert_eq!(refused(foreign.get(follow.replace("/acme/", "/globex/"))).await, 404);
    assert_eq!(refused(browser.get(server.url("/acme/runs/nonsense/events"))).await, 404);
}
