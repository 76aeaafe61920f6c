//! A key goes to the hosts that it names: whatever a tool, a token endpoint, a redirect or a server says.

use super::{VALUE, everybody};
use crate::{executions::voice, tools::script};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use support::{Answers, LockedApi, McpStandIn, Revision, TestSystem, pipedream, pipedream::Pipedream, twilio, twilio::Twilio};
use toolcrib::{
    Error,
    access::Role,
    actor::Actor,
    executions::{ErrorClass, ExecuteRequest, Execution, Status, execute},
    keys::{self, KeyWay, NewKey, Secret, TestOutcome, TestRequest, Who},
    mcp::{Auth, Health, Import, ImportTool, NewMcpServer, Transport, import::import, register::register},
    tools::{Kind, NewTool, Tool, Visibility, create},
};

fn host(base: &str) -> String {
    let url: url::Url = base.parse().unwrap();
    format!("{}:{}", url.host_str().unwrap(), url.port().unwrap())
}

async fn limited(test: &TestSystem, owner: &Actor, name: &str, value: &str, hosts: &[&str]) -> keys::Key {
    let mut new = NewKey::new(name, Secret::from(value));
    new.allowed_hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
    new.mappings.push(everybody());
    keys::create(test.system(), owner, new).await.unwrap()
}

async fn call(test: &TestSystem, actor: &Actor, tool: &Tool, inputs: Value) -> Execution {
    execute(test.system(), actor, ExecuteRequest::new(tool.id, inputs)).await.unwrap()
}

fn refused(done: &Execution, key: &str, to: &str) {
    let message = done.error_message.clone().unwrap_or_default();
    assert_eq!((done.status, done.error_class), (Status::Unauthorized, Some(ErrorClass::Unauthorized)), "{message}");
    assert!(message.contains(&format!("“{key}”")) && message.contains(to), "{key} and {to} are not named: {message}");
}

fn request(name: &str, base: &str, path: &str, more: Value) -> NewTool {
    let mut spec = json!({"baseUrl": base, "path": path, "method": "GET", "authType": "bearer", "authKeyName": "KEY"});
    spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let mut tool = crate::tools::request(name, spec, json!({}));
    tool.retry_policy.max_attempts = 1;
    tool
}

#[tokio::test]
async fn a_builder_cannot_have_a_key_for_everybody_sent_to_an_address_of_their_own() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let (api, own) = (LockedApi::start().await, LockedApi::start().await);
    api.accept(&format!("Bearer {VALUE}"));
    api.accept(VALUE);
    let key = limited(&test, &owner, "KEY", VALUE, &[&host(&api.base)]).await;
    let builder = test.member(&organization, Role::Builder).await;
    let ways = [
        json!({}),
        json!({"authType": "api-key"}),
        json!({"authType": "api-key", "authIn": "query"}),
        json!({"authType": "basic"}),
        json!({"authType": "oauth2", "oauth2": {"tokenUrl": format!("{}/token", own.base), "clientId": "me"}}),
        // The API may have it, who gives tokens for it may not.
        json!({"baseUrl": api.base, "authType": "oauth2", "oauth2": {"tokenUrl": format!("{}/token", own.base), "clientId": "me"}}),
    ];
    for (index, more) in ways.into_iter().enumerate() {
        let tool = create(test.system(), &builder, request(&format!("steal_{index}"), &own.base, "/open", more)).await.unwrap();
        refused(&call(&test, &builder, &tool, json!({})).await, "KEY", &host(&own.base));
    }
    let script = |kind, code: &str| NewTool { kind, executor_config: json!({"keys": ["KEY"]}), ..script("steal", code, json!({})) };
    for tool in [script(Kind::Python, "import os\ndef main():\n    return os.environ['KEY'][::-1]\n"), script(Kind::Shell, "rev <<< $KEY")]
    {
        let tool = create(test.system(), &builder, NewTool { name: format!("steal_{}", tool.kind), ..tool }).await.unwrap();
        refused(&call(&test, &builder, &tool, json!({})).await, "KEY", "a script");
    }
    toolcrib::builtins::install::install(&test.database().options()).await.unwrap();
    let webhook: uuid::Uuid = sqlx::query_scalar("select id from tools where name = 'send_webhook'").fetch_one(test.owner()).await.unwrap();
    let inputs = json!({"url": format!("{}/echo", own.base), "type": "t", "data": 1, "key_name": "KEY"});
    let done = execute(test.system(), &builder, ExecuteRequest::new(webhook.into(), inputs)).await.unwrap();
    refused(&done, "KEY", &host(&own.base));
    assert!(own.seen().is_empty() && own.asked().is_empty(), "something was sent");
    let tool = create(test.system(), &builder, request("right", &api.base, "/echo", json!({}))).await.unwrap();
    assert_eq!(call(&test, &builder, &tool, json!({})).await.status, Status::Success);
    assert_eq!(api.served(), 1);
    // Whoever manages keys decides; it counts from the next call on.
    let change = serde_json::from_value(json!({"allowed_hosts": [format!("{}", host(&own.base))]})).unwrap();
    assert!(matches!(
        keys::change(test.system(), &builder, key.id, serde_json::from_value(json!({"allowed_hosts": []})).unwrap()).await,
        Err(Error::Forbidden(_))
    ));
    keys::change(test.system(), &owner, key.id, change).await.unwrap();
    refused(&call(&test, &builder, &tool, json!({})).await, "KEY", &host(&api.base));
}

