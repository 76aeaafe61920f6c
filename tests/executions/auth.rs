//! `api_request` with keys: every way of authentication against a strict API and a strict OAuth 2.0 server, and what must not leak.

use crate::{keys::everybody, tools::request};
use chrono::Duration;
use serde_json::{Value, json};
use std::{sync::atomic::Ordering, time::Duration as StdDuration};
use support::{LockedApi, TestSystem, Trouble, changing_names, under_a_name};
use toolcrib::{
    actor::Actor,
    executions::{ErrorClass, ExecuteRequest, Execution, Status, execute},
    ids::ToolId,
    keys::{self, KeyFilter, NewKey, Secret},
    tools,
};

struct Scene {
    test: TestSystem,
    owner: Actor,
    api: LockedApi,
    tool: ToolId,
}

impl Scene {
    /// A tool with this authentication, and the key with this value for everybody.
    async fn new(auth: Value, value: Option<&str>) -> Self {
        let test = TestSystem::new().await;
        let (_, owner) = test.organization("acme").await;
        let api = LockedApi::start().await;
        let tool = Self::tool(&test, &owner, &api, auth, "/echo").await;
        if let Some(value) = value {
            let mut new = NewKey::new("API_KEY", Secret::from(value));
            new.mappings.push(everybody());
            keys::create(test.system(), &owner, new).await.unwrap();
        }
        Self { test, owner, api, tool }
    }

    async fn tool(test: &TestSystem, owner: &Actor, api: &LockedApi, auth: Value, path: &str) -> ToolId {
        let mut spec = json!({"baseUrl": api.base, "path": path, "method": "GET", "authKeyName": "API_KEY"});
        for (name, value) in auth.as_object().unwrap() {
            spec[name] = value.clone();
            if name == "oauth2" && value["tokenUrl"].is_null() {
                spec["oauth2"]["tokenUrl"] = json!(format!("{}/token", api.base));
            }
        }
        let count: i64 = sqlx::query_scalar("select count(*) from tools").fetch_one(test.owner()).await.unwrap();
        let mut tool = request(&format!("call_{count}"), spec, json!({}));
        tool.retry_policy.max_attempts = 1;
        tools::create(test.system(), owner, tool).await.unwrap().id
    }

    async fn call(&self) -> Execution {
        execute(self.test.system(), &self.owner, ExecuteRequest::new(self.tool, json!({}))).await.unwrap()
    }
}

/// Everything that is kept and answered of an execution holds none of the values, in no encoding.
fn clean(execution: &Execution, values: &[&str]) {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let shown = serde_json::to_string(execution).unwrap();
    for value in values {
        let json = serde_json::to_string(value).unwrap();
        let inside = json.trim_matches('"').to_owned();
        let url: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
        let base64 = STANDARD.encode(value);
        for form in [(*value).to_owned(), inside, url, base64[..base64.len() - 4].to_owned(), hex::encode(value)] {
            assert!(!shown.contains(&form), "{form} in {shown}");
        }
    }
}

#[tokio::test]
async fn a_bearer_token_goes_into_the_header_and_comes_back_in_no_encoding() {
    let value = "sk-canary/4711+\"quoted\"\\%";
    let scene = Scene::new(json!({"authType": "bearer"}), Some(value)).await;
    scene.api.accept(&format!("Bearer {value}"));
    let done = scene.call().await;
    assert_eq!(done.status, Status::Success, "{:?}", done.error_message);
    assert_eq!(done.outputs.as_ref().unwrap()["credential"], "Bearer [redacted]");
    assert_eq!(done.outputs.as_ref().unwrap()["[redacted]"], "as a name");
    clean(&done, &[value]);
    let key = &keys::list(scene.test.system(), &scene.owner, &KeyFilter::default()).await.unwrap().items[0];
    assert_eq!((done.key_id, key.usage_count, key.last_used_at.is_some()), (Some(key.id), 1, true));
    let stored = toolcrib::executions::get(scene.test.system(), &scene.owner, done.id).await.unwrap();
    assert_eq!(stored.key_id, Some(key.id));
    clean(&stored, &[value]);
}

#[tokio::test]
async fn an_api_key_goes_into_the_header_or_the_parameter_that_the_tool_names() {
    let value = "key canary/47+11";
    for auth in [
        json!({"authType": "api-key"}),
        json!({"authType": "api-key", "authIn": "header", "authName": "X-Custom-Key"}),
        json!({"authType": "api-key", "authIn": "query"}),
        json!({"authType": "api-key", "authIn": "query", "authName": "k"}),
    ] {
        let scene = Scene::new(auth.clone(), Some(value)).await;
        scene.api.accept(value);
        let done = scene.call().await;
        assert_eq!((done.status, scene.api.served()), (Status::Success, 1), "{auth}: {:?} {:?}", done.error_message, done.outputs);
        clean(&done, &[value]);
        assert_eq!(done.account["request"]["url"], format!("{}/echo", scene.api.base));
    }
}

