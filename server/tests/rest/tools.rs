use serde_json::{Value, json};
use support::TestSystem;
use toolcrib::access::{Role, Scope};

fn echo() -> Value {
    json!({"name": "echo", "kind": "python", "status": "active", "visibility": "public", "script_content": "def main(text):\n    return {'said': text}\n",
        "input_schema": {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}})
}

#[tokio::test]
async fn a_tool_is_registered_called_and_found_in_the_executions() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &[Scope::Read, Scope::Write, Scope::Execute]).await;
    let created = program.post(server.url("/v1/tools")).json(&echo()).send().await.unwrap();
    assert_eq!(created.status(), 201);
    let tool: Value = created.json().await.unwrap();
    let call = server.url(&format!("/v1/tools/{}/execute", tool["id"].as_str().unwrap()));
    let done = program.post(&call).json(&json!({"inputs": {"text": "hi"}})).send().await.unwrap();
    assert_eq!(done.status(), 200);
    let done: Value = done.json().await.unwrap();
    assert_eq!((&done["status"], &done["outputs"], &done["source"]), (&json!("success"), &json!({"said": "hi"}), &json!("rest")));
    let refused = program.post(&call).json(&json!({"inputs": {"text": 1}})).send().await.unwrap();
    assert_eq!(refused.status(), 422);
    assert_eq!(refused.json::<Value>().await.unwrap()["errors"][0]["pointer"], "/inputs/text");
    let listed: Value = program.get(server.url("/v1/executions")).send().await.unwrap().json().await.unwrap();
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    let only: Value = program.get(server.url("/v1/executions?status=success")).send().await.unwrap().json().await.unwrap();
    assert_eq!(only["items"][0]["id"], done["id"]);
}

#[tokio::test]
async fn what_is_wrong_with_a_tool_is_said_at_its_place() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &[Scope::Read, Scope::Write]).await;
    let post = async |body: Value| {
        let answer = program.post(server.url("/v1/tools")).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let mut wrong = echo();
    wrong["input_schema"]["properties"]["text"]["type"] = json!("sting");
    let (status, problem) = post(wrong).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/input_schema/properties/text/type")));
    let mut unknown = echo();
    unknown["colour"] = json!("red");
    let (status, problem) = post(unknown).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/colour")));
    assert_eq!(post(echo()).await.0, 201);
    let (status, problem) = post(echo()).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (409, &json!("/name")));
}

#[tokio::test]
async fn a_stale_change_is_412_and_a_foreign_tool_404() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let server = test.server().await;
    let scopes = [Scope::Read, Scope::Write, Scope::Execute];
    let program = test.program(&owner, &scopes).await;
    let tool: Value = program.post(server.url("/v1/tools")).json(&echo()).send().await.unwrap().json().await.unwrap();
    let path = server.url(&format!("/v1/tools/{}", tool["id"].as_str().unwrap()));
    let change = |tag: &'static str| program.put(&path).header("if-match", tag).json(&json!({"description": tag})).send();
    assert_eq!(change("\"1\"").await.unwrap().status(), 200);
    assert_eq!(change("\"1\"").await.unwrap().status(), 412);
    let foreign = test.program(&stranger, &scopes).await;
    assert_eq!(foreign.get(&path).send().await.unwrap().status(), 404);
    assert_eq!(foreign.post(format!("{path}/execute")).json(&json!({})).send().await.unwrap().status(), 404);
    let status = |tag: &str| program.post(format!("{path}/status")).header("if-match", tag).json(&json!({"status": "disabled"})).send();
    let read = program.get(&path).send().await.unwrap().headers()["etag"].to_str().unwrap().to_owned();
    let refused = status("\"1\"").await.unwrap();
    assert_eq!(refused.status(), 412);
    assert_eq!(refused.json::<Value>().await.unwrap()["current"], json!(read));
    let disabled = status(&read).await.unwrap();
    assert_eq!(disabled.status(), 200);
    let now = disabled.headers()["etag"].to_str().unwrap().to_owned();
    assert_ne!(now, read, "a change of status is a change of state");
    assert_eq!(program.delete(&path).header("if-match", &read).send().await.unwrap().status(), 412);
    assert_eq!(program.delete(&path).header("if-match", &now).send().await.unwrap().status(), 204);
    assert_eq!(program.get(&path).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn a_token_does_what_its_scopes_say_and_no_more() {
    let test = TestSystem::new().await;
    let (organization, _) = test.organization("acme").await;
    let builder = test.member(&organization, Role::Builder).await;
    let server = test.server().await;
    let reader = test.program(&builder, &[Scope::Read]).await;
    let refused = reader.post(server.url("/v1/tools")).json(&echo()).send().await.unwrap();
    assert_eq!(refused.status(), 403);
    assert!(refused.json::<Value>().await.unwrap()["detail"].as_str().unwrap().contains("write"));
}
