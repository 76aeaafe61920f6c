use super::voice::{call, key, tool};
use serde_json::json;
use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};
use support::{
    TestSystem, changing_names,
    pipedream::{self, Pipedream},
    under_a_name,
};
use toolcrib::{
    actor::Actor,
    executions::{ErrorClass, ExecuteRequest, Execution, Status, execute},
    tools::{Kind, NewTool, create},
};

async fn system(pipedream: &Pipedream) -> (TestSystem, Actor) {
    let url = pipedream.url.clone();
    let test = TestSystem::with(move |config| config.pipedream_url = url).await;
    let (_, owner) = test.organization("acme").await;
    key(&test, &owner, "PIPEDREAM_CLIENT_ID", pipedream::CLIENT_ID).await;
    key(&test, &owner, "PIPEDREAM_CLIENT_SECRET", pipedream::CLIENT_SECRET).await;
    (test, owner)
}

fn action(id: &str) -> NewTool {
    tool(
        "run_action",
        Kind::PipedreamAction,
        json!({
            "id": id, "version": "1.2.3", "project_id": pipedream::PROJECT, "environment": "production",
            "external_user_id": {"mode": "fixed", "value": "{{organization_slug}}"},
            "configured_props": {
                "gitlab": {"mode": "fixed", "value": {"authProvisionId": "apn_1"}},
                "max": {"mode": "ai", "prompt": "How many?", "schema": {"type": "integer"}},
                "labels": {"mode": "array_extendable", "value": ["voice"], "prompt": "More labels"}
            }
        }),
    )
}

async fn run(id: &str) -> (Execution, Pipedream) {
    let pipedream = Pipedream::start().await;
    let (test, owner) = system(&pipedream).await;
    let mut tool = action(id);
    tool.timeout_ms = 3_000;
    let done = call(&test, &owner, tool, json!({"max": 2}), json!({})).await;
    (done, pipedream)
}

#[tokio::test]
async fn an_action_runs_in_the_user_s_name_and_its_results_and_log_come_back() {
    let pipedream = Pipedream::start().await;
    let (test, owner) = system(&pipedream).await;
    let done =
        call(&test, &owner, action("gitlab-list-projects"), json!({"max": 2, "labels": ["urgent"], "gitlab": "mine"}), json!({})).await;
    assert_eq!(done.status, Status::Success, "{:?}", done.error_message);
    assert_eq!(done.outputs, Some(json!({"exports": {"$summary": "Found 2 projects"}, "ret": [{"name": "a"}, {"name": "b"}]})));
    assert_eq!(done.logs.as_deref(), Some("[log] listing projects\n[log] {\"count\":2}\n"));
    assert_eq!(done.warnings, ["The value sent for “gitlab” was ignored: it is fixed for this tool."]);
    let (environment, body) = pipedream.runs.lock().unwrap()[0].clone();
    assert_eq!(environment, "production");
    assert_eq!(
        body,
        json!({"id": "gitlab-list-projects", "external_user_id": "acme", "version": "1.2.3",
            "configured_props": {"gitlab": {"authProvisionId": "apn_1"}, "max": 2, "labels": ["voice", "urgent"]}})
    );
}

