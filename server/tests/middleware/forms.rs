//! Forms as a browser without JavaScript sends them.

use chrono::Duration;
use reqwest::{Client, Response};
use support::{TestServer, TestSystem};
use toolcrib::access::Role;

async fn send(browser: &Client, server: &TestServer, fields: &[(&str, &str)]) -> Response {
    browser
        .post(server.url("/api/fn/agents/create"))
        .header("referer", server.url("/acme/agents/new?from=menu"))
        .form(fields)
        .send()
        .await
        .unwrap()
}

fn location(answer: &Response) -> String {
    answer.headers()["location"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_refused_form_comes_back_with_what_was_typed_and_what_is_wrong() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let server = test.server().await;
    let browser = test.browser(&server, &owner).await;
    let refused =
        send(&browser, &server, &[("org", "acme"), ("name", "No Name"), ("display_name", "Typed in vain?"), ("api_token", "tc_hidden")])
            .await;
    assert_eq!(refused.status(), 303);
    let back = location(&refused);
    assert!(back.starts_with("/acme/agents/new?from=menu&flash="), "{back}");

    let page = browser.get(server.url(&back)).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("value=\"Typed in vain?\"") && page.contains("value=\"No Name\""), "what was typed is lost");
    assert!(page.contains("A name starts with a lowercase letter."), "the field does not say what is wrong");
    let stored: String = sqlx::query_scalar("select body::text from form_flashes").fetch_one(test.owner()).await.unwrap();
    assert!(!stored.contains("tc_hidden"), "a secret was kept");

    let other = test.browser(&server, &test.member(&organization, Role::Builder).await).await;
    let page = other.get(server.url(&back)).send().await.unwrap().text().await.unwrap();
    assert!(!page.contains("Typed in vain?"), "somebody else reads the form");
    test.pass(Duration::minutes(11));
    let page = browser.get(server.url(&back)).send().await.unwrap().text().await.unwrap();
    assert!(!page.contains("Typed in vain?"), "it is kept too long");
}

#[tokio::test]
async fn a_form_that_succeeds_leads_on_and_its_refusal_is_forgotten() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let browser = test.browser(&server, &owner).await;
    let done = send(&browser, &server, &[("org", "acme"), ("name", "helper"), ("display_name", "Helper")]).await;
    assert_eq!(done.status(), 303);
    let on = location(&done);
    assert!(on.starts_with("/acme/agents/") && !on.contains("flash") && !on.contains("/new"), "{on}");
    let made: i64 = sqlx::query_scalar("select count(*) from agents where name = 'helper'").fetch_one(test.owner()).await.unwrap();
    assert_eq!(made, 1);
}
