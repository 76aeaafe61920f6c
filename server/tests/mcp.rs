use rmcp::{
    model::{CallToolRequestParams, ClientCapabilities, ClientConfig, Implementation, ProtocolVersion},
    service::{ClientLifecycleMode, ClientServiceExt, RoleClient, RunningService},
    transport::{StreamableHttpClientTransport, streamable_http_client::StreamableHttpClientTransportConfig},
};
use serde_json::{Value, json};
use support::{TestServer, TestSystem};
use toolcrib::{
    access::Scope,
    actor::Actor,
    agents::{NewAgent, NewAttachment, attach::attach, create::create as create_agent},
    ids::AgentId,
    tools::{self, Kind, NewTool, Status, Visibility},
};

struct Site {
    test: TestSystem,
    server: TestServer,
    token: String,
}

async fn tool(test: &TestSystem, owner: &Actor, agent: Option<AgentId>, name: &str, script: &str) {
    let mut new = NewTool::new(name, Kind::Python);
    new.script_content = Some(script.to_owned());
    new.description = format!("Does {name}.");
    new.input_schema = json!({"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]});
    new.status = Status::Active;
    new.visibility = Visibility::Public;
    let tool = tools::create(test.system(), owner, new).await.unwrap();
    if let Some(agent) = agent {
        let new = NewAttachment { tool_id: tool.id, usage_comments: String::new(), pinned_version: None };
        attach(test.system(), owner, agent, new).await.unwrap();
    }
}

async fn site() -> Site {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let agent = create_agent(test.system(), &owner, NewAgent { name: "clerk".into(), ..NewAgent::default() }).await.unwrap();
    tool(&test, &owner, Some(agent.id), "double", "def main(a):\n    return {\"twice\": 2 * a}\n").await;
    tool(&test, &owner, Some(agent.id), "broken", "def main(a):\n    raise ValueError(\"no such thing\")\n").await;
    tool(&test, &owner, None, "not_attached", "def main(a):\n    return a\n").await;
    let token = test.agent_token(&owner, agent.id, &[Scope::Read, Scope::Execute]).await;
    let server = test.server().await;
    Site { test, server, token }
}

async fn client(site: &Site, lifecycle: ClientLifecycleMode) -> RunningService<RoleClient, ClientConfig> {
    let config = StreamableHttpClientTransportConfig::with_uri(site.server.url("/mcp")).auth_header(site.token.clone());
    let transport = StreamableHttpClientTransport::with_client(reqwest::Client::builder().no_proxy().build().unwrap(), config);
    let me = ClientConfig::new(ClientCapabilities::default(), Implementation::new("test", "1"));
    me.serve_with_lifecycle(transport, lifecycle).await.unwrap()
}

#[tokio::test]
async fn a_client_of_either_generation_sees_and_calls_exactly_the_agents_tools() {
    let site = site().await;
    let newest = ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] };
    let auto = ClientLifecycleMode::Auto { preferred_versions: vec![ProtocolVersion::V_2026_07_28], legacy_version: None };
    for (lifecycle, version) in [(newest, "2026-07-28"), (auto, "2026-07-28"), (ClientLifecycleMode::Initialize, "2025-11-25")] {
        let client = client(&site, lifecycle).await;
        assert_eq!(client.peer_info().unwrap().protocol_version.as_str(), version);
        let tools = client.list_all_tools().await.unwrap();
        let names: Vec<_> = tools.iter().map(|tool| tool.name.to_string()).collect();
        assert_eq!(names, ["broken", "double"]);
        assert_eq!(tools[1].input_schema["$schema"], "http://json-schema.org/draft-07/schema#");
        let call = async |name: &'static str, arguments: Value| {
            client.call_tool(CallToolRequestParams::new(name).with_arguments(arguments.as_object().unwrap().clone())).await
        };
        let done = call("double", json!({"a": 21})).await.unwrap();
        assert_eq!((done.is_error, done.structured_content), (Some(false), Some(json!({"twice": 42}))), "{version}");
        let failed = call("broken", json!({"a": 1})).await.unwrap();
        assert_eq!(failed.is_error, Some(true));
        assert!(format!("{:?}", failed.content).contains("no such thing"));
        let unfit = call("double", json!({"a": "x"})).await.unwrap();
        assert_eq!(unfit.is_error, Some(true), "wrong inputs are told to the model");
        assert!(call("not_attached", json!({"a": 1})).await.is_err());
    }
    let (count, sources): (i64, i64) =
        sqlx::query_as("select count(*), count(*) filter (where source = 'mcp' and agent_id is not null) from tool_executions")
            .fetch_one(site.test.owner())
            .await
            .unwrap();
    assert_eq!((count, sources), (9, 9), "every call is on record");
}