#[tokio::test]
async fn basic_sends_user_and_password_and_guards_the_password_alone_too() {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let scene = Scene::new(json!({"authType": "basic"}), Some("AC4711:pass:word-canary")).await;
    scene.api.accept(&format!("Basic {}", STANDARD.encode("AC4711:pass:word-canary")));
    let done = scene.call().await;
    assert_eq!(done.status, Status::Success, "{:?}", done.error_message);
    clean(&done, &["AC4711:pass:word-canary", "pass:word-canary"]);
    let scene = Scene::new(json!({"authType": "basic"}), Some("sk_canary_as_user")).await;
    scene.api.accept(&format!("Basic {}", STANDARD.encode("sk_canary_as_user:")));
    let done = scene.call().await;
    assert_eq!(done.status, Status::Success, "{:?}", done.error_message);
    clean(&done, &["sk_canary_as_user"]);
}

#[tokio::test]
async fn without_a_key_the_call_is_unauthorized_and_names_it_and_nothing_is_sent() {
    let scene = Scene::new(json!({"authType": "bearer"}), None).await;
    let done = scene.call().await;
    assert_eq!((done.status, done.error_class), (Status::Unauthorized, Some(ErrorClass::Unauthorized)));
    assert!(done.error_message.unwrap().contains("“API_KEY”"));
    assert!(scene.api.seen().is_empty() && done.key_id.is_none());
}

#[tokio::test]
async fn a_key_that_the_api_refuses_does_not_come_back_in_the_error() {
    let scene = Scene::new(json!({"authType": "bearer"}), Some("sk-canary-refused-1")).await;
    let done = scene.call().await;
    assert_eq!((done.status, done.error_class), (Status::Failed, Some(ErrorClass::Upstream)));
    assert!(done.error_message.as_ref().unwrap().contains("401"));
    clean(&done, &["sk-canary-refused-1"]);
}

#[tokio::test]
async fn a_redirect_to_another_host_takes_no_key_along() {
    let other = LockedApi::start().await;
    for auth in [json!({"authType": "bearer"}), json!({"authType": "api-key"}), json!({"authType": "api-key", "authIn": "query"})] {
        let scene = Scene::new(auth.clone(), Some("sk-canary-redirected")).await;
        let path = "/elsewhere";
        let mut auth = auth;
        auth["queryParams"] = json!({"to": format!("{}/open", other.base)});
        let tool = Scene::tool(&scene.test, &scene.owner, &scene.api, auth, path).await;
        let done = execute(scene.test.system(), &scene.owner, ExecuteRequest::new(tool, json!({}))).await.unwrap();
        assert_eq!(done.outputs, Some(json!({"authorization": false, "x_api_key": false, "uri": "/open"})), "{:?}", done.error_message);
    }
    assert_eq!(other.seen().len(), 3);
    // Within the host it goes along.
    let scene = Scene::new(json!({"authType": "bearer"}), Some("sk-canary-redirected")).await;
    let tool = Scene::tool(&scene.test, &scene.owner, &scene.api, json!({"authType": "bearer"}), "/elsewhere").await;
    let done = execute(scene.test.system(), &scene.owner, ExecuteRequest::new(tool, json!({}))).await.unwrap();
    assert_eq!(done.outputs.unwrap()["authorization"], true);
}

#[tokio::test]
async fn client_credentials_fetch_a_token_once_and_keep_it_until_shortly_before_it_expires() {
    let value = format!("tc-client:{}", LockedApi::SECRET);
    let auth = json!({"authType": "oauth2", "oauth2": {"scopes": ["read", "write"], "audience": "https://api.example"}});
    let scene = Scene::new(auth, Some(&value)).await;
    for _ in 0..3 {
        let done = scene.call().await;
        assert_eq!(done.status, Status::Success, "{:?}", done.error_message);
        clean(&done, &[&value, LockedApi::SECRET, "at-canary-token-1-0123456789"]);
    }
    let asked = scene.api.asked();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert_eq!((asked[0]["scope"].as_str(), asked[0]["audience"].as_str()), ("read write", "https://api.example"));
    assert!(!asked[0].contains_key("client_secret"), "it was sent in the header");
    scene.test.pass(Duration::seconds(3600 - 31));
    scene.call().await;
    assert_eq!(scene.api.asked().len(), 1);
    scene.test.pass(Duration::seconds(2));
    let done = scene.call().await;
    assert_eq!((scene.api.asked().len(), done.status), (2, Status::Success), "shortly before the end a new one is fetched");
}

