//! Canary values through every executor and every interface: in no answer, in no column of the database, in no line of the log, in no
//! encoding. The server is a process of its own that logs everything; whoever it calls says the key it was called with, wherever it can.

mod places;
mod scene;
mod upstream;

use base64::{Engine, engine::general_purpose::STANDARD};
use places::{WAYS, check_coverage, found};
use scene::Scene;
use serde_json::{Value, json};
use support::{LockedApi, Pipedream, Twilio, pipedream, twilio};
use toolcrib::{
    agents::{NewAgent, NewAttachment, attach::attach, create::create as create_agent},
    ids::{AgentId, ToolId},
};

const BEARER: &str = "canary-bearer/4711+x?y=\"z\"";
const BASIC: &str = "AC1:canary-password:0815~";
const SCRIPT: &str = "canary-script {\"k\": [1, 2]} ü%";
const MCP: &str = "canary-mcp-key/8+9=\\q";
const STDIO: &str = "canary-stdio-key {\"s\"} 77/+";
const HOOK: &str = "canary-webhook-secret/55+5";

/// A tool, what it is called with, and whether that fails.
struct Called {
    name: &'static str,
    id: String,
    inputs: Vec<(Value, bool)>,
    variables: Value,
}

async fn tool(scene: &mut Scene, name: &'static str, more: Value, inputs: Vec<(Value, bool)>) -> Called {
    let mut tool = json!({"name": name, "status": "active", "visibility": "public", "retry_policy": {"max_attempts": 1, "backoff_ms": 1}});
    tool.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = scene.post("/v1/tools", tool).await;
    let id = made["id"].as_str().unwrap_or_else(|| panic!("{name}: {made}")).to_owned();
    Called { name, id, inputs, variables: json!({"called_phone_number": "+49301234567"}) }
}

async fn requests(scene: &mut Scene, api: &LockedApi) -> Vec<Called> {
    api.accept(&format!("Bearer {BEARER}"));
    api.accept(BEARER);
    api.accept(&format!("Basic {}", STANDARD.encode(BASIC)));
    let mut tools = Vec::new();
    let bearer = json!({"authType": "bearer", "authKeyName": "BEARER"});
    for (name, path, auth, fails) in [
        ("with_bearer", "/echo", bearer.clone(), false),
        ("with_query", "/echo", json!({"authType": "api-key", "authKeyName": "QUERY", "authIn": "query"}), false),
        ("with_header", "/echo", json!({"authType": "api-key", "authKeyName": "QUERY", "authName": "X-Custom-Key"}), false),
        ("with_basic", "/echo", json!({"authType": "basic", "authKeyName": "BASIC"}), false),
        (
            "with_oauth",
            "/echo",
            json!({"authType": "oauth2", "authKeyName": "OAUTH", "oauth2": {"tokenUrl": format!("{}/token", api.base)}}),
            false,
        ),
        ("in_chunks", "/chunks", bearer.clone(), false),
        ("in_headers", "/headers", bearer.clone(), true),
        ("cut_off", "/cut", bearer.clone(), true),
        ("broken_off", "/broken", bearer.clone(), true),
        ("in_a_redirect", "/astray", bearer, true),
    ] {
        let mut spec = json!({"baseUrl": api.base, "path": path, "method": "GET"});
        spec.as_object_mut().unwrap().extend(auth.as_object().unwrap().clone());
        tools.push(tool(scene, name, json!({"kind": "api_request", "api_spec": spec}), vec![(json!({}), fails)]).await);
    }
    tools
}

async fn scripts(scene: &mut Scene) -> Vec<Called> {
    let python = format!(
        "{WAYS}\nimport time\ndef main(fail: bool = False):\n    key = os.environ['SCRIPT_KEY']\n    for way in ways(key):\n        print('log', way)\n        print('error', way, file=sys.stderr)\n    \
         for piece in (key[:5], key[5:9], key[9:]):\n        sys.stdout.write(piece)\n        sys.stdout.flush()\n        time.sleep(0.01)\n    \
         if fail:\n        raise RuntimeError('failed with ' + key)\n    return {{'ways': ways(key), key: 1}}\n"
    );
    let shell = "printf 'log %s\\n' \"$SCRIPT_KEY\" >&2\nprintf '%s' \"$SCRIPT_KEY\" | base64 >&2\n\
        printf '%s' \"${SCRIPT_KEY:0:7}\" >&2; sleep 0.02; printf '%s\\n' \"${SCRIPT_KEY:7}\" >&2\n\
        [ \"${FAIL:-}\" = true ] && { head -c 3970 /dev/zero | tr '\\0' x >&2; echo \"failed with $SCRIPT_KEY\" >&2; exit 3; }\n\
        printf '%s\\n' \"$SCRIPT_KEY\"\nprintf '%s' \"$SCRIPT_KEY\" | base64 -w 0\n";
    let schema = json!({"type": "object", "properties": {"fail": {"type": "boolean"}}});
    let mut tools = Vec::new();
    for (name, kind, script) in [("in_python", "python", python.as_str()), ("in_shell", "shell", shell)] {
        let tool = tool(
            scene,
            name,
            json!({"kind": kind, "script_content": script, "executor_config": {"keys": ["SCRIPT_KEY"]}, "input_schema": schema}),
            vec![(json!({}), false), (json!({"fail": true}), true)],
        );
        tools.push(tool.await);
    }
    tools
}