#[tokio::test]
async fn the_token_is_kept_until_it_ends_and_replaced_when_it_was_withdrawn() {
    let pipedream = Pipedream::start().await;
    let (test, owner) = system(&pipedream).await;
    let tool = create(test.system(), &owner, action("gitlab-list-projects")).await.unwrap();
    let call = async || execute(test.system(), &owner, ExecuteRequest::new(tool.id, json!({"max": 1}))).await.unwrap().status;
    assert_eq!((call().await, call().await), (Status::Success, Status::Success));
    assert_eq!(pipedream.tokens.load(Ordering::SeqCst), 1);
    pipedream.withdraw.store(true, Ordering::SeqCst);
    assert_eq!(call().await, Status::Success);
    assert_eq!(pipedream.tokens.load(Ordering::SeqCst), 2);
    // Another organization has a token of its own, and one that ends at once is not kept.
    let other = Pipedream::start().await;
    other.expires_in.store(30, Ordering::SeqCst);
    let (test, owner) = system(&other).await;
    let tool = create(test.system(), &owner, action("gitlab-list-projects")).await.unwrap();
    for _ in 0..2 {
        execute(test.system(), &owner, ExecuteRequest::new(tool.id, json!({"max": 1}))).await.unwrap();
    }
    assert_eq!(other.tokens.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_token_endpoint_whose_name_changes_its_answer_after_the_check_hears_nothing() {
    let pipedream = Pipedream::start().await;
    let (names, asked) = changing_names();
    let url = under_a_name(&pipedream.url);
    let test = TestSystem::with(move |config| (config.names, config.pipedream_url) = (names, url)).await;
    let (_, owner) = test.organization("acme").await;
    key(&test, &owner, "PIPEDREAM_CLIENT_ID", pipedream::CLIENT_ID).await;
    key(&test, &owner, "PIPEDREAM_CLIENT_SECRET", pipedream::CLIENT_SECRET).await;
    let tool = create(test.system(), &owner, action("gitlab-list-projects")).await.unwrap();
    let call = async || execute(test.system(), &owner, ExecuteRequest::new(tool.id, json!({"max": 1}))).await.unwrap();
    let first = call().await;
    // The address that was checked is the one that was tried; the name was not looked up a second time for the connection.
    assert!(matches!(first.error_class, Some(ErrorClass::Upstream | ErrorClass::Timeout)), "{first:?}");
    assert_eq!((asked.load(Ordering::SeqCst), pipedream.tokens.load(Ordering::SeqCst)), (1, 0));
    let second = call().await;
    assert_eq!((second.error_class, pipedream.tokens.load(Ordering::SeqCst)), (Some(ErrorClass::Upstream), 0));
    assert!(second.error_message.unwrap().contains("not on the public internet"));
    assert!(pipedream.runs.lock().unwrap().is_empty());
}

#[tokio::test]
async fn every_way_to_fail_has_its_class_and_its_words() {
    for (id, class, words) in [
        ("throws", ErrorClass::Upstream, "No such project"),
        ("forbidden", ErrorClass::Unauthorized, "account not connected"),
        ("down", ErrorClass::Upstream, "502"),
        ("not-json", ErrorClass::Upstream, "not JSON"),
        ("endless", ErrorClass::Upstream, "larger than 5 MiB"),
        ("breaks-off", ErrorClass::Upstream, "broke off"),
        ("redirects", ErrorClass::Upstream, "302"),
        ("odd", ErrorClass::Upstream, "neither exports nor ret"),
        ("unknown-action", ErrorClass::Upstream, "component not found"),
        ("busy", ErrorClass::RateLimited, "Try again in 900 s"),
    ] {
        let (done, pipedream) = run(id).await;
        let message = done.error_message.unwrap_or_default();
        assert_eq!((done.error_class, message.contains(words)), (Some(class), true), "{id}: {message}");
        assert!(pipedream.runs.lock().unwrap().is_empty());
        if id == "throws" {
            assert_eq!(done.logs.as_deref(), Some("[log] about to fail\n[error] No such project\n"));
        }
        if id == "busy" {
            assert_eq!(done.account["retry_after"], 900);
        }
    }
}

#[tokio::test]
async fn a_busy_service_is_asked_again_and_one_that_hangs_is_a_timeout() {
    let (done, pipedream) = run("busy-once").await;
    assert_eq!((done.status, pipedream.runs.lock().unwrap().len()), (Status::Success, 1), "{:?}", done.error_message);
    let began = Instant::now();
    let (done, _) = run("hangs").await;
    assert_eq!(done.status, Status::Timeout);
    assert!(began.elapsed() < Duration::from_secs(30));
}

#[tokio::test]
async fn keys_and_tokens_do_not_come_back() {
    let (done, _) = run("leaks").await;
    assert_eq!(done.status, Status::Success, "{:?}", done.error_message);
    let stored = serde_json::to_string(&done).unwrap();
    assert!(!stored.contains("canary"), "{stored}");
}

#[tokio::test]
async fn no_token_means_no_call_and_says_whose_fault_it_is() {
    let pipedream = Pipedream::start().await;
    let url = pipedream.url.clone();
    let test = TestSystem::with(move |config| config.pipedream_url = url).await;
    let (_, owner) = test.organization("acme").await;
    let tool = create(test.system(), &owner, action("gitlab-list-projects")).await.unwrap();
    let call = async || execute(test.system(), &owner, ExecuteRequest::new(tool.id, json!({"max": 1}))).await.unwrap();
    let done = call().await;
    assert_eq!(done.status, Status::Unauthorized);
    assert!(done.error_message.unwrap().contains("PIPEDREAM_CLIENT_ID"));
    key(&test, &owner, "PIPEDREAM_CLIENT_ID", pipedream::CLIENT_ID).await;
    key(&test, &owner, "PIPEDREAM_CLIENT_SECRET", "wrong-secret-0000").await;
    let done = call().await;
    assert_eq!(done.status, Status::Unauthorized);
    assert!(done.error_message.unwrap().contains("refused the keys"));
    pipedream.down.store(true, Ordering::SeqCst);
    let done = call().await;
    assert_eq!(done.error_class, Some(ErrorClass::Upstream));
    assert_eq!(pipedream.runs.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn a_token_endpoint_that_hangs_or_answers_no_json_ends_the_call_before_anything_is_run() {
    let pipedream = Pipedream::start().await;
    let (test, owner) = system(&pipedream).await;
    let mut new = action("gitlab-list-projects");
    new.timeout_ms = 2_000;
    let tool = create(test.system(), &owner, new).await.unwrap();
    let call = async || execute(test.system(), &owner, ExecuteRequest::new(tool.id, json!({"max": 1}))).await.unwrap();
    pipedream.hangs.store(true, Ordering::SeqCst);
    let began = Instant::now();
    let done = call().await;
    assert_eq!((done.status, done.error_class), (Status::Timeout, Some(ErrorClass::Timeout)));
    assert!(began.elapsed() < Duration::from_secs(20));
    pipedream.hangs.store(false, Ordering::SeqCst);
    pipedream.not_json.store(true, Ordering::SeqCst);
    let done = call().await;
    assert_eq!((done.status, done.error_class), (Status::Failed, Some(ErrorClass::Upstream)));
    assert!(done.error_message.as_ref().unwrap().contains("no access token"), "{done:?}");
    let shown = serde_json::to_string(&done).unwrap();
    assert!(!shown.contains("canary"), "the page repeats what was sent: {shown}");
    assert!(pipedream.runs.lock().unwrap().is_empty());
    pipedream.not_json.store(false, Ordering::SeqCst);
    assert_eq!(call().await.status, Status::Success, "nothing of it was kept");
}
