use serde_json::{Value, json};
use support::{TestSystem, answer};
use toolcrib::access::{Role, Scope};

const ALL: [Scope; 3] = [Scope::Read, Scope::Write, Scope::Execute];

fn shop(version: &str, description: &str) -> Value {
    json!({"openapi": "3.1.0", "info": {"title": "Shop", "version": version}, "servers": [{"url": "https://shop.example"}], "paths": {
        "/items/{id}": {"get": {"operationId": "getItem", "summary": "One item", "description": description,
            "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}}], "responses": {"200": {"description": "ok"}}}},
        "/upload": {"post": {"operationId": "upload", "requestBody": {"required": true, "content": {"multipart/form-data": {}}}, "responses": {}}}}})
}

fn text(document: &Value) -> Value {
    json!({"text": document.to_string()})
}

#[tokio::test]
async fn a_document_is_added_its_operations_become_tools_and_a_newer_one_shows_what_differs() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &ALL).await;
    let made = program.post(server.url("/v1/openapi-documents")).json(&text(&shop("1", "Reads"))).send().await.unwrap();
    assert_eq!(made.status(), 201);
    let path = server.url(made.headers()["location"].to_str().unwrap());
    let added: Value = made.json().await.unwrap();
    assert_eq!((&added["title"], &added["version"], &added["base_url"]), (&json!("Shop"), &json!("1"), &json!("https://shop.example")));
    let states = |detail: &Value| -> Vec<(String, String)> {
        let pair = |item: &Value| (item["key"].as_str().unwrap().to_owned(), item["state"].as_str().unwrap().to_owned());
        detail["items"].as_array().unwrap().iter().map(pair).collect()
    };
    let pairs = |wanted: &[(&str, &str)]| wanted.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>();
    assert_eq!(states(&added), pairs(&[("GET /items/{id}", "new"), ("POST /upload", "impossible")]));

    let wanted = json!({"operations": ["GET /items/{id}", "POST /upload", "GET /none"], "activate": true});
    let (status, report) = answer(program.post(format!("{path}/import")).json(&wanted)).await;
    let outcomes: Vec<&str> = report["items"].as_array().unwrap().iter().map(|item| item["outcome"].as_str().unwrap()).collect();
    assert_eq!((status, outcomes), (200, vec!["created", "refused", "refused"]), "{report}");
    assert!(report["items"][1]["message"].as_str().is_some_and(|why| !why.is_empty()));
    let tool = server.url(&format!("/v1/tools/{}", report["items"][0]["tool_id"].as_str().unwrap()));
    let (_, found) = answer(program.get(&tool)).await;
    assert_eq!((&found["name"], &found["status"], &found["kind"]), (&json!("get_item"), &json!("active"), &json!("api_request")));
    assert_eq!((&found["api_spec"]["path"], &found["api_spec"]["method"]), (&json!("/items/{id}"), &json!("GET")));

    let (status, newer) = answer(program.put(&path).json(&text(&shop("2", "Reads one item")))).await;
    assert_eq!((status, &newer["version"]), (200, &json!("2")));
    assert_eq!(states(&newer), pairs(&[("GET /items/{id}", "changed"), ("POST /upload", "impossible")]));
    assert_eq!(newer["items"][0]["changes"][0]["name"], "description");
    assert_eq!(answer(program.get(&tool)).await.1["version"], 1, "a newer document alone changes no tool");
    let (_, report) = answer(program.post(format!("{path}/import")).json(&json!({"operations": ["GET /items/{id}"]}))).await;
    assert_eq!(report["items"][0]["outcome"], "updated");
    assert_eq!(answer(program.get(&tool)).await.1["version"], 2);
    let (_, listed) = answer(program.get(server.url("/v1/openapi-documents"))).await;
    assert_eq!(
        (&listed["items"][0]["tools"], &listed["items"][0]["operations"], &listed["next_cursor"]),
        (&json!(1), &json!(2), &Value::Null)
    );

    assert_eq!(answer(program.delete(&path)).await.0, 204);
    assert_eq!(answer(program.get(&path)).await.0, 404);
    assert_eq!(answer(program.get(&tool)).await.0, 200, "its tools stay");
}

#[tokio::test]
async fn what_is_wrong_with_a_document_is_said_at_its_field() {
    let test = TestSystem::with(|config| config.allow_private_hosts.clear()).await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &ALL).await;
    let mut nowhere = shop("1", "Reads");
    nowhere["servers"] = json!([]);
    for (body, pointer) in [
        (json!({"text": "no document"}), "/text"),
        (json!({"text": "{\"swagger\": \"2.0\"}"}), "/text"),
        (text(&nowhere), "/base_url"),
        (json!({"url": "http://169.254.169.254/latest/meta-data"}), "/url"),
        (json!({"text": "", "colour": "red"}), "/colour"),
    ] {
        let (status, problem) = answer(program.post(server.url("/v1/openapi-documents")).json(&body)).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!(pointer)), "{body}: {problem}");
    }
    assert_eq!(answer(program.get(server.url("/v1/openapi-documents"))).await.1["items"], json!([]));
}

#[tokio::test]
async fn documents_of_another_organization_are_not_there_and_a_member_adds_none() {
    let test = TestSystem::new().await;
    let (acme, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let server = test.server().await;
    let program = test.program(&owner, &ALL).await;
    let (_, added) = answer(program.post(server.url("/v1/openapi-documents")).json(&text(&shop("1", "Reads")))).await;
    let path = server.url(&format!("/v1/openapi-documents/{}", added["id"].as_str().unwrap()));
    let foreign = test.program(&stranger, &ALL).await;
    for request in [
        foreign.get(&path),
        foreign.delete(&path),
        foreign.put(&path).json(&text(&shop("2", "Mine"))),
        foreign.post(format!("{path}/import")).json(&json!({"operations": ["GET /items/{id}"]})),
    ] {
        let (status, problem) = answer(request).await;
        assert_eq!(status, 404, "{problem}");
    }
    let member = test.member(&acme, Role::Member).await;
    let member = test.program(&member, &[Scope::Read]).await;
    assert_eq!(answer(member.post(server.url("/v1/openapi-documents")).json(&text(&shop("1", "x")))).await.0, 403);
    assert_eq!(answer(server.client.get(&path)).await.0, 401);
    assert_eq!(answer(program.get(&path)).await.1["version"], "1");
}
