use reqwest::StatusCode;
use serde_json::{Value, json};
use support::TestSystem;
use toolcrib::access::Scope;

#[tokio::test]
async fn a_call_brings_its_variables_and_is_told_what_it_lacks() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &[Scope::Read, Scope::Write, Scope::Execute]).await;
    let post = async |path: &str, body: Value| {
        let answer = program.post(server.url(path)).json(&body).send().await.unwrap();
        (answer.status(), answer.json::<Value>().await.unwrap())
    };
    let tool = json!({"name": "transfer", "kind": "transfer_call", "status": "active", "config_metadata": {
        "destinations": [{"name": "desk", "type": "sip", "sip_uri": "sip:desk@example.com"}],
        "destination": {"mode": "fixed", "value": "desk"},
        "message": {"mode": "fixed", "value": "{{customer.number}} for {{appointment_time}}"}}});
    let (status, problem) = post("/v1/tools", tool.clone()).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("/config_metadata/message/value")));
    let (status, variable) = post("/v1/variables", json!({"name": "appointment_time", "description": "When they come"})).await;
    assert_eq!(status, StatusCode::CREATED);
    let (status, made) = post("/v1/tools", tool).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let path = format!("/v1/tools/{}/execute", made["id"].as_str().unwrap());
    let (status, problem) = post(&path, json!({"variables": {"appointment_time": "9:00"}})).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("/inputs/message")));
    let given = json!({"variables": {"appointment_time": "9:00", "caller_phone_number": "+14155550111"}});
    let (status, done) = post(&path, given).await;
    assert_eq!((status, &done["outputs"]["destination"]["message"]), (StatusCode::OK, &json!("+14155550111 for 9:00")));
    let many: Value = (0..101).map(|n| (format!("v{n}"), json!(n))).collect::<serde_json::Map<_, _>>().into();
    let (status, problem) = post(&path, json!({"variables": many})).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("/variables")));
    let one = server.url(&format!("/v1/variables/{}", variable["id"].as_str().unwrap()));
    assert_eq!(program.delete(&one).send().await.unwrap().status(), StatusCode::CONFLICT);
    program.delete(server.url(&format!("/v1/tools/{}", made["id"].as_str().unwrap()))).send().await.unwrap();
    assert_eq!(program.delete(&one).send().await.unwrap().status(), StatusCode::NO_CONTENT);
}
