//! "What breaks if I delete this" knows everything that asks for keys.

use super::{agent, everybody, key};
use crate::{executions::voice, tools::script};
use serde_json::{Value, json};
use support::{
    Answers, LockedApi, McpStandIn, Revision, STDIO_SERVER, TestSystem, pipedream, pipedream::Pipedream, twilio, twilio::Twilio,
};
use toolcrib::{
    access::Role,
    actor::Actor,
    agents::{self, NewAttachment},
    executions::{ExecuteRequest, Status, execute},
    keys::{self, AskerKind, ContextType, KeyUse, KeyWay, NewMapping, TestOutcome, TestRequest, Who},
    mcp::{Auth, Import, ImportTool, NewMcpServer, Transport, import::import, register::register},
    tools::{self, Kind, NewTool, Visibility, create},
    workflows,
};

async fn used_by(test: &TestSystem, owner: &Actor, name: &str) -> Vec<(AskerKind, String, Vec<KeyWay>)> {
    let made = key(test, owner, name).await;
    let uses = keys::uses(test.system(), owner, made.id).await.unwrap();
    assert!(uses.iter().all(|one| one.instead_id.is_none() && one.refused.is_none()), "{uses:?}");
    uses.into_iter().map(|one| (one.asker_kind, one.asker_name, one.ways)).collect()
}

fn tool(name: &str, way: KeyWay) -> (AskerKind, String, Vec<KeyWay>) {
    (AskerKind::Tool, name.to_owned(), vec![way])
}

#[tokio::test]
async fn tools_of_every_kind_servers_and_workflows_are_named_for_each_key_that_they_use() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let system = test.system();
    let spec = |auth: Value| {
        let mut spec = json!({"baseUrl": "https://api.example.com", "method": "GET"});
        spec.as_object_mut().unwrap().extend(auth.as_object().unwrap().clone());
        spec
    };
    let oauth = json!({"authType": "oauth2", "authKeyName": "OAUTH", "oauth2": {"tokenUrl": "https://login.example.com/token"}});
    for (name, auth) in
        [("ask", json!({"authType": "bearer", "authKeyName": "BEARER"})), ("ask_by_token", oauth), ("ask_freely", json!({}))]
    {
        create(system, &owner, crate::tools::request(name, spec(auth), json!({}))).await.unwrap();
    }
    for (name, kind) in [("in_python", Kind::Python), ("in_shell", Kind::Shell)] {
        let code = if kind == Kind::Python { "def main():\n    pass\n" } else { "true" };
        create(system, &owner, NewTool { kind, executor_config: json!({"keys": ["SCRIPT"]}), ..script(name, code, json!({})) })
            .await
            .unwrap();
    }
    let text = json!({"mode": "fixed", "value": "Hello"});
    let sms = json!({"from": {"type": "called_number"}, "text": text, "recipients": {"mode": "ai", "prompt": "Who"}});
    create(system, &owner, voice::tool("text", Kind::Sms, sms)).await.unwrap();
    let action = json!({"id": "a-b", "project_id": "proj_abc123", "environment": "production",
        "external_user_id": {"mode": "fixed", "value": "me"}, "configured_props": {}});
    create(system, &owner, voice::tool("act", Kind::PipedreamAction, action)).await.unwrap();
    let upstream = McpStandIn::start(Revision::Newest, Answers::Json).await;
    let server = NewMcpServer { auth: Auth::Bearer, auth_key_name: Some("MCP".into()), ..NewMcpServer::at("weather", upstream.url()) };
    // Listed once while no key is asked for.
    let mut open = server.clone();
    (open.auth, open.auth_key_name) = (Auth::None, None);
    let registered = register(system, &owner, open).await.unwrap();
    let order = |name: &str| Import {
        tools: vec![ImportTool { upstream_name: name.to_owned(), name: None }],
        visibility: Visibility::Public,
        activate: true,
    };
    import(system, &owner, registered.id, order("say-twice")).await.unwrap();
    toolcrib::mcp::update::update(system, &owner, registered.id, server).await.unwrap();
    let folder = test.data_dir().join("files").join(organization.id.to_string());
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("server.py"), STDIO_SERVER).unwrap();
    key(&test, &owner, "STDIO_FIRST").await;
    let mut program = NewMcpServer::at("files", "");
    program.transport = Transport::Stdio;
    program.command = Some("/usr/bin/python3".to_owned());
    program.args = ["-I", "/data/server.py"].map(str::to_owned).to_vec();
    program.env.insert("API_KEY".to_owned(), "STDIO_FIRST".to_owned());
    let program = register(system, &owner, program).await.unwrap();
    assert_eq!(program.last_error, None);
    import(system, &owner, program.id, order("look_around")).await.unwrap();
    toolcrib::builtins::install::install(&test.database().options()).await.unwrap();
    let webhook: uuid::Uuid = sqlx::query_scalar("select id from tools where name = 'send_webhook'").fetch_one(test.owner()).await.unwrap();
    let definition = json!({"nodes": [{"id": "input", "type": "input", "position": {"x": 0, "y": 0}, "config": {"fields": []}},
        {"id": "tell", "toolId": webhook, "position": {"x": 280, "y": 0}, "config": {"inputs": {"url": "https://hooks.example.com", "type": "t", "data": 1, "key_name": "HOOK"}}},
        {"id": "output", "type": "output", "position": {"x": 560, "y": 0}}],
        "edges": [{"id": "e1", "source": "input", "target": "tell"}, {"id": "e2", "source": "tell", "target": "output"}]});
    let new = serde_json::from_value(json!({"name": "tell", "definition": definition})).unwrap();
    workflows::create::create(system, &owner, new).await.unwrap();

    assert_eq!(used_by(&test, &owner, "BEARER").await, [tool("ask", KeyWay::Request)]);
    let both = (AskerKind::Tool, "ask_by_token".to_owned(), vec![KeyWay::Request, KeyWay::Token]);
    assert_eq!(used_by(&test, &owner, "OAUTH").await, [both]);
    assert_eq!(used_by(&test, &owner, "SCRIPT").await, [tool("in_python", KeyWay::Script), tool("in_shell", KeyWay::Script)]);
    for name in [toolcrib::executors::sms::ACCOUNT_SID, toolcrib::executors::sms::AUTH_TOKEN] {
        assert_eq!(used_by(&test, &owner, name).await, [tool("text", KeyWay::Twilio)], "{name}");
    }
    use toolcrib::executors::pipedream_action::{CLIENT_ID, CLIENT_SECRET};
    for name in [CLIENT_ID, CLIENT_SECRET] {
        assert_eq!(used_by(&test, &owner, name).await, [tool("act", KeyWay::Pipedream)], "{name}");
    }
    let listing = |name: &str, way| (AskerKind::McpServer, name.to_owned(), vec![way]);
    assert_eq!(used_by(&test, &owner, "MCP").await, [tool("say_twice", KeyWay::McpHttp), listing("weather", KeyWay::McpHttp)]);
    // A second key of the name is mapped later, and so comes first; it is the one that is asked about.
    let second = key(&test, &owner, "STDIO_FIRST").await;
    let uses = keys::uses(system, &owner, second.id).await.unwrap();
    let shown = |one: &KeyUse| (one.asker_kind, one.asker_name.clone(), one.ways.clone());
    assert_eq!(uses.iter().map(shown).collect::<Vec<_>>(), [tool("look_around", KeyWay::McpStdio), listing("files", KeyWay::McpStdio)]);
    assert!(uses.iter().all(|one| one.instead_id.is_some()), "the first one of the name takes its place");
    assert_eq!(used_by(&test, &owner, "HOOK").await, [(AskerKind::Workflow, "tell".to_owned(), vec![KeyWay::Webhook])]);
    assert_eq!(used_by(&test, &owner, "WEBHOOK_SIGNING_SECRET").await, [tool("send_webhook", KeyWay::Webhook)]);
    assert_eq!(used_by(&test, &owner, "NOBODY_ASKS").await, []);
}