#[tokio::test]
async fn a_redirect_leads_no_further_than_the_key_may_go() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (api, own) = (LockedApi::start().await, LockedApi::start().await);
    limited(&test, &owner, "KEY", VALUE, &[&host(&api.base)]).await;
    for (index, auth) in [json!({}), json!({"authType": "api-key", "authIn": "query"})].into_iter().enumerate() {
        let mut more = auth;
        more["queryParams"] = json!({"to": format!("{}/open", own.base)});
        let tool = create(test.system(), &owner, request(&format!("away_{index}"), &api.base, "/elsewhere", more)).await.unwrap();
        refused(&call(&test, &owner, &tool, json!({})).await, "KEY", &host(&own.base));
    }
    assert!(own.seen().is_empty());
    let tool = create(test.system(), &owner, request("within", &api.base, "/elsewhere", json!({}))).await.unwrap();
    assert_eq!(call(&test, &owner, &tool, json!({})).await.outputs.unwrap()["authorization"], true);
}

#[tokio::test]
async fn an_access_token_that_is_kept_goes_no_further_either() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (api, own) = (LockedApi::start().await, LockedApi::start().await);
    limited(&test, &owner, "KEY", &format!("tc-client:{}", LockedApi::SECRET), &[&host(&api.base)]).await;
    let oauth = json!({"authType": "oauth2", "oauth2": {"tokenUrl": format!("{}/token", api.base)}});
    let right = create(test.system(), &owner, request("right", &api.base, "/echo", oauth.clone())).await.unwrap();
    assert_eq!(call(&test, &owner, &right, json!({})).await.status, Status::Success);
    // The same settings: the token that is kept would be taken.
    let wrong = create(test.system(), &owner, request("wrong", &own.base, "/echo", oauth)).await.unwrap();
    refused(&call(&test, &owner, &wrong, json!({})).await, "KEY", &host(&own.base));
    assert_eq!((own.seen().len(), api.asked().len()), (0, 1));
}

#[tokio::test]
async fn services_that_are_known_by_configuration_are_hosts_like_others() {
    let (sms, action) = (Twilio::start().await, Pipedream::start().await);
    let (sms_url, action_url) = (sms.url.clone(), action.url.clone());
    let test = TestSystem::with(move |config| (config.twilio_url, config.pipedream_url) = (sms_url, action_url)).await;
    let (_, owner) = test.organization("acme").await;
    limited(&test, &owner, "TWILIO_ACCOUNT_SID", twilio::ACCOUNT_SID, &[]).await;
    let token = limited(&test, &owner, "TWILIO_AUTH_TOKEN", twilio::AUTH_TOKEN, &["api.twilio.com"]).await;
    limited(&test, &owner, "PIPEDREAM_CLIENT_ID", pipedream::CLIENT_ID, &["api.pipedream.com"]).await;
    limited(&test, &owner, "PIPEDREAM_CLIENT_SECRET", pipedream::CLIENT_SECRET, &[]).await;
    let text = json!({"mode": "fixed", "value": "Hello"});
    let text = json!({"from": {"type": "called_number"}, "text": text, "recipients": {"mode": "fixed", "value": ["+14155550111"]}});
    let done =
        voice::call(&test, &owner, voice::tool("text", Kind::Sms, text), json!({}), json!({"called_phone_number": "+49301234567"})).await;
    refused(&done, "TWILIO_AUTH_TOKEN", &host(&sms.url));
    let run = json!({"id": "gitlab-list-projects", "project_id": pipedream::PROJECT, "environment": "production",
        "external_user_id": {"mode": "fixed", "value": "me"}, "configured_props": {}});
    let done = voice::call(&test, &owner, voice::tool("act", Kind::PipedreamAction, run), json!({}), json!({})).await;
    refused(&done, "PIPEDREAM_CLIENT_ID", &host(&action.url));
    assert!(sms.asked.lock().unwrap().is_empty() && action.tokens.load(Ordering::SeqCst) == 0);
    let uses = keys::uses(test.system(), &owner, token.id).await.unwrap();
    assert!(uses[0].refused.as_ref().unwrap().contains(&host(&sms.url)), "{uses:?}");
}

