use reqwest::Client;
use serde_json::{Value, json};
use support::{TestServer, TestSystem, answer};
use toolcrib::access::{Role, Scope};

const ALL: [Scope; 3] = [Scope::Read, Scope::Write, Scope::Execute];

/// A tool that gives back twice what it gets.
async fn double(program: &Client, server: &TestServer) -> String {
    let tool = json!({"name": "double", "kind": "python", "status": "active", "visibility": "public",
        "script_content": "def main(number):\n    return {'twice': number * 2}\n",
        "input_schema": {"type": "object", "properties": {"number": {"type": "integer"}}, "required": ["number"]},
        "output_schema": {"type": "object", "properties": {"twice": {"type": "integer"}}}});
    let (status, tool) = answer(program.post(server.url("/v1/tools")).json(&tool)).await;
    assert_eq!(status, 201, "{tool}");
    tool["id"].as_str().unwrap().to_owned()
}

/// Doubles its input twice.
fn quadruple(tool: &str) -> Value {
    json!({"name": "quadruple", "visibility": "public", "definition": {
        "nodes": [
            {"id": "in", "type": "input", "config": {"fields": [{"name": "number", "type": "integer", "required": true}]}},
            {"id": "once", "toolId": tool}, {"id": "again", "toolId": tool}],
        "edges": [
            {"id": "1", "source": "in", "target": "once", "sourceHandle": "number", "targetHandle": "number"},
            {"id": "2", "source": "once", "target": "again", "sourceHandle": "twice", "targetHandle": "number"}]}})
}

#[tokio::test]
async fn a_workflow_is_made_run_and_its_run_read() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &ALL).await;
    let tool = double(&program, &server).await;
    let made = program.post(server.url("/v1/workflows")).json(&quadruple(&tool)).send().await.unwrap();
    assert_eq!(made.status(), 201);
    let location = made.headers()["location"].to_str().unwrap().to_owned();
    let made: Value = made.json().await.unwrap();
    assert_eq!(location, format!("/v1/workflows/{}", made["id"].as_str().unwrap()));
    assert_eq!((&made["revision"], &made["display_name"], &made["findings"]), (&json!(1), &json!("quadruple"), &json!([])));
    assert_eq!(made["definition"]["nodes"][1]["toolId"], json!(tool), "S5's spelling comes back");

    let run =
        program.post(server.url(&format!("{location}/execute"))).json(&json!({"input": {"number": 5}, "wait": true})).send().await.unwrap();
    assert_eq!(run.status(), 200);
    let run_location = run.headers()["location"].to_str().unwrap().to_owned();
    let run: Value = run.json().await.unwrap();
    assert_eq!((&run["status"], &run["output_data"], &run["source"]), (&json!("completed"), &json!({"twice": 20}), &json!("rest")));
    assert_eq!(run["node_results"]["once"]["output"], json!({"twice": 10}));
    let (status, again) = answer(program.get(server.url(&run_location))).await;
    assert_eq!((status, &again["id"], &again["status"]), (200, &run["id"], &json!("completed")));
    let (_, executions) = answer(program.get(server.url(&format!("/v1/executions?run_id={}", run["id"].as_str().unwrap())))).await;
    assert_eq!(executions["items"].as_array().unwrap().len(), 2, "each call of the run is an execution");
    let (_, runs) =
        answer(program.get(server.url(&format!("/v1/workflows/executions?status=completed&workflow_id={}", made["id"].as_str().unwrap()))))
            .await;
    assert_eq!(runs["items"][0]["id"], run["id"]);
    let (status, problem) = answer(program.post(server.url(&format!("{run_location}/cancel")))).await;
    assert_eq!((status, problem["detail"].as_str().unwrap()), (409, "This run has ended already: it is completed."));

    let (status, problem) =
        answer(program.post(server.url(&format!("{location}/execute"))).json(&json!({"input": {"number": "five"}}))).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/input/number")));
    let (status, _) = answer(program.delete(server.url(&location))).await;
    assert_eq!(status, 204);
    assert_eq!(answer(program.get(server.url(&location))).await.0, 404);
}

#[tokio::test]
async fn a_run_that_nobody_waits_for_goes_on_and_can_be_cancelled() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &ALL).await;
    let slow = json!({"name": "slow", "kind": "python", "status": "active", "visibility": "public", "script_content": "import time\ndef main():\n    time.sleep(25)\n"});
    let (_, tool) = answer(program.post(server.url("/v1/tools")).json(&slow)).await;
    let new = json!({"name": "sleepy", "definition": {"nodes": [{"id": "only", "toolId": tool["id"]}]}});
    let (status, workflow) = answer(program.post(server.url("/v1/workflows")).json(&new)).await;
    assert_eq!(status, 201, "{workflow}");
    let url = server.url(&format!("/v1/workflows/{}/execute", workflow["id"].as_str().unwrap()));
    // Without a body too.
    let (status, run) = answer(program.post(&url)).await;
    assert_eq!(status, 202, "{run}");
    let path = server.url(&format!("/v1/workflows/executions/{}", run["id"].as_str().unwrap()));
    let (status, cancelled) = answer(program.post(format!("{path}/cancel"))).await;
    assert_eq!((status, &cancelled["status"]), (200, &json!("cancelled")));
    let (_, run) = answer(program.get(&path)).await;
    assert_eq!(run["status"], "cancelled");
}

