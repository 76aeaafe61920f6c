use chrono::Duration;
use serde_json::{Value, json};
use support::TestSystem;
use toolcrib::access::{Role, Scope};

#[tokio::test]
async fn a_token_learns_as_whom_it_acts() {
    let test = TestSystem::new().await;
    let (organization, _) = test.organization("acme").await;
    let builder = test.member(&organization, Role::Builder).await;
    let server = test.server().await;
    let program = test.program(&builder, &[Scope::Read, Scope::Execute]).await;
    let me: Value = program.get(server.url("/v1/me")).send().await.unwrap().json().await.unwrap();
    assert_eq!(me["organization_slug"], "acme");
    assert_eq!(me["role"], "builder");
    assert_eq!(me["scopes"], json!(["read", "execute"]));
}

#[tokio::test]
async fn without_a_token_or_with_an_unknown_one_the_answer_is_401_and_names_the_scheme() {
    let test = TestSystem::new().await;
    let server = test.server().await;
    for value in [None, Some("Bearer tc_unknown"), Some("Basic abc")] {
        let mut request = server.get("/v1/me");
        if let Some(value) = value {
            request = request.header("authorization", value);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 401);
        assert!(answer.headers()["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
    }
}

#[tokio::test]
async fn a_session_cookie_is_no_token() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let answer = test.browser(&server, &owner).await.get(server.url("/v1/me")).send().await.unwrap();
    assert_eq!(answer.status(), 401);
}

#[tokio::test]
async fn a_revoked_or_expired_token_is_refused() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &[Scope::Read]).await;
    sqlx::query("update api_tokens set expires_at = $1").bind(test.now() + Duration::hours(1)).execute(test.owner()).await.unwrap();
    assert_eq!(program.get(server.url("/v1/me")).send().await.unwrap().status(), 200);
    test.pass(Duration::hours(2));
    assert_eq!(program.get(server.url("/v1/me")).send().await.unwrap().status(), 401);
}
