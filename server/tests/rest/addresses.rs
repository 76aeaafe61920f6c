use serde_json::Value;
use support::TestSystem;

#[tokio::test]
async fn an_unknown_address_under_v1_answers_with_a_problem_and_no_page() {
    let test = TestSystem::new().await;
    let answer = test.server().await.get("/v1/nowhere").header("accept", "text/html").send().await.unwrap();
    assert_eq!(answer.status(), 404);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    assert_eq!(answer.json::<Value>().await.unwrap()["status"], 404);
}

#[tokio::test]
async fn an_unknown_method_answers_405_and_says_which_are_known() {
    let test = TestSystem::new().await;
    let answer = test.server().await.post("/v1/me").send().await.unwrap();
    assert_eq!(answer.status(), 405);
    assert!(answer.headers()["allow"].to_str().unwrap().contains("GET"));
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
}

#[tokio::test]
async fn readiness_says_when_migrations_are_missing() {
    let test = TestSystem::new().await;
    let server = test.server().await;
    assert_eq!(server.get("/readyz").send().await.unwrap().status(), 200);
    sqlx::query("delete from _sqlx_migrations where version = (select max(version) from _sqlx_migrations)")
        .execute(test.owner())
        .await
        .unwrap();
    let answer = server.get("/readyz").send().await.unwrap();
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.json::<Value>().await.unwrap()["ready"], false);
    assert_eq!(server.get("/healthz").send().await.unwrap().status(), 200);
}