#[tokio::test]
async fn calls_at_the_same_time_share_one_request_for_a_token() {
    let scene =
        Scene::new(json!({"authType": "oauth2", "oauth2": {"clientId": "tc-client", "clientAuth": "body"}}), Some(LockedApi::SECRET)).await;
    scene.api.slow(StdDuration::from_millis(300));
    let done = futures_util::future::join_all((0..8).map(|_| scene.call())).await;
    for execution in &done {
        assert_eq!(execution.status, Status::Success, "{:?}", execution.error_message);
    }
    let asked = scene.api.asked();
    assert_eq!((asked.len(), asked[0]["client_secret"].as_str()), (1, LockedApi::SECRET));
}

#[tokio::test]
async fn a_replaced_value_fetches_its_own_token_and_a_withdrawn_one_is_fetched_anew_once() {
    let scene = Scene::new(json!({"authType": "oauth2", "oauth2": {}}), Some(&format!("tc-client:{}", LockedApi::SECRET))).await;
    assert_eq!(scene.call().await.status, Status::Success);
    scene.api.revoke_all();
    let done = scene.call().await;
    assert_eq!((done.status, scene.api.asked().len()), (Status::Success, 2), "{:?}", done.error_message);
    let key = keys::list(scene.test.system(), &scene.owner, &KeyFilter::default()).await.unwrap().items.remove(0);
    let wrong = serde_json::from_value(json!({"value": "tc-client:wrong-secret"})).unwrap();
    keys::change(scene.test.system(), &scene.owner, key.id, wrong).await.unwrap();
    let done = scene.call().await;
    assert_eq!((done.status, scene.api.asked().len()), (Status::Unauthorized, 3), "the old token is not used with the new value");
    let why = done.error_message.as_ref().unwrap();
    assert!(why.contains("refused the key “API_KEY” (401): invalid_client"), "{why}");
    clean(&done, &["wrong-secret"]);
}

#[tokio::test]
async fn a_refresh_token_that_is_replaced_is_stored_and_the_next_one_used() {
    let value = json!({"client_id": "tc-client", "client_secret": LockedApi::SECRET, "refresh_token": "rt-canary-first"}).to_string();
    let scene = Scene::new(json!({"authType": "oauth2", "oauth2": {"grant": "refresh_token"}}), Some(&value)).await;
    scene.api.refresh_token("rt-canary-first", true);
    for round in 1..=3 {
        let done = scene.call().await;
        assert_eq!(done.status, Status::Success, "round {round}: {:?}", done.error_message);
        clean(&done, &["rt-canary-first", "rt-canary-next-1", "rt-canary-next-2", LockedApi::SECRET]);
        scene.test.pass(Duration::hours(2));
    }
    let asked: Vec<_> = scene.api.asked().into_iter().map(|form| form["refresh_token"].clone()).collect();
    assert_eq!(asked, ["rt-canary-first", "rt-canary-next-1", "rt-canary-next-2"]);
    // Somebody withdrew it.
    scene.api.refresh_token("another", false);
    let done = scene.call().await;
    assert_eq!(done.status, Status::Unauthorized);
    assert!(done.error_message.unwrap().contains("invalid_grant"));
}

#[tokio::test]
async fn every_trouble_of_a_token_endpoint_is_named() {
    let scene = Scene::new(json!({"authType": "oauth2", "oauth2": {}}), Some(&format!("tc-client:{}", LockedApi::SECRET))).await;
    let other = LockedApi::start().await;
    for (trouble, class, words) in [
        (Trouble::Broken, ErrorClass::Upstream, "answered 500"),
        (Trouble::NoJson, ErrorClass::Upstream, "not with the JSON"),
        (Trouble::NoToken, ErrorClass::Upstream, "without an access token"),
        (Trouble::OtherType, ErrorClass::Upstream, "type “mac”"),
        (Trouble::Endless, ErrorClass::Upstream, "more than 64 KiB"),
        (Trouble::Redirects(format!("{}/token", other.base)), ErrorClass::Upstream, "redirects elsewhere"),
        (Trouble::Repeats, ErrorClass::Unauthorized, "invalid_request"),
    ] {
        scene.api.trouble(trouble.clone());
        let done = scene.call().await;
        let why = done.error_message.clone().unwrap();
        assert!(done.error_class == Some(class) && why.contains(words), "{trouble:?}: {why}");
        clean(&done, &[LockedApi::SECRET]);
    }
    assert!(other.asked().is_empty(), "the secret went along");
    scene.api.trouble(Trouble::None);
    assert_eq!(scene.call().await.status, Status::Success, "nothing of it was kept");
}

