use support::TestSystem;

#[tokio::test]
async fn a_post_from_another_site_is_refused_before_anything_happens() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let browser = test.browser(&server, &owner).await;
    let answer = browser.post(server.url("/api/fn/anything")).header("origin", "https://evil.example").send().await.unwrap();
    assert_eq!(answer.status(), 403);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
}

#[tokio::test]
async fn a_post_that_does_not_say_where_it_comes_from_is_refused_when_it_carries_a_session() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let cookie = format!("{}={}", app::context::SESSION_COOKIE, test.session(&owner).await);
    let answer = server.post("/api/fn/anything").header("cookie", cookie).send().await.unwrap();
    assert_eq!(answer.status(), 403);
}
