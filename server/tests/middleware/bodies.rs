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

#[tokio::test]
async fn a_form_that_is_too_large_is_refused_with_a_page_that_leads_back() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let browser = test.browser(&server, &owner).await;
    let from = server.url("/acme/tools/new?kind=python");
    let script = "x".repeat(3 << 20);
    let fields =
        [("org", "acme"), ("form[kind]", "python"), ("form[name]", "typed_in_vain"), ("form[script]", &script), ("api_token", "tc_hidden")];
    let send = || browser.post(server.url("/api/fn/tools/create")).header("referer", &from).form(&fields);
    let page = send().send().await.unwrap();
    assert_eq!(page.status(), 413);
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    let page = page.text().await.unwrap();
    assert!(page.contains("A body has at most 2 MiB. Shorten what you typed into: form[script]."), "{page}");
    // What was not too large stands on the page again, and nothing of it was carried out.
    let back = page.split("href=\"").find(|part| part.starts_with("/acme/tools/new?kind=python&amp;flash=")).expect("the way back");
    let back = back.split('"').next().unwrap().replace("&amp;", "&");
    let form = browser.get(server.url(&back)).send().await.unwrap().text().await.unwrap();
    assert!(form.contains("value=\"typed_in_vain\"") && form.contains("Shorten what you typed"), "{form}");
    let (tools, stored): (i64, String) = sqlx::query_as(
        "select (select count(*) from tools where organization_id is not null), (select string_agg(body::text, '') from form_flashes)",
    )
    .fetch_one(test.owner())
    .await
    .unwrap();
    assert_eq!(tools, 0);
    assert!(!stored.contains("xxxx") && !stored.contains("tc_hidden"), "large and secret values are not kept");
    // From another site nothing is kept at all.
    let foreign = send().header("origin", "https://evil.example").send().await.unwrap();
    assert_eq!(foreign.status(), 403);
    // Beyond all measure it is only refused.
    let huge =
        browser.post(server.url("/api/fn/tools/create")).header("referer", &from).form(&[("a", "x".repeat(9 << 20))]).send().await.unwrap();
    assert_eq!(huge.status(), 413);
    assert!(huge.text().await.unwrap().contains("href=\"/acme/tools/new?kind=python\""));
    let kept: i64 = sqlx::query_scalar("select count(*) from form_flashes").fetch_one(test.owner()).await.unwrap();
    assert_eq!(kept, 1);
    // Compressed answers are none the worse for it.
    let page = send().header("accept-encoding", "gzip").send().await.unwrap();
    assert!(page.headers().get("content-encoding").is_none() && page.text().await.unwrap().contains("at most 2 MiB"));
    // The script of the page, and programs, get what they can read.
    let problem = send().header("accept", "application/json").send().await.unwrap();
    assert_eq!((problem.status().as_u16(), problem.headers()["content-type"].as_bytes()), (413, b"application/problem+json".as_slice()));
    let program = test.program(&owner, &[Scope::Write]).await;
    let rest = program.post(server.url("/v1/tools")).header("accept", "text/html").body(vec![b' '; 3 << 20]).send().await.unwrap();
    assert_eq!(rest.headers()["content-type"], "application/problem+json");
}
