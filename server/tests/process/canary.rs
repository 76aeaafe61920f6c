//! Canary values through every executor that gets keys and every interface that calls it: in no answer, in no row of the database, in no
//! line of the log, in no encoding. The server is a process of its own that logs everything.

use super::{Data, Server};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use reqwest::Client;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use std::fs::File;
use support::{LockedApi, TestSystem};
use toolcrib::{access::Scope, actor::Actor};

const BEARER: &str = "canary-bearer/4711+x?y=\"z\"";
const BASIC: &str = "AC1:canary-password:0815~";
const SCRIPT: &str = "canary-script {\"k\": [1, 2]} ü%";

/// Says its key in every way it can think of, in the output, in the log, on standard error and in an error.
const PYTHON: &str = r#"
import base64, json, os, sys, urllib.parse
def main(fail: bool = False):
    key = os.environ["SCRIPT_KEY"]
    ways = [key, urllib.parse.quote(key, safe=""), urllib.parse.quote_plus(key), json.dumps(key), json.dumps(key, ensure_ascii=False), key.encode().hex(),
            *[base64.b64encode(b"x" * n + key.encode()).decode() for n in range(3)], base64.urlsafe_b64encode(key.encode()).decode()]
    for way in ways:
        print("log", way)
        print("error", way, file=sys.stderr)
    if fail:
        raise RuntimeError(f"failed with {key}")
    return {"ways": ways, key: 1}
"#;

const SHELL: &str = r#"
printf 'log %s\n' "$SCRIPT_KEY" >&2
printf '%s' "$SCRIPT_KEY" | base64 >&2
[ "${FAIL:-}" = true ] && { echo "failed with $SCRIPT_KEY"; exit 3; }
printf '%s\n' "$SCRIPT_KEY"
printf '%s' "$SCRIPT_KEY" | base64 -w 0
"#;

/// What must be found nowhere. Of base64, the parts that do not depend on what stands around.
fn forms(value: &str) -> Vec<String> {
    let json = serde_json::to_string(value).unwrap();
    let url: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    let mut forms = vec![value.to_owned(), json.trim_matches('"').to_owned(), url.clone(), url.replace('+', "%20"), hex(value)];
    for before in ["", "x", "xx"] {
        let all = STANDARD.encode(format!("{before}{value}"));
        forms.push(all[4..all.len() - 4].to_owned());
    }
    forms.push(URL_SAFE_NO_PAD.encode(value)[..value.len()].to_owned());
    forms
}

fn hex(value: &str) -> String {
    value.bytes().map(|byte| format!("{byte:02x}")).collect()
}

struct Scene {
    test: TestSystem,
    owner: Actor,
    server: Server,
    program: Client,
    /// Every answer that was read, and from where.
    answers: Vec<(String, String)>,
}

impl Scene {
    async fn post(&mut self, path: &str, body: Value) -> Value {
        let answer = self.program.post(format!("http://{}{path}", self.server.address)).json(&body).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.as_u16() < 500, "{path}: {status} {text}");
        self.answers.push((path.to_owned(), text.clone()));
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    async fn get(&mut self, client: &Client, path: &str) -> String {
        let answer = client.get(format!("http://{}{path}", self.server.address)).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert_eq!(status, 200, "{path}: {text}");
        self.answers.push((path.to_owned(), text.clone()));
        text
    }

