use reqwest::Client;
use serde_json::{Value, json};
use support::{TestServer, TestSystem, answer};
use toolcrib::access::{Role, Scope};

const ALL: [Scope; 3] = [Scope::Read, Scope::Write, Scope::Execute];

async fn tool(program: &Client, server: &TestServer, name: &str, visibility: &str) -> String {
    let tool = json!({"name": name, "kind": "python", "status": "active", "visibility": visibility, "description": "Counts.",
        "script_content": "def main(count):\n    return {'count': count}\n",
        "input_schema": {"type": "object", "properties": {"count": {"type": "integer"}}, "required": ["count"]}});
    let (status, tool) = answer(program.post(server.url("/v1/tools")).json(&tool)).await;
    assert_eq!(status, 201, "{tool}");
    tool["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_agent_gets_tools_and_calls_what_is_attached_and_nothing_else() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &ALL).await;
    let made = program.post(server.url("/v1/agents")).json(&json!({"name": "helper"})).send().await.unwrap();
    assert_eq!(made.status(), 201);
    let path = made.headers()["location"].to_str().unwrap().to_owned();
    let agent: Value = made.json().await.unwrap();
    assert_eq!(
        (path.as_str(), &agent["display_name"]),
        (format!("/v1/agents/{}", agent["id"].as_str().unwrap()).as_str(), &json!("helper"))
    );
    let (counter, other) = (tool(&program, &server, "counter", "private").await, tool(&program, &server, "other", "public").await);
    let attach = json!({"tool_id": counter, "usage_comments": "Only for stock."});
    let attached = program.post(server.url(&format!("{path}/tools"))).json(&attach).send().await.unwrap();
    assert_eq!(attached.status(), 201);
    let attachment = attached.headers()["location"].to_str().unwrap().to_owned();
    let (status, read) = answer(program.get(server.url(&attachment))).await;
    assert_eq!((status, &read["is_permitted"], &read["usage_comments"]), (200, &json!(true), &json!("Only for stock.")));
    let (_, offered) = answer(program.get(server.url(&format!("{path}/openai-tools")))).await;
    assert_eq!(offered[0]["function"]["name"], "counter");
    assert!(offered[0]["function"]["description"].as_str().unwrap().contains("Only for stock."));

    let id = agent["id"].as_str().unwrap().parse().unwrap();
    let token = test.agent_token(&owner, id, &ALL).await;
    let call =
        |tool: &str| answer(server.post(&format!("/v1/tools/{tool}/execute")).bearer_auth(&token).json(&json!({"inputs": {"count": 3}})));
    let (status, execution) = call(&counter).await;
    assert_eq!((status, &execution["outputs"], &execution["agent_id"]), (200, &json!({"count": 3}), &agent["id"]));
    assert_eq!(call(&other).await.0, 404, "public, but not attached");
    let (status, off) = answer(program.patch(server.url(&attachment)).json(&json!({"is_enabled": false}))).await;
    assert_eq!((status, &off["is_enabled"]), (200, &json!(false)));
    assert_eq!(call(&counter).await.0, 404);
    assert_eq!(answer(program.get(server.url(&format!("{path}/openai-tools")))).await.1, json!([]));
    assert_eq!(answer(program.delete(server.url(&attachment))).await.0, 204);
    assert_eq!(answer(program.get(server.url(&attachment))).await.0, 404);
    assert_eq!(answer(program.delete(server.url(&path))).await.0, 204);
    assert_eq!(answer(program.get(server.url(&path))).await.0, 404);
    assert_eq!(server.get("/v1/me").bearer_auth(&token).send().await.unwrap().status(), 401, "its tokens went with it");
}

#[tokio::test]
async fn what_is_wrong_with_an_agent_is_said_at_its_place() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &ALL).await;
    let post = async |path: &str, body: Value| answer(program.post(server.url(path)).json(&body)).await;
    let (status, problem) = post("/v1/agents", json!({"name": "Bad Name", "display_name": "x".repeat(201)})).await;
    let places: Vec<&Value> = problem["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
    assert_eq!((status, places), (422, vec![&json!("/name"), &json!("/display_name")]));
    for (body, pointer) in [(json!({}), "/name"), (json!({"name": 5}), "/name"), (json!({"name": "a1", "colour": "red"}), "/colour")] {
        let (status, problem) = post("/v1/agents", body).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!(pointer)));
    }
    let broken = program.post(server.url("/v1/agents")).header("content-type", "application/json").body("{\"name\": ");
    assert_eq!(answer(broken).await.0, 400);
    let (_, agent) = post("/v1/agents", json!({"name": "helper"})).await;
    let (status, problem) = post("/v1/agents", json!({"name": "helper"})).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (409, &json!("/name")));
    let path = format!("/v1/agents/{}/tools", agent["id"].as_str().unwrap());
    let counter = tool(&program, &server, "counter", "public").await;
    let (status, problem) = post(&path, json!({"tool_id": counter, "pinned_version": 7})).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/pinned_version")));
    assert_eq!(post(&path, json!({"tool_id": counter})).await.0, 201);
    let (status, problem) = post(&path, json!({"tool_id": counter})).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (409, &json!("/tool_id")));
    assert_eq!(answer(program.get(server.url("/v1/agents/nonsense"))).await.0, 400);
}

