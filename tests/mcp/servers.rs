use super::{BOTH, call, imported, registered};
use serde_json::json;
use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};
use support::{Answers, McpStandIn, Mode, Revision, TestSystem, changing_names, under_a_name};
use toolcrib::{
    Error,
    access::Role,
    executions::{ErrorClass, Status},
    mcp::{Circuit, Health, NewMcpServer, delete::delete, get, refresh::refresh, register::register, update::update},
    tools::UpdateTool,
};

#[tokio::test]
async fn both_generations_answer_calls_as_json_and_as_a_stream() {
    for (revision, answers) in BOTH {
        let (upstream, test, owner, server) = registered(revision, answers).await;
        assert_eq!((server.status, server.last_error.as_deref()), (Health::Up, None), "{revision:?} {answers:?}");
        assert_eq!(server.protocol_version.as_deref(), Some(if revision == Revision::Newest { "2026-07-28" } else { "2025-11-25" }));
        assert_eq!(server.offered, 6, "both pages of the list");
        let tool = imported(&test, &owner, &server, "getWeather").await;
        let done = call(&test, &owner, tool.id, json!({"city": "Graz"})).await;
        assert_eq!(done.status, Status::Success, "{revision:?} {answers:?} {:?}", done.error_message);
        assert_eq!(done.outputs, Some(json!({"city": "Graz", "celsius": 21.5})));
        assert!(done.warnings.is_empty(), "{:?}", done.warnings);
        if answers == Answers::EventStream {
            let log = done.logs.unwrap();
            assert!(log.contains("progress 1 of 2: half way") && log.contains("info: looked it up"), "{log}");
        }
        assert_eq!(upstream.complaints(), Vec::<String>::new(), "{revision:?} {answers:?}");
        assert_eq!((upstream.calls(), upstream.initialized()), (1, usize::from(revision == Revision::Legacy)), "one connection for all");
    }
}

#[tokio::test]
async fn text_is_joined_and_pictures_stay_pictures_and_errors_are_errors() {
    let (_upstream, test, owner, server) = registered(Revision::Newest, Answers::Json).await;
    let twice = imported(&test, &owner, &server, "say-twice").await;
    assert_eq!(twice.name, "say_twice");
    assert_eq!(call(&test, &owner, twice.id, json!({"text": "ho"})).await.outputs, Some(json!("ho\nho")));
    let picture = imported(&test, &owner, &server, "picture").await;
    let output = call(&test, &owner, picture.id, json!({})).await.outputs.unwrap();
    assert_eq!(output["content"][1], json!({"type": "image", "mime_type": "image/png", "base64": "aGk="}));
    let refuse = imported(&test, &owner, &server, "refuse").await;
    let failed = call(&test, &owner, refuse.id, json!({})).await;
    assert_eq!((failed.error_class, failed.error_message.as_deref()), (Some(ErrorClass::Upstream), Some("There is no such city.")));
}

#[tokio::test]
async fn a_session_that_ended_is_begun_anew() {
    let (upstream, test, owner, server) = registered(Revision::Legacy, Answers::Json).await;
    let tool = imported(&test, &owner, &server, "getWeather").await;
    upstream.end_sessions();
    let done = call(&test, &owner, tool.id, json!({"city": "Graz"})).await;
    assert_eq!(done.status, Status::Success, "{:?}", done.error_message);
    assert_eq!(upstream.initialized(), 2);
}

#[tokio::test]
async fn every_way_of_misbehaving_is_an_upstream_failure_that_says_which() {
    for (revision, _) in [BOTH[0], BOTH[2]] {
        for (mode, words) in [
            (Mode::Status(503), "HTTP 503"),
            (Mode::InvalidJson, "makes no sense"),
            (Mode::Html, "text/html"),
            (Mode::ClosesMidStream, "broke off"),
            (Mode::Endless, "larger than"),
            (Mode::Status(302), "302"),
        ] {
            let (upstream, test, owner, server) = registered(revision, Answers::Json).await;
            let mut tool = imported(&test, &owner, &server, "getWeather").await;
            tool = toolcrib::tools::update(test.system(), &owner, tool.id, UpdateTool { timeout_ms: Some(8_000), ..UpdateTool::default() })
                .await
                .unwrap();
            upstream.behave(mode);
            let done = call(&test, &owner, tool.id, json!({"city": "Graz"})).await;
            let said = done.error_message.unwrap_or_default();
            assert_eq!((done.status, done.error_class), (Status::Failed, Some(ErrorClass::Upstream)), "{revision:?} {mode:?} {said}");
            assert!(said.contains(words), "{revision:?} {mode:?} {said}");
            upstream.behave(Mode::Fine);
            let done = call(&test, &owner, tool.id, json!({"city": "Graz"})).await;
            assert_eq!(done.status, Status::Success, "{revision:?} after {mode:?}: {:?}", done.error_message);
        }
    }
}

