//! `/v1/keys` over HTTP.

use serde_json::{Value, json};
use support::{LockedApi, TestSystem};
use toolcrib::access::{Role, Scope};

const VALUE: &str = "sk-canary-rest-0123456789";

async fn body(answer: reqwest::Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    assert!(!text.contains("sk-canary"), "{text}");
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

#[tokio::test]
async fn a_key_lives_and_dies_over_rest_and_its_value_never_comes_back() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let api = LockedApi::start().await;
    api.accept(&format!("Bearer {VALUE}"));
    let program = test.program(&owner, &Scope::ALL).await;
    let post = async |path: &str, json: Value| body(program.post(server.url(path)).json(&json).send().await.unwrap()).await;
    let get = async |path: &str| body(program.get(server.url(path)).send().await.unwrap()).await;

    let spec = json!({"baseUrl": api.base, "path": "/echo", "method": "GET", "authType": "bearer", "authKeyName": "ECHO_KEY"});
    let tool = json!({"name": "echo", "kind": "api_request", "status": "active", "visibility": "public", "api_spec": spec});
    let (status, tool) = post("/v1/tools", tool).await;
    assert_eq!(status, 201, "{tool}");
    let call = format!("/v1/tools/{}/execute", tool["id"].as_str().unwrap());
    let (status, refused) = post(&call, json!({})).await;
    assert!(status == 403 && refused["detail"].as_str().unwrap().contains("ECHO_KEY"), "{refused}");

    let (status, key) = post("/v1/keys", json!({"key_name": "ECHO_KEY", "value": VALUE, "mappings": [{"context_type": "global"}]})).await;
    assert_eq!((status, &key["masked_value"], &key["status"]), (201, &json!("••••6789"), &json!("active")), "{key}");
    let path = format!("/v1/keys/{}", key["id"].as_str().unwrap());
    let (_, detail) = get(&path).await;
    assert_eq!((detail["mappings"].as_array().unwrap().len(), detail.get("value")), (1, None));
    let (_, names) = get("/v1/keys/names").await;
    assert_eq!(names["items"], json!([{"key_name": "ECHO_KEY", "usable": 1}]));

    let (status, done) = post(&call, json!({})).await;
    assert_eq!((status, &done["status"], &done["key_id"]), (200, &json!("success"), &key["id"]), "{done}");
    let (_, tested) = body(program.post(server.url(&format!("{path}/test"))).send().await.unwrap()).await;
    assert_eq!((&tested["outcome"], &tested["status"]), (&json!("accepted"), &json!(200)), "{tested}");
    let (_, uses) = get(&format!("{path}/uses")).await;
    let used = &uses["items"][0];
    assert_eq!((&used["asker_kind"], &used["asker_name"], &used["ways"]), (&json!("tool"), &json!("echo"), &json!(["request"])));
    assert_eq!((&used["instead_id"], &used["refused"]), (&Value::Null, &Value::Null));
    let (_, why) = get(&format!("/v1/keys/resolution?tool_id={}", tool["id"].as_str().unwrap())).await;
    assert_eq!((&why["key_id"], &why["steps"][0]["verdict"]), (&key["id"], &json!("used")), "{why}");

    let put = async |json: Value| body(program.put(server.url(&path)).json(&json).send().await.unwrap()).await;
    let (status, problem) = put(json!({"allowed_hosts": ["api.example.com", "https://api.example.com"]})).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/allowed_hosts/1")), "{problem}");
    let (_, limited) = put(json!({"allowed_hosts": ["API.example.com"]})).await;
    assert_eq!(limited["allowed_hosts"], json!(["api.example.com"]));
    let (status, refused) = post(&call, json!({})).await;
    let why = refused["detail"].as_str().unwrap();
    assert!(status == 403 && why.contains("“ECHO_KEY” may be sent to api.example.com only, not to 127.0.0.1:"), "{refused}");
    let (_, uses) = get(&format!("{path}/uses")).await;
    assert!(uses["items"][0]["refused"].as_str().unwrap().contains("api.example.com only"), "{uses}");
    let (_, explained) = get(&format!("/v1/keys/resolution?tool_id={}", tool["id"].as_str().unwrap())).await;
    assert_eq!((&explained["destinations"][0]["way"], &explained["destinations"][0]["host"]), (&json!("request"), &json!("127.0.0.1")));
    assert_eq!(put(json!({"allowed_hosts": []})).await.1["allowed_hosts"], json!([]));
    assert_eq!(post(&call, json!({})).await.0, 200);

    api.revoke_all();
    let (_, tested) = post(&format!("{path}/test"), json!({"tool_id": tool["id"]})).await;
    assert_eq!(tested["outcome"], json!("refused"), "{tested}");
    let (status, changed) =
        body(program.put(server.url(&path)).json(&json!({"value": "sk-canary-another-1", "is_active": false})).send().await.unwrap()).await;
    assert_eq!((status, &changed["status"], &changed["mapping_count"]), (200, &json!("inactive"), &json!(1)));
    let mapping = format!("{path}/mappings/{}", detail["mappings"][0]["id"].as_str().unwrap());
    assert_eq!(program.delete(server.url(&mapping)).send().await.unwrap().status(), 204);
    assert_eq!(post(&format!("{path}/mappings"), json!({"context_type": "global", "priority": 3})).await.0, 201);
    assert_eq!(post(&format!("{path}/mappings"), json!({"context_type": "global"})).await.0, 409);
    assert_eq!(program.delete(server.url(&path)).send().await.unwrap().status(), 204);
    assert_eq!(get(&path).await.0, 404);
    let (_, audit) = (0, test_audit(&test).await);
    assert!(!audit.contains("sk-canary") && audit.contains("key.replace_value") && audit.contains("key.test"), "{audit}");
}

async fn test_audit(test: &TestSystem) -> String {
    let rows: Vec<String> = sqlx::query_scalar("select audit_log::text from audit_log").fetch_all(test.owner()).await.unwrap();
    rows.join("\n")
}

#[tokio::test]
async fn what_is_wrong_with_a_key_is_said_at_its_place_and_the_value_is_not_repeated() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &Scope::ALL).await;
    let post = async |json: Value| body(program.post(server.url("/v1/keys")).json(&json).send().await.unwrap()).await;
    let (status, problem) = post(json!({"key_name": "A", "value": ["sk-canary-in-a-list"]})).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/value")), "{problem}");
    let (status, problem) = post(json!({"key_name": "A", "value": 4711471147114711_u64})).await;
    assert!(status == 422 && !problem.to_string().contains("4711"), "{problem}");
    let (status, problem) = post(json!({"key_name": "A"})).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/value")));
    let (_, problem) = post(json!({"key_name": "A", "value": VALUE, "mappings": [{"context_type": "agent"}]})).await;
    assert_eq!(problem["errors"][0]["pointer"], json!("/mappings/0/context_id"));
    let builder = test.member(&organization, Role::Builder).await;
    let program = test.program(&builder, &Scope::ALL).await;
    let (status, _) =
        body(program.post(server.url("/v1/keys")).json(&json!({"key_name": "A", "value": VALUE})).send().await.unwrap()).await;
    assert_eq!(status, 403);
    assert_eq!(program.get(server.url("/v1/keys/names")).send().await.unwrap().status(), 200);
}