async fn post(site: &Site, body: &Value, headers: &[(&str, &str)]) -> (u16, Value) {
    let mut request = site.server.client.post(site.server.url("/mcp")).json(body);
    let usual = [("accept", "application/json, text/event-stream")];
    for (name, value) in usual.iter().filter(|(name, _)| !headers.iter().any(|(other, _)| other == name)).chain(headers) {
        request = request.header(*name, *value);
    }
    if !headers.iter().any(|(name, _)| *name == "authorization") {
        request = request.header("authorization", format!("Bearer {}", site.token));
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

fn newest(method: &str, mut params: Value, version: &str) -> Value {
    params["_meta"] = json!({"io.modelcontextprotocol/protocolVersion": version, "io.modelcontextprotocol/clientInfo": {"name": "c", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {}});
    json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params})
}

#[tokio::test]
async fn the_rules_of_the_newest_revision_are_kept_to_the_letter() {
    let site = site().await;
    let version = ("mcp-protocol-version", "2026-07-28");
    let list = newest("tools/list", json!({}), "2026-07-28");
    let call = newest("tools/call", json!({"name": "double", "arguments": {"a": 1}}), "2026-07-28");
    let (status, body) = post(&site, &list, &[version, ("mcp-method", "tools/list")]).await;
    assert_eq!((status, &body["result"]["resultType"], &body["id"]), (200, &json!("complete"), &json!(7)));
    assert_eq!(body["result"]["cacheScope"], "private");
    for (body, headers) in [
        (&list, vec![version, ("mcp-method", "tools/call")]),
        (&list, vec![version]),
        (&list, vec![("mcp-method", "tools/list")]),
        (&call, vec![version, ("mcp-method", "tools/call"), ("mcp-name", "other")]),
        (&call, vec![version, ("mcp-method", "tools/call")]),
    ] {
        let (status, answer) = post(&site, body, &headers).await;
        assert_eq!((status, answer["error"]["code"].as_i64()), (400, Some(-32020)), "{headers:?}");
    }
    let (status, answer) = post(&site, &newest("tools/list", json!({}), "2030-01-01"), &[("mcp-protocol-version", "2030-01-01")]).await;
    assert_eq!((status, answer["error"]["code"].as_i64()), (400, Some(-32022)));
    assert_eq!(answer["error"]["data"]["supported"][0], "2026-07-28");
    for method in ["initialize", "resources/list", "ping"] {
        let (status, answer) = post(&site, &newest(method, json!({}), "2026-07-28"), &[version, ("mcp-method", method)]).await;
        assert_eq!((status, answer["error"]["code"].as_i64()), (404, Some(-32601)), "{method}");
    }
}

#[tokio::test]
async fn who_may_not_come_in_does_not() {
    let site = site().await;
    let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    assert_eq!(post(&site, &list, &[("authorization", "Bearer tc_unknown")]).await.0, 401);
    assert_eq!(post(&site, &list, &[("origin", "https://evil.example")]).await.0, 403);
    assert_eq!(post(&site, &list, &[("accept", "application/json")]).await.0, 406);
    assert_eq!(post(&site, &list, &[("mcp-protocol-version", "1999-01-01")]).await.0, 400);
    assert_eq!(post(&site, &json!([list]), &[]).await.0, 400);
    let (_, person) = site.test.organization("other").await;
    let token = format!("Bearer {}", site.test.token(&person, &[Scope::Read, Scope::Execute]).await);
    assert_eq!(post(&site, &list, &[("authorization", &token)]).await.0, 403, "a person's token is no agent's");
    for method in [reqwest::Method::GET, reqwest::Method::DELETE] {
        let answer = site.server.client.request(method, site.server.url("/mcp")).bearer_auth(&site.token).send().await.unwrap();
        assert_eq!(answer.status(), 405);
    }
    assert_eq!(post(&site, &json!({"jsonrpc": "2.0", "method": "notifications/initialized"}), &[]).await.0, 202);
}
