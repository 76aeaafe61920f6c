//! A server that logs everything, who calls it, and every answer that it gave.

use super::super::{Data, Server};
use reqwest::{Client, header};
use rmcp::{
    model::{CallToolRequestParams, ClientCapabilities, ClientConfig, Implementation},
    service::{ClientLifecycleMode, ClientServiceExt},
    transport::{StreamableHttpClientTransport, streamable_http_client::StreamableHttpClientTransportConfig},
};
use serde_json::{Value, json};
use std::fs::File;
use support::{Pipedream, TestSystem, Twilio};
use toolcrib::{access::Scope, actor::Actor, ids::AgentId};

pub struct Scene {
    pub test: TestSystem,
    pub data: Data,
    pub owner: Actor,
    pub server: Server,
    pub program: Client,
    pub browser: Client,
    /// Every answer that was read, with its headers, and from where.
    pub answers: Vec<(String, String)>,
}

impl Scene {
    pub async fn start(twilio: &Twilio, pipedream: &Pipedream) -> Self {
        let (test, data) = (TestSystem::new().await, Data::new());
        let (_, owner) = test.organization("acme").await;
        let log = data.path().join("log");
        let out = data.path().join("out");
        let server = Server::start_on(&test, &data, |command| {
            command
                .env("TOOLCRIB_LOG", "trace")
                .env("TOOLCRIB_TWILIO_URL", &twilio.url)
                .env("TOOLCRIB_PIPEDREAM_URL", &pipedream.url)
                .stderr(File::create(&log).unwrap())
                .stdout(File::create(&out).unwrap());
        })
        .await;
        let program = test.program(&owner, &Scope::ALL).await;
        let mut headers = header::HeaderMap::new();
        let cookie = format!("{}={}", app::context::SESSION_COOKIE, test.session(&owner).await);
        headers.insert(header::COOKIE, cookie.parse().unwrap());
        headers.insert(header::ACCEPT, "text/html".parse().unwrap());
        headers.insert(header::ORIGIN, format!("http://{}", server.address).parse().unwrap());
        let browser = Client::builder().default_headers(headers).no_proxy().build().unwrap();
        Self { test, data, owner, server, program, browser, answers: Vec::new() }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.address)
    }

    async fn read(&mut self, path: &str, answer: reqwest::Response) -> (u16, String) {
        let (status, headers) = (answer.status(), format!("{:?}", answer.headers()));
        let text = answer.text().await.unwrap();
        assert!(status.as_u16() < 500, "{path}: {status} {text}");
        self.answers.push((path.to_owned(), format!("{headers}\n{text}")));
        (status.as_u16(), text)
    }

    /// Over REST, with an `Idempotency-Key`: the answer is kept.
    pub async fn post(&mut self, path: &str, body: Value) -> Value {
        let request = self.program.post(self.url(path)).header("Idempotency-Key", uuid::Uuid::now_v7().to_string());
        let answer = request.json(&body).send().await.unwrap();
        let (_, text) = self.read(path, answer).await;
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    pub async fn get(&mut self, path: &str) -> Value {
        let answer = self.program.get(self.url(path)).send().await.unwrap();
        let (status, text) = self.read(path, answer).await;
        assert_eq!(status, 200, "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    pub async fn page(&mut self, path: &str) -> String {
        let answer = self.browser.get(self.url(path)).send().await.unwrap();
        let (status, text) = self.read(path, answer).await;
        assert_eq!(status, 200, "{path}: {text}");
        text
    }

    /// The form of the page on which a tool is tried, and the page that shows what came of it.
    pub async fn try_on_page(&mut self, tool: &str, inputs: &Value, variables: &Value) {
        let mut form = vec![("org".to_owned(), "acme".to_owned()), ("id".to_owned(), tool.to_owned())];
        for (field, values) in [("inputs", inputs), ("variables", variables)] {
            for (name, value) in values.as_object().into_iter().flatten() {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                form.push((format!("{field}[{name}]"), text));
            }
        }
        let answer = self.browser.post(self.url("/api/fn/tools/try")).form(&form).send().await.unwrap();
        let place = answer.url().to_string();
        let (status, text) = self.read("/api/fn/tools/try", answer).await;
        assert!(status == 200 && place.contains("execution="), "{tool}: {status} {place} {text}");
    }

    /// In a workflow of one step.
    pub async fn run_in_workflow(&mut self, name: &str, tool: &str, inputs: &Value) {
        let definition = json!({"nodes": [{"id": "input", "type": "input", "position": {"x": 0, "y": 0}, "config": {"fields": []}},
            {"id": "call", "toolId": tool, "position": {"x": 280, "y": 0}, "config": {"inputs": inputs}},
            {"id": "output", "type": "output", "position": {"x": 560, "y": 0}}],
            "edges": [{"id": "e1", "source": "input", "target": "call"}, {"id": "e2", "source": "call", "target": "output"}]});
        let flow = self.post("/v1/workflows", json!({"name": format!("flow_{name}"), "definition": definition})).await;
        let id = flow["id"].as_str().unwrap_or_else(|| panic!("{name}: {flow}")).to_owned();
        let run = self.post(&format!("/v1/workflows/{id}/execute"), json!({"wait": true})).await;
        assert!(run["status"] == "completed" || run["status"] == "failed", "{name}: {run}");
        self.page(&format!("/acme/runs/{}", run["id"].as_str().unwrap())).await;
    }

    /// As a model does, over Toolcrib's own MCP server.
    pub async fn call_over_mcp(&mut self, agent: AgentId, calls: &[(&'static str, Value)]) {
        let token = self.test.agent_token(&self.owner, agent, &[Scope::Read, Scope::Execute]).await;
        let config = StreamableHttpClientTransportConfig::with_uri(self.url("/mcp")).auth_header(token);
        let transport = StreamableHttpClientTransport::with_client(Client::builder().no_proxy().build().unwrap(), config);
        let me = ClientConfig::new(ClientCapabilities::default(), Implementation::new("test", "1"));
        let client = me.serve_with_lifecycle(transport, ClientLifecycleMode::Initialize).await.unwrap();
        let listed = client.list_all_tools().await.unwrap();
        self.answers.push(("tools over MCP".to_owned(), serde_json::to_string(&listed).unwrap()));
        for (name, arguments) in calls {
            let arguments = arguments.as_object().cloned().unwrap_or_default();
            let answer = client.call_tool(CallToolRequestParams::new(*name).with_arguments(arguments)).await;
            let text = match answer {
                Ok(result) => serde_json::to_string(&result).unwrap(),
                Err(error) => format!("{error:?}"),
            };
            self.answers.push((format!("{name} over MCP"), text));
        }
        client.cancel().await.ok();
    }
}
