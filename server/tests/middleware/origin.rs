use support::TestSystem;

#[tokio::test]
async fn a_post_from_another_site_is_refused_before_anything_happens() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let browser = test.browser(&server, &owner).await;
    let fields = [("org", "acme"), ("name", "helper"), ("display_name", "Helper")];
    let post = || browser.post(server.url("/api/fn/agents/create")).form(&fields).header("referer", "https://evil.example/acme");
    let page = post().header("origin", "https://evil.example").send().await.unwrap();
    assert_eq!(page.status(), 403);
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("style-src 'self'") && !policy.contains("script-src"), "{policy}");
    let page = page.text().await.unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("This request comes from another site"), "{page}");
    assert!(page.contains("href=\"/\"") && !page.contains("evil.example"), "it leads nowhere else: {page}");
    let problem = post().header("origin", "https://evil.example").header("accept", "application/json").send().await.unwrap();
    assert_eq!(problem.status(), 403);
    let made: i64 = sqlx::query_scalar("select count(*) from agents").fetch_one(test.owner()).await.unwrap();
    assert_eq!(made, 0);
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