async fn voice(scene: &mut Scene) -> Vec<Called> {
    let text = json!({"mode": "fixed", "value": "Hello"});
    let sms = json!({"kind": "sms", "config_metadata": {"from": {"type": "called_number"}, "text": text, "recipients": {"mode": "ai", "prompt": "Who"}}});
    let to = |number: &str, fails| (json!({"recipients": [number]}), fails);
    let numbers = json!([{"name": "desk", "type": "number", "number": "+14155550199"}]);
    let transfer = json!({"kind": "transfer_call", "config_metadata": {"destinations": numbers, "destination": {"mode": "ai", "prompt": "Who can help?"}}});
    let action = json!({"kind": "pipedream_action", "config_metadata": {"id": "leaks", "project_id": pipedream::PROJECT, "environment": "production",
        "external_user_id": {"mode": "fixed", "value": "me"}, "configured_props": {}}});
    vec![
        tool(scene, "by_sms", sms, vec![to("+14155550111", false), to(twilio::LEAKS, true)]).await,
        tool(scene, "by_transfer", transfer, vec![(json!({"destination": "desk"}), false)]).await,
        tool(scene, "by_action", action, vec![(json!({}), false)]).await,
    ]
}

async fn imported(scene: &mut Scene) -> Vec<Called> {
    let folder = scene.data.path().join("files").join(scene.owner.organization_id.to_string());
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("server.py"), upstream::program()).unwrap();
    let url = upstream::over_http().await;
    let mut tools = Vec::new();
    for (name, upstream_name, server) in [
        ("over_http", "echo", json!({"name": "over_http", "url": url, "auth": "bearer", "auth_key_name": "MCP_KEY"})),
        (
            "over_stdio",
            "tell",
            json!({"name": "over_stdio", "transport": "stdio", "command": "/usr/bin/python3", "args": ["-I", "/data/server.py"], "env": {"API_KEY": "STDIO_KEY"}}),
        ),
    ] {
        let made = scene.post("/v1/mcp-servers", server).await;
        let id = made["id"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned();
        assert_eq!(made["status"], "up", "{made}");
        let order = json!({"tools": [{"upstream_name": upstream_name, "name": name}], "visibility": "public", "activate": true});
        let tool = scene.post(&format!("/v1/mcp-servers/{id}/import"), order).await;
        let tool = tool["items"][0]["id"].as_str().unwrap_or_else(|| panic!("{tool}")).to_owned();
        scene.get(&format!("/v1/mcp-servers/{id}")).await;
        scene.page(&format!("/acme/mcp-servers/{id}")).await;
        let inputs = vec![
            (json!({}), false),
            (json!({"fail": "tool"}), name == "over_http"),
            (json!({"fail": "rpc"}), true),
            (json!({"fail": "die"}), name == "over_stdio"),
        ];
        tools.push(Called { name, id: tool, inputs, variables: json!({}) });
    }
    tools
}

async fn builtins(scene: &mut Scene, api: &LockedApi) -> Vec<Called> {
    let listed: Vec<(uuid::Uuid, String)> = sqlx::query_as("select id, name from tools where name in ('send_webhook', 'http_request')")
        .fetch_all(scene.test.owner())
        .await
        .unwrap();
    let id = |name: &str| listed.iter().find(|(_, known)| known == name).unwrap().0.to_string();
    let event = json!({"url": format!("{}/open", api.base), "type": "t", "data": {}, "key_name": "HOOK"});
    vec![
        Called { name: "send_webhook", id: id("send_webhook"), inputs: vec![(event, true)], variables: json!({}) },
        Called {
            name: "http_request",
            id: id("http_request"),
            inputs: vec![(json!({"url": format!("{}/open", api.base)}), false)],
            variables: json!({}),
        },
    ]
}

/// Every interface; whether the call used a key and something was redacted is told by REST.
async fn call_everywhere(scene: &mut Scene, called: &Called) {
    for (index, (inputs, fails)) in called.inputs.iter().enumerate() {
        let body = json!({"inputs": inputs, "variables": called.variables});
        let done = scene.post(&format!("/v1/tools/{}/execute", called.id), body).await;
        let expected = if *fails { "failed" } else { "success" };
        assert_eq!(done["status"], expected, "{} with {inputs}: {done}", called.name);
        let keyless = ["by_transfer", "http_request"].contains(&called.name);
        assert_eq!(done["key_id"].is_string(), !keyless, "{}: {done}", called.name);
        let page = scene.page(&format!("/acme/executions/{}", done["id"].as_str().unwrap())).await;
        if !keyless && !["send_webhook", "by_sms", "broken_off"].contains(&called.name) && inputs["fail"] != "die" {
            assert!(
                done.to_string().contains("[redacted]") && page.contains("[redacted]"),
                "{} with {inputs} said nothing: {done}",
                called.name
            );
        }
        if called.name != "send_webhook" && called.name != "http_request" {
            scene.try_on_page(&called.id, inputs, &called.variables).await;
        }
        // What a run does not know a variable for is no use in one.
        if called.name != "by_sms" {
            scene.run_in_workflow(&format!("{}_{index}", called.name), &called.id, inputs).await;
        }
    }
}