#[tokio::test]
async fn a_server_that_hangs_is_a_timeout_and_hears_that_nobody_waits() {
    for (revision, _) in [BOTH[1], BOTH[3]] {
        let (upstream, test, owner, server) = registered(revision, Answers::EventStream).await;
        let tool = imported(&test, &owner, &server, "sleep").await;
        let change = UpdateTool { timeout_ms: Some(700), ..UpdateTool::default() };
        toolcrib::tools::update(test.system(), &owner, tool.id, change).await.unwrap();
        let began = Instant::now();
        let done = call(&test, &owner, tool.id, json!({})).await;
        assert_eq!((done.status, done.error_class), (Status::Timeout, Some(ErrorClass::Timeout)));
        assert!(began.elapsed() < Duration::from_secs(20));
        let mut waited = 0;
        while upstream.cancelled() == 0 && waited < 100 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            waited += 1;
        }
        assert_eq!(upstream.cancelled(), 1, "{revision:?}");
        let mut failures = 0;
        for _ in 0..100 {
            failures = get::get(test.system(), &owner, server.id).await.unwrap().failures;
            if failures > 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(failures, 1, "a call cut off at its deadline counts");
    }
}

#[tokio::test]
async fn a_server_of_another_protocol_is_kept_and_said_to_be_one() {
    for revision in [Revision::Legacy, Revision::Newest] {
        let upstream = McpStandIn::start(revision, Answers::Json).await;
        upstream.behave(Mode::WrongProtocol);
        let test = TestSystem::new().await;
        let (_, owner) = test.organization("acme").await;
        let server = register(test.system(), &owner, NewMcpServer::at("weather", upstream.url())).await.unwrap();
        assert_eq!(server.status, Health::Down, "{revision:?} {:?}", server.protocol_version);
        assert!(server.last_error.unwrap().contains("revision"));
        assert_eq!(server.offered, 0);
    }
}

#[tokio::test]
async fn a_server_that_is_down_fails_its_own_calls_and_comes_back_by_itself() {
    let (upstream, test, owner, server) = registered(Revision::Newest, Answers::Json).await;
    let tool = imported(&test, &owner, &server, "getWeather").await;
    upstream.go_down().await;
    for _ in 0..5 {
        let done = call(&test, &owner, tool.id, json!({"city": "Graz"})).await;
        assert_eq!(done.error_class, Some(ErrorClass::Upstream));
        assert!(done.error_message.unwrap().contains("connection failed"));
    }
    let state = get::get(test.system(), &owner, server.id).await.unwrap();
    assert_eq!((state.failures, state.circuit, state.status), (5, Circuit::Open, Health::Down));
    // Open: nothing is sent, even though it would be answered.
    upstream.come_back().await;
    let before = upstream.calls();
    let done = call(&test, &owner, tool.id, json!({"city": "Graz"})).await;
    assert!(done.error_message.unwrap().contains("not sent for now"));
    assert_eq!(upstream.calls(), before);
    // Half open: one call is let through, and its success closes the circuit.
    test.pass(chrono::Duration::seconds(31));
    assert_eq!(get::get(test.system(), &owner, server.id).await.unwrap().circuit, Circuit::HalfOpen);
    let done = call(&test, &owner, tool.id, json!({"city": "Graz"})).await;
    assert_eq!(done.status, Status::Success, "{:?}", done.error_message);
    let state = get::get(test.system(), &owner, server.id).await.unwrap();
    assert_eq!((state.failures, state.circuit, state.status), (0, Circuit::Closed, Health::Up));
}

#[tokio::test]
async fn of_many_calls_one_alone_probes_a_server_that_was_down() {
    let (upstream, test, owner, server) = registered(Revision::Newest, Answers::Json).await;
    let tool = imported(&test, &owner, &server, "getWeather").await;
    opened(&test).await;
    upstream.behave(Mode::Status(500));
    test.pass(chrono::Duration::seconds(31));
    let calls = (0..6).map(|_| call(&test, &owner, tool.id, json!({"city": "Graz"})));
    let done = futures_util::future::join_all(calls).await;
    let sent = done.iter().filter(|done| done.error_message.as_deref().is_some_and(|said| !said.contains("not sent for now"))).count();
    assert_eq!(sent, 1, "{:?}", done.iter().map(|done| done.error_message.clone()).collect::<Vec<_>>());
}

/// As after five failures.
async fn opened(test: &TestSystem) {
    sqlx::query("update mcp_servers set failures = 5, opened_at = $1").bind(test.now()).execute(test.owner()).await.unwrap();
}

#[tokio::test]
async fn a_private_address_is_not_connected_to() {
    let upstream = McpStandIn::start(Revision::Newest, Answers::Json).await;
    let test = TestSystem::with(|config| config.allow_private_hosts.clear()).await;
    let (_, owner) = test.organization("acme").await;
    for url in [upstream.url(), "http://169.254.169.254/mcp".to_owned()] {
        let name = if url.contains("169") { "metadata" } else { "local" };
        let server = register(test.system(), &owner, NewMcpServer::at(name, url)).await.unwrap();
        assert!(server.last_error.unwrap().contains("TOOLCRIB_ALLOW_PRIVATE_HOSTS"));
    }
    assert_eq!(upstream.lists(), 0);
}

