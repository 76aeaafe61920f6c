use serde_json::{Value, json};
use support::TestSystem;
use toolcrib::access::Scope;

fn tool(tests: &str) -> Value {
    json!({"name": "double", "kind": "python", "visibility": "public", "script_content": "def main(number: int):\n    return number * 2\n",
        "test_content": tests, "input_schema": {"type": "object", "properties": {"number": {"type": "integer"}}}})
}

#[tokio::test]
async fn tests_run_over_rest_and_a_failing_one_stands_in_the_way_of_activation() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &[Scope::Read, Scope::Write, Scope::Execute]).await;
    let created: Value = program
        .post(server.url("/v1/tools"))
        .json(&tool("def test_two():\n    assert main(1) == 2\n\ndef test_three():\n    assert main(1) == 3\n"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let base = format!("/v1/tools/{}", created["id"].as_str().unwrap());
    assert_eq!(program.get(server.url(&format!("{base}/test"))).send().await.unwrap().status(), 404);
    let ran = program.post(server.url(&format!("{base}/test"))).send().await.unwrap();
    assert_eq!(ran.status(), 200);
    let ran: Value = ran.json().await.unwrap();
    assert_eq!(ran["passed"], json!(false));
    let told: Vec<_> = ran["results"].as_array().unwrap().iter().map(|result| (result["name"].clone(), result["passed"].clone())).collect();
    assert_eq!(told, [(json!("test_two"), json!(true)), (json!("test_three"), json!(false))]);
    let kept: Value = program.get(server.url(&format!("{base}/test"))).send().await.unwrap().json().await.unwrap();
    assert_eq!(kept["results"], ran["results"]);
    let activate = async |body: Value| program.post(server.url(&format!("{base}/status"))).json(&body).send().await.unwrap();
    let refused = activate(json!({"status": "active"})).await;
    assert_eq!(refused.status(), 409);
    let problem: Value = refused.json().await.unwrap();
    assert!(problem["detail"].as_str().unwrap().contains("1 of 2 tests fail: test_three"), "{problem}");
    let forced = activate(json!({"status": "active", "force": true})).await;
    assert_eq!(forced.json::<Value>().await.unwrap()["status"], json!("active"));
}

#[tokio::test]
async fn a_tool_without_tests_says_so_and_reading_alone_runs_none() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &[Scope::Read, Scope::Write, Scope::Execute]).await;
    let created: Value = program.post(server.url("/v1/tools")).json(&tool("")).send().await.unwrap().json().await.unwrap();
    let path = format!("/v1/tools/{}/test", created["id"].as_str().unwrap());
    assert_eq!(program.post(server.url(&path)).send().await.unwrap().status(), 422);
    let reader = test.program(&owner, &[Scope::Read]).await;
    assert_eq!(reader.post(server.url(&path)).send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn inputs_are_proposed_over_rest() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &[Scope::Read, Scope::Write]).await;
    let body = json!({"script": "def main(city: str, days: int = 3):\n    pass\n"});
    let found: Value = program.post(server.url("/v1/tools/propose-inputs")).json(&body).send().await.unwrap().json().await.unwrap();
    assert_eq!(found["schema"]["required"], json!(["city"]));
    assert_eq!(found["schema"]["properties"]["days"], json!({"type": "integer", "default": 3}));
}