async fn agent_with(scene: &Scene, tools: &[Called]) -> AgentId {
    let new = NewAgent { name: "clerk".into(), ..NewAgent::default() };
    let agent = create_agent(scene.test.system(), &scene.owner, new).await.unwrap().id;
    for called in tools.iter().filter(|called| !["send_webhook", "http_request"].contains(&called.name)) {
        let tool_id: ToolId = called.id.parse().unwrap();
        let new = NewAttachment { tool_id, usage_comments: String::new(), pinned_version: None };
        attach(scene.test.system(), &scene.owner, agent, new).await.unwrap();
    }
    agent
}

#[tokio::test]
async fn no_value_of_a_key_gets_out_of_any_executor_by_any_interface() {
    let (api, sms, action) = (LockedApi::start().await, Twilio::start().await, Pipedream::start().await);
    let mut scene = Scene::start(&sms, &action).await;
    let oauth = format!("tc-client:{}", LockedApi::SECRET);
    for (name, value) in [
        ("BEARER", BEARER),
        ("QUERY", BEARER),
        ("BASIC", BASIC),
        ("OAUTH", &oauth),
        ("SCRIPT_KEY", SCRIPT),
        ("MCP_KEY", MCP),
        ("STDIO_KEY", STDIO),
        ("HOOK", HOOK),
        ("TWILIO_ACCOUNT_SID", twilio::ACCOUNT_SID),
        ("TWILIO_AUTH_TOKEN", twilio::AUTH_TOKEN),
        ("PIPEDREAM_CLIENT_ID", pipedream::CLIENT_ID),
        ("PIPEDREAM_CLIENT_SECRET", pipedream::CLIENT_SECRET),
    ] {
        let made = scene.post("/v1/keys", json!({"key_name": name, "value": value, "mappings": [{"context_type": "global"}]})).await;
        assert!(made["id"].is_string(), "{made}");
    }
    let mut tools = requests(&mut scene, &api).await;
    tools.extend(scripts(&mut scene).await);
    tools.extend(voice(&mut scene).await);
    tools.extend(imported(&mut scene).await);
    tools.extend(builtins(&mut scene, &api).await);
    for called in &tools {
        call_everywhere(&mut scene, called).await;
    }
    let agent = agent_with(&scene, &tools).await;
    let calls: Vec<(&'static str, Value)> =
        tools.iter().flat_map(|called| called.inputs.iter().map(|(inputs, _)| (called.name, inputs.clone()))).collect();
    scene.call_over_mcp(agent, &calls).await;
    // And refused by the API: what it says of what it was sent.
    api.revoke_all();
    for called in &tools[..10] {
        scene.post(&format!("/v1/tools/{}/execute", called.id), json!({"inputs": {}})).await;
    }
    let keys = scene.get("/v1/keys").await;
    for key in keys["items"].as_array().unwrap() {
        let id = key["id"].as_str().unwrap();
        scene.post(&format!("/v1/keys/{id}/test"), json!({})).await;
        scene.get(&format!("/v1/keys/{id}/uses")).await;
        scene.page(&format!("/acme/keys/{id}")).await;
        scene.page(&format!("/acme/keys/{id}/settings")).await;
    }
    for path in [
        "/acme/keys",
        "/acme/keys/new",
        "/acme/keys/resolution",
        "/acme/audit",
        "/acme/audit.csv",
        "/acme/tools.json",
        "/acme/executions",
        "/acme/mcp-servers",
        "/acme",
    ] {
        scene.page(path).await;
    }
    scene.get("/v1/executions?limit=100").await;
    let places = scene.places().await;
    check_coverage(&places);
    let secrets: Vec<String> = [BEARER, BASIC, "canary-password:0815~", SCRIPT, MCP, STDIO, HOOK, LockedApi::SECRET, twilio::ACCOUNT_SID]
        .into_iter()
        .chain([twilio::AUTH_TOKEN, pipedream::CLIENT_ID, pipedream::CLIENT_SECRET])
        .map(str::to_owned)
        .chain((1..=9).flat_map(|count| [format!("at-canary-token-{count}-0123456789"), format!("pd-token-canary-{count}")]))
        .collect();
    let found = found(&places, &secrets);
    assert!(found.is_empty(), "{} places, the first of them:\n{}", found.len(), found[..found.len().min(30)].join("\n"));
}