#[tokio::test]
async fn what_is_said_to_break_does_break_and_what_goes_on_with_another_key_goes_on() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let api = LockedApi::start().await;
    api.accept(&format!("Bearer {}", super::VALUE));
    let spec = json!({"baseUrl": api.base, "path": "/echo", "method": "GET", "authType": "bearer", "authKeyName": "KEY"});
    let tool = create(test.system(), &owner, crate::tools::request("ask", spec, json!({}))).await.unwrap();
    let (helper, other) = (agent(&test, &owner, "helper").await, agent(&test, &owner, "other").await);
    for agent in [helper, other] {
        let new = NewAttachment { tool_id: tool.id, usage_comments: String::new(), pinned_version: None };
        agents::attach::attach(test.system(), &owner, agent, new).await.unwrap();
    }
    let person = test.member(&organization, Role::Member).await;
    let general = key(&test, &owner, "KEY").await;
    let own = keys::create(test.system(), &owner, keys::NewKey::new("KEY", keys::Secret::from(super::VALUE))).await.unwrap();
    for (context_type, id) in [(ContextType::Agent, helper.0), (ContextType::User, person.user_id.0)] {
        let mapping = NewMapping { context_type, context_id: Some(id), ..everybody() };
        keys::map(test.system(), &owner, own.id, mapping).await.unwrap();
    }
    let said = async |id| {
        let mut uses = keys::uses(test.system(), &owner, id).await.unwrap();
        uses.sort_by_key(|one| one.context_type.as_str());
        uses.into_iter().map(|one| (one.context_type, one.context_id, one.instead_id)).collect::<Vec<_>>()
    };
    assert_eq!(said(general.id).await, [(ContextType::Agent, Some(other.0), None), (ContextType::Global, None, None)]);
    assert_eq!(
        said(own.id).await,
        [(ContextType::Agent, Some(helper.0), Some(general.id)), (ContextType::User, Some(person.user_id.0), Some(general.id))]
    );
    keys::delete(test.system(), &owner, general.id).await.unwrap();
    assert_eq!(said(own.id).await.into_iter().filter(|(.., instead)| instead.is_some()).count(), 0, "nothing else is there any more");
    let call = async |actor: &Actor, agent| {
        let request = ExecuteRequest { agent_id: agent, ..ExecuteRequest::new(tool.id, json!({})) };
        execute(test.system(), actor, request).await.unwrap().status
    };
    assert_eq!(call(&owner, None).await, Status::Unauthorized);
    assert_eq!(call(&owner, Some(other)).await, Status::Unauthorized);
    assert_eq!(call(&owner, Some(helper)).await, Status::Success);
    assert_eq!(call(&person, None).await, Status::Success);
}