#[tokio::test]
async fn a_server_whose_name_changes_its_answer_after_the_check_hears_nothing() {
    let upstream = McpStandIn::start(Revision::Newest, Answers::Json).await;
    let (names, asked) = changing_names();
    let test = TestSystem::with(move |config| config.names = names).await;
    let (_, owner) = test.organization("acme").await;
    let heard = || (upstream.lists(), upstream.initialized(), upstream.calls(), upstream.complaints().len());
    let server = register(test.system(), &owner, NewMcpServer::at("weather", under_a_name(&upstream.url()))).await.unwrap();
    // The address that was checked is the one that was tried; the name was not looked up a second time for the connection.
    assert_eq!((server.status, asked.load(Ordering::SeqCst), heard()), (Health::Down, 1, (0, 0, 0, 0)), "{:?}", server.last_error);
    let again = refresh(test.system(), &owner, server.id).await.unwrap();
    assert!(again.last_error.as_ref().unwrap().contains("not on the public internet"), "{:?}", again.last_error);
    assert_eq!((asked.load(Ordering::SeqCst), heard(), again.offered), (2, (0, 0, 0, 0), 0));
}

#[tokio::test]
async fn only_admins_register_change_and_delete_servers() {
    let upstream = McpStandIn::start(Revision::Newest, Answers::Json).await;
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let builder = test.member(&organization, Role::Builder).await;
    let new = NewMcpServer::at("weather", upstream.url());
    assert!(matches!(register(test.system(), &builder, new.clone()).await, Err(Error::Forbidden(_))));
    let server = register(test.system(), &owner, new.clone()).await.unwrap();
    assert!(matches!(update(test.system(), &builder, server.id, new.clone()).await, Err(Error::Forbidden(_))));
    assert!(matches!(delete(test.system(), &builder, server.id).await, Err(Error::Forbidden(_))));
    assert!(matches!(register(test.system(), &owner, new).await, Err(Error::Conflict { .. })));
    let (_, stranger) = test.organization("other").await;
    assert!(matches!(get::get(test.system(), &stranger, server.id).await, Err(Error::NotFound(_))));
    assert!(matches!(refresh(test.system(), &stranger, server.id).await, Err(Error::NotFound(_))));
    assert!(get::list(test.system(), &stranger).await.unwrap().is_empty());
}

#[tokio::test]
async fn deleting_a_server_takes_its_tools_along() {
    let (_upstream, test, owner, server) = registered(Revision::Newest, Answers::Json).await;
    let tool = imported(&test, &owner, &server, "getWeather").await;
    delete(test.system(), &owner, server.id).await.unwrap();
    assert!(matches!(toolcrib::tools::get(test.system(), &owner, tool.id).await, Err(Error::NotFound(_))));
}

#[tokio::test]
async fn a_key_that_is_not_there_is_unauthorized_and_no_outage() {
    let upstream = McpStandIn::start(Revision::Newest, Answers::Json).await;
    upstream.require("Bearer right");
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = register(test.system(), &owner, NewMcpServer::at("weather", upstream.url())).await.unwrap();
    assert!(server.last_error.unwrap().contains("refused the key"));
    assert_eq!((server.status, server.failures), (Health::Unknown, 0));
    let mut with_key = server.configuration.clone();
    with_key.auth = toolcrib::mcp::Auth::Bearer;
    with_key.auth_key_name = Some("WEATHER_KEY".to_owned());
    update(test.system(), &owner, server.id, with_key).await.unwrap();
    let server = refresh(test.system(), &owner, server.id).await.unwrap();
    assert!(server.last_error.unwrap().contains("WEATHER_KEY"));
}

#[tokio::test]
async fn the_key_goes_along_with_calls_and_nowhere_else() {
    use crate::keys::{VALUE, key};
    for (auth, header) in [(toolcrib::mcp::Auth::Bearer, None), (toolcrib::mcp::Auth::Header, Some("Authorization".to_owned()))] {
        let upstream = McpStandIn::start(Revision::Newest, Answers::Json).await;
        upstream.require(&if header.is_some() { VALUE.to_owned() } else { format!("Bearer {VALUE}") });
        let test = TestSystem::new().await;
        let (_, owner) = test.organization("acme").await;
        let key = key(&test, &owner, "WEATHER_KEY").await;
        let new = NewMcpServer {
            auth,
            auth_header: header,
            auth_key_name: Some("WEATHER_KEY".to_owned()),
            ..NewMcpServer::at("weather", upstream.url())
        };
        let server = register(test.system(), &owner, new).await.unwrap();
        assert_eq!((server.status, server.last_error.as_deref()), (Health::Up, None));
        let tool = imported(&test, &owner, &server, "getWeather").await;
        let done = call(&test, &owner, tool.id, json!({"city": "Graz"})).await;
        assert_eq!((done.status, done.key_id), (Status::Success, Some(key.id)), "{:?}", done.error_message);
        assert!(!serde_json::to_string(&(done, server)).unwrap().contains(VALUE));
    }
}