#[tokio::test]
async fn of_two_who_save_one_workflow_the_second_is_told_and_saves_nothing() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &ALL).await;
    let tool = double(&program, &server).await;
    let (_, made) = answer(program.post(server.url("/v1/workflows")).json(&quadruple(&tool))).await;
    let path = server.url(&format!("/v1/workflows/{}", made["id"].as_str().unwrap()));
    let save = |description: &'static str| answer(program.put(&path).json(&json!({"revision": 1, "description": description})));
    let (first, second) = tokio::join!(save("one"), save("two"));
    let mut statuses = [first.0, second.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    let (saved, refused) = if first.0 == 200 { (first.1, second.1) } else { (second.1, first.1) };
    assert!(refused["detail"].as_str().unwrap().contains("you changed revision 1, the newest is 2"), "{refused}");
    let (_, stored) = answer(program.get(&path)).await;
    assert_eq!((&stored["revision"], &stored["description"]), (&json!(2), &saved["description"]));
    let (status, problem) = answer(program.put(&path).json(&json!({"description": "three"}))).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/revision")));
}

#[tokio::test]
async fn what_is_wrong_with_a_workflow_is_said_at_its_place_and_nothing_is_kept() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &ALL).await;
    let tool = double(&program, &server).await;
    let post = async |body: &Value| answer(program.post(server.url("/v1/workflows")).json(body)).await;
    let pointers = |problem: &Value| -> Vec<String> {
        problem["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap().to_owned()).collect()
    };
    let mut bad = quadruple(&tool);
    bad["name"] = json!("Not a name");
    bad["definition"]["edges"][1]["sourceHandle"] = json!("thrice");
    bad["definition"]["edges"].as_array_mut().unwrap().remove(0);
    let (status, problem) = post(&bad).await;
    assert_eq!(status, 422);
    let places = pointers(&problem);
    assert!(places.contains(&"/name".to_owned()), "all at once: {problem}");
    assert!(places.iter().any(|place| place.starts_with("/definition/nodes/1")), "the node that nothing feeds: {problem}");
    let mut unknown = quadruple(&tool);
    unknown["definition"]["nodes"][1]["tool"] = json!("x");
    let (status, problem) = post(&unknown).await;
    assert_eq!((status, pointers(&problem)), (422, vec!["/definition/nodes/1/tool".to_owned()]), "{problem}");
    let mut cyclic = quadruple(&tool);
    cyclic["definition"]["edges"][0]["source"] = json!("again");
    cyclic["definition"]["edges"][0]["sourceHandle"] = json!("twice");
    let (status, problem) = post(&cyclic).await;
    assert_eq!(status, 422, "{problem}");
    assert!(problem["errors"][0]["message"].as_str().unwrap().contains("wait for each other"), "{problem}");
    let (status, list) = answer(program.get(server.url("/v1/workflows"))).await;
    assert_eq!((status, &list["items"]), (200, &json!([])));

    assert_eq!(post(&quadruple(&tool)).await.0, 201);
    let (status, problem) = post(&quadruple(&tool)).await;
    assert_eq!((status, pointers(&problem)), (409, vec!["/name".to_owned()]));
    let (status, problem) = answer(program.get(server.url("/v1/workflows/no-id"))).await;
    assert_eq!(status, 400, "{problem}");
}

#[tokio::test]
async fn workflows_and_runs_of_another_organization_are_not_there_and_ones_of_a_foreign_tool_are_not_made() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let server = test.server().await;
    let (program, foreign) = (test.program(&owner, &ALL).await, test.program(&stranger, &ALL).await);
    let tool = double(&program, &server).await;
    let (_, made) = answer(program.post(server.url("/v1/workflows")).json(&quadruple(&tool))).await;
    let path = server.url(&format!("/v1/workflows/{}", made["id"].as_str().unwrap()));
    let (_, run) = answer(program.post(format!("{path}/execute")).json(&json!({"input": {"number": 1}, "wait": true}))).await;
    let run = server.url(&format!("/v1/workflows/executions/{}", run["id"].as_str().unwrap()));
    for request in [
        foreign.get(&path),
        foreign.put(&path).json(&json!({"revision": 1, "description": "mine"})),
        foreign.delete(&path),
        foreign.post(format!("{path}/execute")).json(&json!({"input": {"number": 1}})),
        foreign.get(&run),
        foreign.post(format!("{run}/cancel")),
    ] {
        let (status, problem) = answer(request).await;
        assert_eq!(status, 404, "{problem}");
    }
    for list in ["/v1/workflows", "/v1/workflows/executions"] {
        assert_eq!(answer(foreign.get(server.url(list))).await.1["items"], json!([]), "{list}");
    }
    let (status, problem) = answer(foreign.post(server.url("/v1/workflows")).json(&quadruple(&tool))).await;
    assert_eq!(status, 422);
    assert_eq!(problem["errors"][0]["pointer"], "/definition/nodes/1/toolId");

    // Who may use tools may run, and may not build.
    let member = test.program(&test.member(&organization, Role::Member).await, &ALL).await;
    assert_eq!(answer(member.put(&path).json(&json!({"revision": 1}))).await.0, 403);
    assert_eq!(answer(member.post(format!("{path}/execute")).json(&json!({"input": {"number": 1}, "wait": true}))).await.0, 200);
    assert_eq!(answer(member.get(&run)).await.0, 404, "a member reads their own runs only");
    let reader = test.program(&owner, &[Scope::Read]).await;
    assert_eq!(answer(reader.post(format!("{path}/execute"))).await.0, 403);
}