#[tokio::test]
async fn a_tool_that_asks_for_several_keys_is_explained_for_the_one_that_is_named() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let text = json!({"mode": "fixed", "value": "Hello"});
    let sms = json!({"from": {"type": "called_number"}, "text": text, "recipients": {"mode": "ai", "prompt": "Who"}});
    let tool = tools::create(test.system(), &owner, voice::tool("text", Kind::Sms, sms)).await.unwrap();
    let made = key(&test, &owner, "TWILIO_AUTH_TOKEN").await;
    let why = format!("{:?}", keys::explain(test.system(), &owner, tool.id, None, &Who::default()).await.unwrap_err());
    assert!(why.contains("TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"), "{why}");
    let explained = keys::explain(test.system(), &owner, tool.id, Some("TWILIO_AUTH_TOKEN"), &Who::default()).await.unwrap();
    assert_eq!(explained.key_id, Some(made.id));
    assert_eq!(explained.destinations.iter().map(|one| (one.way, one.refused.is_none())).collect::<Vec<_>>(), [(KeyWay::Twilio, true)]);
    let refused = keys::map(test.system(), &owner, made.id, NewMapping { tool_id: Some(tool.id), ..everybody() }).await;
    assert!(refused.is_ok(), "a key of a tool's own is mapped in its calls: {refused:?}");
    let other = key(&test, &owner, "OTHER").await;
    let refused = keys::map(test.system(), &owner, other.id, NewMapping { tool_id: Some(tool.id), ..everybody() }).await.unwrap_err();
    assert!(format!("{refused:?}").contains("“TWILIO_ACCOUNT_SID” and “TWILIO_AUTH_TOKEN”"), "{refused:?}");
}

#[tokio::test]
async fn the_keys_of_twilio_and_pipedream_are_tested_with_the_other_one_that_they_go_with() {
    let (sms, action) = (Twilio::start().await, Pipedream::start().await);
    let (sms_url, action_url) = (sms.url.clone(), action.url.clone());
    let test = TestSystem::with(move |config| (config.twilio_url, config.pipedream_url) = (sms_url, action_url)).await;
    let (_, owner) = test.organization("acme").await;
    let text = json!({"mode": "fixed", "value": "Hello"});
    let text = json!({"from": {"type": "called_number"}, "text": text, "recipients": {"mode": "ai", "prompt": "Who"}});
    tools::create(test.system(), &owner, voice::tool("text", Kind::Sms, text)).await.unwrap();
    let run = json!({"id": "a-b", "project_id": pipedream::PROJECT, "environment": "production",
        "external_user_id": {"mode": "fixed", "value": "me"}, "configured_props": {}});
    tools::create(test.system(), &owner, voice::tool("act", Kind::PipedreamAction, run)).await.unwrap();
    let values = [
        ("TWILIO_ACCOUNT_SID", twilio::ACCOUNT_SID),
        ("TWILIO_AUTH_TOKEN", twilio::AUTH_TOKEN),
        ("PIPEDREAM_CLIENT_ID", pipedream::CLIENT_ID),
        ("PIPEDREAM_CLIENT_SECRET", pipedream::CLIENT_SECRET),
    ];
    let mut made = Vec::new();
    for (name, value) in values {
        let mut new = keys::NewKey::new(name, keys::Secret::from(value));
        new.mappings.push(everybody());
        made.push(keys::create(test.system(), &owner, new).await.unwrap().id);
        let alone = keys::test(test.system(), &owner, made[made.len() - 1], &TestRequest::default()).await.unwrap();
        if made.len() % 2 == 1 {
            assert_eq!(alone.outcome, TestOutcome::Refused, "{alone:?}");
            assert!(alone.message.contains("is not there"), "{alone:?}");
        }
    }
    for (id, (_, value)) in made.iter().zip(values) {
        let tested = keys::test(test.system(), &owner, *id, &TestRequest::default()).await.unwrap();
        assert_eq!(tested.outcome, TestOutcome::Accepted, "{tested:?}");
        let shown = serde_json::to_string(&tested).unwrap();
        assert!(!values.iter().any(|(_, value)| shown.contains(value)), "{value} in {shown}");
    }
    let wrong = serde_json::from_value(json!({"value": "not the token of this account"})).unwrap();
    keys::change(test.system(), &owner, made[1], wrong).await.unwrap();
    let tested = keys::test(test.system(), &owner, made[1], &TestRequest::default()).await.unwrap();
    assert_eq!((tested.outcome, tested.status), (TestOutcome::Refused, Some(401)));
}