    async fn tool(&mut self, tool: Value) -> String {
        let made = self.post("/v1/tools", tool).await;
        made["id"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned()
    }
}

#[tokio::test]
async fn no_value_of_a_key_gets_out_of_any_executor_by_any_interface() {
    let (test, data) = (TestSystem::new().await, Data::new());
    let (_, owner) = test.organization("acme").await;
    let api = LockedApi::start().await;
    let log = data.path().join("log");
    let server = Server::start_on(&test, &data, |command| {
        command.env("TOOLCRIB_LOG", "trace").stderr(File::create(&log).unwrap()).stdout(File::create(data.path().join("out")).unwrap());
    })
    .await;
    let program = test.program(&owner, &Scope::ALL).await;
    let mut scene = Scene { test, owner, server, program, answers: Vec::new() };

    let oauth = format!("tc-client:{}", LockedApi::SECRET);
    for (name, value) in [("BEARER", BEARER), ("QUERY", BEARER), ("BASIC", BASIC), ("OAUTH", &oauth), ("SCRIPT_KEY", SCRIPT)] {
        let made = scene.post("/v1/keys", json!({"key_name": name, "value": value, "mappings": [{"context_type": "global"}]})).await;
        assert!(made["id"].is_string(), "{made}");
    }
    api.accept(&format!("Bearer {BEARER}"));
    api.accept(BEARER);
    api.accept(&format!("Basic {}", STANDARD.encode(BASIC)));

    let mut tools = Vec::new();
    for (name, auth) in [
        ("with_bearer", json!({"authType": "bearer", "authKeyName": "BEARER"})),
        ("with_query", json!({"authType": "api-key", "authKeyName": "QUERY", "authIn": "query"})),
        ("with_header", json!({"authType": "api-key", "authKeyName": "QUERY", "authName": "X-Custom-Key"})),
        ("with_basic", json!({"authType": "basic", "authKeyName": "BASIC"})),
        ("with_oauth", json!({"authType": "oauth2", "authKeyName": "OAUTH", "oauth2": {"tokenUrl": format!("{}/token", api.base)}})),
    ] {
        let mut spec = json!({"baseUrl": api.base, "path": "/echo", "method": "GET"});
        spec.as_object_mut().unwrap().extend(auth.as_object().unwrap().clone());
        let tool = json!({"name": name, "kind": "api_request", "status": "active", "visibility": "public", "api_spec": spec});
        tools.push((name, scene.tool(tool).await));
    }
    let schema = json!({"type": "object", "properties": {"fail": {"type": "boolean"}}});
    for (name, kind, script) in [("in_python", "python", PYTHON), ("in_shell", "shell", SHELL)] {
        let tool = json!({"name": name, "kind": kind, "status": "active", "visibility": "public", "script_content": script,
            "executor_config": {"keys": ["SCRIPT_KEY"]}, "input_schema": schema});
        tools.push((name, scene.tool(tool).await));
    }

    // REST, a workflow, and the page.
    let browser = browser(&scene).await;
    for (name, id) in &tools {
        let done = scene.post(&format!("/v1/tools/{id}/execute"), json!({"inputs": {}})).await;
        assert_eq!(done["status"], "success", "{name}: {done}");
        assert!(done.to_string().contains("[redacted]") && done["key_id"].is_string(), "{name} had no key: {done}");
        if name.starts_with("in_") {
            let failed = scene.post(&format!("/v1/tools/{id}/execute"), json!({"inputs": {"fail": true}})).await;
            assert_eq!(failed["status"], "failed", "{name}: {failed}");
        }
        let definition = json!({"nodes": [{"id": "input", "type": "input", "position": {"x": 0, "y": 0}, "config": {"fields": []}},
            {"id": "call", "toolId": id, "position": {"x": 280, "y": 0}}, {"id": "output", "type": "output", "position": {"x": 560, "y": 0}}],
            "edges": [{"id": "e1", "source": "input", "target": "call"}, {"id": "e2", "source": "call", "target": "output"}]});
        let flow = scene.post("/v1/workflows", json!({"name": format!("flow_{name}"), "definition": definition})).await;
        let run = scene
            .post(&format!("/v1/workflows/{}/execute", flow["id"].as_str().unwrap_or_else(|| panic!("{flow}"))), json!({"wait": true}))
            .await;
        assert_eq!(run["status"], "completed", "{name}: {run}");
        let page = scene.get(&browser, &format!("/acme/executions/{}", done["id"].as_str().unwrap())).await;
        assert!(page.contains("[redacted]"), "{name}: the page shows nothing of it");
    }
    // And refused by the API: what it says of what it was sent.
    api.revoke_all();
    for (_, id) in &tools[..5] {
        scene.post(&format!("/v1/tools/{id}/execute"), json!({"inputs": {}})).await;
    }
    let keys: Value = serde_json::from_str(&scene.get(&scene.program.clone(), "/v1/keys").await).unwrap();
    for key in keys["items"].as_array().unwrap() {
        let id = key["id"].as_str().unwrap();
        if key["key_name"] != "SCRIPT_KEY" {
            scene.post(&format!("/v1/keys/{id}/test"), json!({})).await;
        }
        scene.get(&browser, &format!("/acme/keys/{id}")).await;
        scene.get(&browser, &format!("/acme/keys/{id}/settings")).await;
    }
    for path in ["/acme/keys", "/acme/keys/new", "/acme/keys/resolution", "/acme/audit", "/acme/executions", "/acme"] {
        scene.get(&browser, path).await;
    }
    scene.get(&scene.program.clone(), "/v1/executions?limit=100").await;

    let Scene { test, server, answers, .. } = scene;
    assert!(server.stop().success());
    let mut places = answers;
    places.push(("the log".to_owned(), std::fs::read_to_string(&log).unwrap()));
    places.push(("standard output".to_owned(), std::fs::read_to_string(data.path().join("out")).unwrap()));
    places.extend(database(&test).await);
    let logged = places.iter().find(|(place, _)| place == "the log").map_or(0, |(_, text)| text.len());
    assert!(logged > 10_000, "it logged only {logged} bytes: nothing would be proved");
    let mut found = Vec::new();
    let secrets =
        [BEARER, BASIC, "canary-password:0815~", SCRIPT, LockedApi::SECRET, "at-canary-token-1-0123456789", "at-canary-token-2-0123456789"];
    for secret in secrets {
        for form in forms(secret) {
            for (place, text) in &places {
                if let Some(at) = text.find(&form) {
                    let around: String = text[..at].chars().rev().take(120).collect::<Vec<_>>().into_iter().rev().collect();
                    found.push(format!("{form} of {secret} in {place} after …{around}"));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

async fn browser(scene: &Scene) -> Client {
    let cookie = format!("{}={}", app::context::SESSION_COOKIE, scene.test.session(&scene.owner).await);
    let mut headers = reqwest::header::HeaderMap::new();
    headers.insert(reqwest::header::COOKIE, cookie.parse().unwrap());
    headers.insert(reqwest::header::ACCEPT, "text/html".parse().unwrap());
    Client::builder().default_headers(headers).no_proxy().build().unwrap()
}

/// Every row of every table, as text.
async fn database(test: &TestSystem) -> Vec<(String, String)> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'm') and not c.relispartition",
    )
    .fetch_all(test.owner())
    .await
    .unwrap();
    let mut all = Vec::new();
    for table in tables {
        let sql = format!("select coalesce(string_agg(t::text, E'\\n'), '') from \"{table}\" t");
        let mut rows: String = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(test.owner()).await.unwrap();
        if table == "tool_executions" {
            assert!(rows.contains("[redacted]"), "nothing was executed");
        }
        // A row as text doubles quotes and backslashes.
        rows.push_str(&rows.replace("\"\"", "\"").replace("\\\\", "\\"));
        all.push((format!("table {table}"), rows));
    }
    all
}