#[tokio::test]
async fn of_two_who_change_one_agent_the_second_is_told_and_changes_nothing() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &ALL).await;
    let made = program.post(server.url("/v1/agents")).json(&json!({"name": "helper"})).send().await.unwrap();
    let (path, tag) = (made.headers()["location"].to_str().unwrap().to_owned(), made.headers()["etag"].to_str().unwrap().to_owned());
    let path = server.url(&path);
    assert_eq!(program.get(&path).send().await.unwrap().headers()["etag"].to_str().unwrap(), tag);
    let change = |description: &'static str| {
        program.put(&path).header("if-match", &tag).json(&json!({"name": "helper", "description": description})).send()
    };
    let (first, second) = tokio::join!(change("one"), change("two"));
    let (first, second) = (first.unwrap(), second.unwrap());
    let mut statuses = [first.status().as_u16(), second.status().as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    let saved = if first.status() == 200 { first } else { second };
    let newer = saved.headers()["etag"].to_str().unwrap().to_owned();
    assert_ne!(newer, tag);
    let saved: Value = saved.json().await.unwrap();
    let (_, stored) = answer(program.get(&path)).await;
    assert_eq!(stored["description"], saved["description"]);
    // Who does not ask is not held up; what is no tag of ours is none of the state that is stored, one of several is enough.
    assert_eq!(answer(program.put(&path).json(&json!({"name": "helper"}))).await.0, 200);
    assert_eq!(answer(program.put(&path).header("if-match", "*").json(&json!({"name": "helper"}))).await.0, 200);
    assert_eq!(answer(program.put(&path).header("if-match", "\"abc\"").json(&json!({"name": "helper"}))).await.0, 412);
    let now = program.get(&path).send().await.unwrap().headers()["etag"].to_str().unwrap().to_owned();
    let several = format!("\"abc\", W/{now}");
    assert_eq!(answer(program.put(&path).header("if-match", several).json(&json!({"name": "helper"}))).await.0, 200);
}

#[tokio::test]
async fn agents_of_another_organization_are_not_there_and_a_member_builds_none() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let server = test.server().await;
    let (program, foreign) = (test.program(&owner, &ALL).await, test.program(&stranger, &ALL).await);
    let (_, agent) = answer(program.post(server.url("/v1/agents")).json(&json!({"name": "helper"}))).await;
    let path = server.url(&format!("/v1/agents/{}", agent["id"].as_str().unwrap()));
    let (mine, theirs) = (tool(&program, &server, "counter", "public").await, tool(&foreign, &server, "counter", "public").await);
    for request in [
        foreign.get(&path),
        foreign.put(&path).json(&json!({"name": "taken"})),
        foreign.delete(&path),
        foreign.get(format!("{path}/tools")),
        foreign.post(format!("{path}/tools")).json(&json!({"tool_id": theirs})),
        foreign.get(format!("{path}/openai-tools")),
        program.post(format!("{path}/tools")).json(&json!({"tool_id": theirs})),
    ] {
        let (status, problem) = answer(request).await;
        assert_eq!(status, 404, "{problem}");
    }
    assert_eq!(answer(foreign.get(server.url("/v1/agents"))).await.1["items"], json!([]));
    let member = test.program(&test.member(&organization, Role::Member).await, &ALL).await;
    assert_eq!(answer(member.post(server.url("/v1/agents")).json(&json!({"name": "mine"}))).await.0, 403);
    assert_eq!(answer(member.post(format!("{path}/tools")).json(&json!({"tool_id": mine}))).await.0, 403);
    assert_eq!(answer(program.get(format!("{path}/tools"))).await.1["items"], json!([]), "nothing of it was kept");
}

#[tokio::test]
async fn attachments_and_versions_come_in_pages_that_leave_nothing_out() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &ALL).await;
    let (_, agent) = answer(program.post(server.url("/v1/agents")).json(&json!({"name": "helper"}))).await;
    let attached = format!("/v1/agents/{}/tools", agent["id"].as_str().unwrap());
    let mut last = String::new();
    for name in ["delta", "alpha", "charlie", "bravo", "echo"] {
        last = tool(&program, &server, name, "public").await;
        assert_eq!(answer(program.post(server.url(&attached)).json(&json!({"tool_id": last}))).await.0, 201);
    }
    for number in 2..=5 {
        let change = json!({"description": format!("Number {number}")});
        assert_eq!(answer(program.put(server.url(&format!("/v1/tools/{last}"))).json(&change)).await.0, 200);
    }
    let walk = async |path: &str, what: &str| {
        let (mut found, mut sizes, mut cursor) = (Vec::new(), Vec::new(), String::new());
        loop {
            let (status, page) = answer(program.get(server.url(&format!("{path}?limit=2{cursor}")))).await;
            assert_eq!(status, 200, "{page}");
            let items = page["items"].as_array().unwrap();
            sizes.push(items.len());
            found.extend(items.iter().map(|item| item[what].to_string()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return (found.join(" "), sizes),
            }
        }
    };
    let names = "\"alpha\" \"bravo\" \"charlie\" \"delta\" \"echo\"".to_owned();
    assert_eq!(walk(&attached, "tool_name").await, (names, vec![2, 2, 1]));
    let versions = format!("/v1/tools/{last}/versions");
    assert_eq!(walk(&versions, "version").await, ("5 4 3 2 1".to_owned(), vec![2, 2, 1]));
    for path in [&attached, &versions] {
        assert_eq!(answer(program.get(server.url(&format!("{path}?cursor=nonsense")))).await.0, 400);
        // Without a word about pages there are fifty on the first.
        assert_eq!(answer(program.get(server.url(path))).await.1["items"].as_array().unwrap().len(), 5);
    }
    assert_eq!(answer(program.get(server.url(&format!("{versions}/3")))).await.1["version"], 3);
    assert_eq!(answer(program.get(server.url(&format!("{versions}/9")))).await.0, 404);
}
