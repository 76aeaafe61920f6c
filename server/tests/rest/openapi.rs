use serde_json::Value;
use support::TestSystem;

#[tokio::test]
async fn the_description_is_openapi_3_1_and_every_operation_needs_a_token_and_may_refuse() {
    let test = TestSystem::new().await;
    let api: Value = test.server().await.get("/v1/openapi.json").send().await.unwrap().json().await.unwrap();
    assert!(api["openapi"].as_str().unwrap().starts_with("3.1"));
    assert_eq!(api["components"]["securitySchemes"]["token"]["scheme"], "bearer");
    assert_eq!(api["security"][0]["token"], Value::Array(vec![]));
    for (path, operations) in api["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            assert!(path.starts_with("/v1/") || path.starts_with("/api/"), "{path}");
            assert!(
                operation["responses"].as_object().unwrap().keys().any(|status| status.starts_with('2')),
                "{method} {path} never succeeds"
            );
            assert!(operation["summary"].is_string(), "{method} {path} says not what it does");
        }
    }
    // No reference leads nowhere.
    let text = api.to_string();
    for reference in text.split("\"#/components/schemas/").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(api["components"]["schemas"][reference].is_object(), "{reference} is referred to and not described");
    }
}

#[tokio::test]
async fn every_operation_has_a_name_of_its_own() {
    let test = TestSystem::new().await;
    let api: Value = test.server().await.get("/v1/openapi.json").send().await.unwrap().json().await.unwrap();
    let operations = api["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
    let mut names: Vec<&str> = operations.filter_map(|operation| operation["operationId"].as_str()).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
    assert!(names.contains(&"list_executions") && !names.iter().any(|name| name.ends_with("_again")), "{names:?}");
}
