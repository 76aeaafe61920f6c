use serde_json::Value;
use support::TestSystem;
use toolcrib::access::Scope;

#[tokio::test]
async fn ten_megabytes_are_refused_with_a_problem_and_not_a_reset() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &[Scope::Write]).await;
    let answer =
        program.post(server.url("/v1/me")).header("content-type", "application/json").body(vec![b' '; 10 << 20]).send().await.unwrap();
    assert_eq!(answer.status(), 413);
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(problem["detail"], "A body has at most 2 MiB.");
}
