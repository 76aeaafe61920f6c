//! Two servers, one database: a limit is one limit.

use super::{Data, Server};
use reqwest::StatusCode;
use serde_json::{Value, json};
use support::TestSystem;
use toolcrib::access::Scope;

#[tokio::test]
async fn of_many_calls_at_once_on_two_servers_exactly_as_many_go_ahead_as_allowed() {
    const ALLOWED: usize = 25;
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let data = [Data::new(), Data::new()];
    let (first, second) = tokio::join!(Server::start_on(&test, &data[0], |_| {}), Server::start_on(&test, &data[1], |_| {}));
    let servers = [first, second];
    let program = test.program(&owner, &[Scope::Read, Scope::Write, Scope::Execute]).await;
    // Nothing listens there: the call goes ahead and fails at once.
    let tool = json!({"name": "quick", "kind": "api_request", "status": "active", "visibility": "public", "rate_limit_per_minute": ALLOWED,
        "retry_policy": {"max_attempts": 1},
        "api_spec": {"method": "GET", "base_url": "http://127.0.0.1:9", "path": "/", "auth_type": "none"}});
    let made = program.post(format!("http://{}/v1/tools", servers[0].address)).json(&tool).send().await.unwrap();
    assert_eq!(made.status(), StatusCode::CREATED);
    let id = made.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
    let mut calls = tokio::task::JoinSet::new();
    for i in 0..120 {
        let (program, url) = (program.clone(), format!("http://{}/v1/tools/{id}/execute", servers[i % 2].address));
        calls.spawn(async move {
            let answer = program.post(url).json(&json!({})).send().await.unwrap();
            let wait = answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
            (answer.status(), wait)
        });
    }
    let answers = calls.join_all().await;
    let went = answers.iter().filter(|(status, _)| *status == StatusCode::OK).count();
    let refused: Vec<_> = answers.iter().filter(|(status, _)| *status == StatusCode::TOO_MANY_REQUESTS).collect();
    assert_eq!((went, refused.len()), (ALLOWED, 120 - ALLOWED), "{answers:?}");
    assert!(refused.iter().all(|(_, wait)| wait.is_some_and(|wait| (1..=61).contains(&wait))), "{refused:?}");
    let used: Value =
        program.get(format!("http://{}/v1/tools/{id}/limits", servers[1].address)).send().await.unwrap().json().await.unwrap();
    assert_eq!((&used["in_minute"], &used["refused_in_hour"]), (&json!(ALLOWED), &json!(120 - ALLOWED)));
}