#[tokio::test]
async fn a_token_endpoint_in_a_private_network_is_not_called() {
    let scene =
        Scene::new(json!({"authType": "oauth2", "oauth2": {"tokenUrl": "http://169.254.169.254/token"}}), Some("a:secret-canary")).await;
    let done = scene.call().await;
    assert_eq!(done.error_class, Some(ErrorClass::Upstream));
    assert!(done.error_message.unwrap().contains("169.254.169.254"));
}

#[tokio::test]
async fn a_token_endpoint_whose_name_changes_its_answer_after_the_check_hears_nothing() {
    let (names, asked) = changing_names();
    let test = TestSystem::with(move |config| config.names = names).await;
    let (_, owner) = test.organization("acme").await;
    let api = LockedApi::start().await;
    let token_url = format!("{}/token", under_a_name(&api.base));
    let tool = Scene::tool(&test, &owner, &api, json!({"authType": "oauth2", "oauth2": {"tokenUrl": token_url}}), "/echo").await;
    let value = format!("tc-client:{}", LockedApi::SECRET);
    let mut new = NewKey::new("API_KEY", Secret::from(value.as_str()));
    new.mappings.push(everybody());
    keys::create(test.system(), &owner, new).await.unwrap();
    let call = async || execute(test.system(), &owner, ExecuteRequest::new(tool, json!({}))).await.unwrap();
    let first = call().await;
    // The address that was checked is the one that was tried; the name was not looked up a second time for the connection.
    assert!(matches!(first.error_class, Some(ErrorClass::Upstream | ErrorClass::Timeout)), "{first:?}");
    assert_eq!((asked.load(Ordering::SeqCst), api.asked().len(), api.served()), (1, 0, 0));
    let second = call().await;
    assert_eq!((second.error_class, api.asked().len(), api.served()), (Some(ErrorClass::Upstream), 0, 0));
    assert!(second.error_message.as_ref().unwrap().contains("not on the public internet"), "{second:?}");
    clean(&second, &[LockedApi::SECRET]);
}

#[tokio::test]
async fn a_value_that_fits_no_header_is_said_so_and_stays_inside() {
    let scene = Scene::new(json!({"authType": "bearer"}), Some("two\nlines-canary")).await;
    let done = scene.call().await;
    assert_eq!(done.status, Status::Unauthorized);
    assert!(done.error_message.as_ref().unwrap().contains("fits into no header"));
    clean(&done, &["two\nlines-canary"]);
    let scene = Scene::new(json!({"authType": "oauth2", "oauth2": {}}), Some("no-colon-canary")).await;
    let done = scene.call().await;
    assert!(done.error_message.as_ref().unwrap().contains("client_id:client_secret"));
    clean(&done, &["no-colon-canary"]);
}

#[tokio::test]
async fn what_an_authentication_needs_is_checked_on_save() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let refused = async |auth: Value, place: &str| {
        let mut spec = json!({"baseUrl": "https://a.example", "method": "GET"});
        for (name, value) in auth.as_object().unwrap() {
            spec[name] = value.clone();
        }
        let made = tools::create(test.system(), &owner, request("t", spec, json!({}))).await;
        let Err(toolcrib::Error::Invalid(errors)) = made else { panic!("{auth} was taken") };
        assert!(errors.iter().any(|error| error.pointer == format!("/api_spec/{place}")), "{place} in {errors:?}");
    };
    refused(json!({"authType": "bearer"}), "authKeyName").await;
    refused(json!({"authType": "bearer", "authKeyName": "no name"}), "authKeyName").await;
    refused(json!({"authKeyName": "KEY"}), "authKeyName").await;
    refused(json!({"authType": "bearer", "authKeyName": "K", "headers": {"authorization": "x"}}), "headers/authorization").await;
    refused(json!({"authType": "bearer", "authKeyName": "K", "authName": "X-Key"}), "authName").await;
    refused(json!({"authType": "api-key", "authKeyName": "K", "authName": "X Key"}), "authName").await;
    refused(json!({"authType": "api-key", "authKeyName": "K", "authName": "Host"}), "authName").await;
    refused(json!({"authType": "api-key", "authKeyName": "K", "headers": {"x-api-key": "x"}}), "headers/x-api-key").await;
    refused(json!({"authType": "api-key", "authKeyName": "K", "authIn": "query", "queryParams": {"api_key": "x"}}), "queryParams/api_key")
        .await;
    refused(json!({"authType": "oauth2", "authKeyName": "K"}), "oauth2/tokenUrl").await;
    refused(json!({"authType": "oauth2", "authKeyName": "K", "oauth2": {"tokenUrl": "ftp://x"}}), "oauth2/tokenUrl").await;
    refused(json!({"authType": "bearer", "authKeyName": "K", "oauth2": {"tokenUrl": "https://x.example"}}), "oauth2").await;
}