#[tokio::test]
async fn an_mcp_server_elsewhere_gets_no_key_neither_for_listing_nor_in_a_call() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let upstream = McpStandIn::start(Revision::Newest, Answers::Json).await;
    upstream.require(&format!("Bearer {VALUE}"));
    let key = limited(&test, &owner, "MCP", VALUE, &[&host(&upstream.url())]).await;
    let server = NewMcpServer { auth: Auth::Bearer, auth_key_name: Some("MCP".into()), ..NewMcpServer::at("weather", upstream.url()) };
    let registered = register(test.system(), &owner, server).await.unwrap();
    assert_eq!((registered.status, registered.last_error.as_deref()), (Health::Up, None));
    let order = Import {
        tools: vec![ImportTool { upstream_name: "say-twice".into(), name: None }],
        visibility: Visibility::Public,
        activate: true,
    };
    let tool = import(test.system(), &owner, registered.id, order).await.unwrap().remove(0);
    assert_eq!(call(&test, &owner, &tool, json!({"text": "a"})).await.status, Status::Success);
    let calls = upstream.calls();
    keys::change(test.system(), &owner, key.id, serde_json::from_value(json!({"allowed_hosts": ["mcp.example.com"]})).unwrap())
        .await
        .unwrap();
    refused(&call(&test, &owner, &tool, json!({"text": "a"})).await, "MCP", &host(&upstream.url()));
    assert_eq!(upstream.calls(), calls);
    let other = NewMcpServer {
        auth: Auth::Header,
        auth_header: Some("X-Key".into()),
        auth_key_name: Some("MCP".into()),
        ..NewMcpServer::at("other", upstream.url())
    };
    let other = register(test.system(), &owner, other).await.unwrap();
    assert!(other.last_error.as_ref().unwrap().contains("“MCP”"), "{:?}", other.last_error);
    let mut program = NewMcpServer::at("files", "");
    program.transport = Transport::Stdio;
    program.command = Some("/usr/bin/env".to_owned());
    program.env.insert("API_KEY".to_owned(), "MCP".to_owned());
    let program = register(test.system(), &owner, program).await.unwrap();
    assert!(program.last_error.as_ref().unwrap().contains("the program of an MCP server"), "{:?}", program.last_error);
}

#[tokio::test]
async fn a_test_sends_a_key_nowhere_else_and_an_explanation_says_that_it_would_not_go() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let own = LockedApi::start().await;
    let key = limited(&test, &owner, "KEY", VALUE, &["*.example.com"]).await;
    let tool = create(test.system(), &owner, request("wrong", &own.base, "/echo", json!({}))).await.unwrap();
    let right = create(test.system(), &owner, request("right", "https://api.example.com", "/", json!({}))).await.unwrap();
    let tested = keys::test(test.system(), &owner, key.id, &TestRequest { tool_id: Some(tool.id) }).await.unwrap();
    assert_eq!(tested.outcome, TestOutcome::Refused);
    assert!(tested.message.contains("may be sent to *.example.com only"), "{}", tested.message);
    assert!(own.seen().is_empty());
    let explained = keys::explain(test.system(), &owner, tool.id, None, &Who::default()).await.unwrap();
    assert_eq!(explained.key_id, Some(key.id));
    assert!(explained.summary.contains("would be refused") && explained.summary.contains("127.0.0.1"), "{}", explained.summary);
    assert_eq!((explained.destinations[0].way, explained.destinations[0].refused.is_some()), (KeyWay::Request, true));
    let explained = keys::explain(test.system(), &owner, right.id, None, &Who::default()).await.unwrap();
    assert_eq!((explained.destinations[0].host.as_deref(), &explained.destinations[0].refused), (Some("api.example.com"), &None));
    assert!(!explained.summary.contains("refused"));
    let uses = keys::uses(test.system(), &owner, key.id).await.unwrap();
    let refused: Vec<_> = uses.iter().map(|one| (one.asker_name.as_str(), one.refused.is_some())).collect();
    assert_eq!(refused, [("right", false), ("wrong", true)]);
}

#[tokio::test]
async fn hosts_that_are_none_are_refused_at_their_place_and_those_that_are_stand_in_the_audit_log() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let mut new = NewKey::new("KEY", Secret::from(VALUE));
    new.allowed_hosts = ["API.example.com", "https://api.example.com/v1", "*"].map(str::to_owned).to_vec();
    let Err(Error::Invalid(errors)) = keys::create(test.system(), &owner, new).await else { panic!("it was taken") };
    assert_eq!(errors.iter().map(|error| error.pointer.as_str()).collect::<Vec<_>>(), ["/allowed_hosts/1", "/allowed_hosts/2"]);
    let key = limited(&test, &owner, "KEY", VALUE, &["API.example.com"]).await;
    assert_eq!(key.allowed_hosts, ["api.example.com"]);
    let before: Value =
        sqlx::query_scalar("select after from audit_log where action = 'key.create'").fetch_one(test.owner()).await.unwrap();
    assert_eq!(before["allowed_hosts"], json!(["api.example.com"]));
}
