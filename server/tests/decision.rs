//! Who may call what is decided once: REST, MCP, a workflow, a webhook and the tool's page answer alike, and as the explanation says. The rows stand for
//! the combinations of visibility × subject × ownership × attachment × grant × role × status × expiry, which `tests/grants/decision.rs` goes
//! through one by one.

use reqwest::Client;
use serde_json::{Value, json};
use support::{TestServer, TestSystem};
use toolcrib::{
    access::{Role, Scope},
    actor::Actor,
    organizations::Organization,
};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Who {
    Person(Role),
    /// `None`: not attached. `Some(false)`: attached, but switched off.
    Agent(Option<bool>),
}

/// Permission, and for how many hours from now.
type Granted = Option<(&'static str, Option<i32>)>;

#[derive(Clone, Copy, Debug)]
struct Case {
    visibility: &'static str,
    status: &'static str,
    who: Who,
    owns: bool,
    granted: Granted,
    /// From outside.
    calls: bool,
    /// From the tool's own page, where a draft is tried.
    tries: bool,
}

const fn case(visibility: &'static str, status: &'static str, who: Who, granted: Granted, calls: bool) -> Case {
    Case { visibility, status, who, owns: false, granted, calls, tries: calls }
}

const MEMBER: Who = Who::Person(Role::Member);
const ADMIN: Who = Who::Person(Role::Admin);
const BUILDER: Who = Who::Person(Role::Builder);
const AGENT: Who = Who::Agent(Some(true));

const PEOPLE: [Case; 18] = [
    case("platform", "active", MEMBER, None, true),
    case("public", "active", MEMBER, None, true),
    case("public", "deprecated", MEMBER, None, true),
    case("public", "disabled", ADMIN, None, false),
    Case { tries: true, ..case("public", "draft", MEMBER, None, false) },
    case("private", "active", MEMBER, None, false),
    case("private", "active", BUILDER, None, false),
    case("private", "active", ADMIN, None, true),
    Case { owns: true, ..case("private", "active", BUILDER, None, true) },
    Case { owns: true, tries: true, ..case("private", "draft", BUILDER, None, false) },
    case("private", "active", MEMBER, Some(("read", None)), false),
    case("private", "active", MEMBER, Some(("execute", None)), true),
    case("private", "active", MEMBER, Some(("execute", Some(1))), true),
    case("private", "active", MEMBER, Some(("execute", Some(-1))), false),
    case("private", "active", MEMBER, Some(("admin", Some(-1))), false),
    case("private", "deprecated", MEMBER, Some(("admin", None)), true),
    case("private", "disabled", MEMBER, Some(("execute", None)), false),
    case("private", "draft", MEMBER, Some(("read", None)), false),
];

const AGENTS: [Case; 15] = [
    case("platform", "active", AGENT, None, true),
    case("public", "active", AGENT, None, true),
    case("public", "active", Who::Agent(Some(false)), None, false),
    case("public", "active", Who::Agent(None), None, false),
    case("public", "draft", AGENT, None, false),
    case("private", "active", AGENT, None, false),
    case("private", "active", AGENT, Some(("read", None)), false),
    case("private", "active", AGENT, Some(("execute", None)), true),
    case("private", "active", AGENT, Some(("execute", Some(1))), true),
    case("private", "active", AGENT, Some(("admin", Some(-1))), false),
    case("private", "active", Who::Agent(None), Some(("execute", None)), false),
    case("private", "active", Who::Agent(Some(false)), Some(("admin", None)), false),
    case("private", "deprecated", AGENT, Some(("execute", None)), true),
    case("private", "disabled", AGENT, Some(("execute", None)), false),
    Case { owns: true, ..case("private", "active", AGENT, None, true) },
];

struct Scene {
    test: TestSystem,
    organization: Organization,
    owner: Actor,
    server: TestServer,
    admin: Client,
}

/// What a case is played with: the tool, a workflow of that tool alone, and whoever calls.
struct Played {
    tool: String,
    name: String,
    workflow: String,
    /// Where a webhook of that workflow is sent to, and its secret. It acts as the person.
    hook: Option<(String, String)>,
    person: Actor,
    agent: Option<String>,
    token: String,
}

impl Scene {
    async fn new() -> Self {
        let test = TestSystem::new().await;
        let (organization, owner) = test.organization("acme").await;
        let server = test.server().await;
        let admin = test.program(&owner, &Scope::ALL).await;
        Self { test, organization, owner, server, admin }
    }

    async fn made(&self, path: &str, new: Value) -> String {
        let answer = self.admin.post(self.server.url(path)).json(&new).send().await.unwrap();
        let status = answer.status();
        let made: Value = answer.json().await.unwrap();
        assert_eq!(status, 201, "{path}: {made}");
        made["id"].as_str().unwrap().to_owned()
    }

    /// A tool that answers at once and calls nobody, in the state of the case.
    async fn arrange(&self, case: Case, number: usize) -> Played {
        let name = format!("tool_{number}");
        let tool = self
            .made(
                "/v1/tools",
                json!({"name": name, "kind": "transfer_call", "status": "active", "visibility": "public", "config_metadata": {
                    "destinations": [{"name": "desk", "type": "sip", "sip_uri": "sip:desk@example.com"}],
                    "destination": {"mode": "fixed", "value": "desk"}}}),
            )
            .await;
        let workflow =
            json!({"name": format!("flow_{number}"), "visibility": "public", "definition": {"nodes": [{"id": "only", "toolId": tool}]}});
        let workflow = self.made("/v1/workflows", workflow).await;
        let person = match case.who {
            Who::Person(role) => self.test.member(&self.organization, role).await,
            Who::Agent(_) => self.owner.clone(),
        };
        let hook = match case.who {
            Who::Person(_) => Some(self.webhook(&workflow, &person).await),
            Who::Agent(_) => None,
        };
        let (mut agent, mut subject) = (None, ("user", person.user_id.0));
        if let Who::Agent(attached) = case.who {
            let id = self.made("/v1/agents", json!({"name": format!("agent_{number}")})).await;
            subject = ("agent", id.parse().unwrap());
            if let Some(enabled) = attached {
                let at = format!("/v1/agents/{id}/tools");
                self.made(&at, json!({"tool_id": tool})).await;
                let switched = self.admin.patch(self.server.url(&format!("{at}/{tool}"))).json(&json!({"is_enabled": enabled}));
                assert_eq!(switched.send().await.unwrap().status(), 200);
            }
            agent = Some(id);
        }
        // What no interface brings about: a tool of the platform, an owner who is somebody else, an end that has passed.
        let organization = (case.visibility != "platform").then_some(self.organization.id.0);
        let (owner_type, owner) = if case.owns { subject } else { ("user", self.owner.user_id.0) };
        sqlx::query("update tools set visibility = $2, status = $3, organization_id = $4, owner_type = case when $4::uuid is null then 'platform' else $5 end, owner_id = $6 where id = $1::uuid")
            .bind(tool.parse::<uuid::Uuid>().unwrap())
            .bind(case.visibility)
            .bind(case.status)
            .bind(organization)
            .bind(owner_type)
            .bind(owner)
            .execute(self.test.owner())
            .await
            .unwrap();
        if let Some((permission, hours)) = case.granted {
            sqlx::query("insert into tool_grants (id, organization_id, tool_id, subject_id, subject_type, permission, expires_at) values ($1, $2, $3, $4, $5, $6, now() + make_interval(hours => $7))")
                .bind(uuid::Uuid::now_v7())
                .bind(self.organization.id)
                .bind(tool.parse::<uuid::Uuid>().unwrap())
                .bind(subject.1)
                .bind(subject.0)
                .bind(permission)
                .bind(hours)
                .execute(self.test.owner())
                .await
                .unwrap();
        }
        let scopes = [Scope::Read, Scope::Execute];
        let token = match &agent {
            Some(id) => self.test.agent_token(&self.owner, id.parse::<uuid::Uuid>().unwrap().into(), &scopes).await,
            None => self.test.token(&person, &scopes).await,
        };
        Played { tool, name, workflow, hook, person, agent, token }
    }

    /// Made by the admin, then as if the person had saved it, who may be nobody that may build.
    async fn webhook(&self, workflow: &str, person: &Actor) -> (String, String) {
        let publish = self.admin.post(self.server.url(&format!("/v1/workflows/{workflow}/publish"))).json(&json!({"revision": 1}));
        assert_eq!(publish.send().await.unwrap().status(), 201);
        let hook = json!({"name": "hook", "kind": "webhook", "webhook": {}});
        let answer = self.admin.post(self.server.url(&format!("/v1/workflows/{workflow}/triggers"))).json(&hook).send().await.unwrap();
        let made: Value = answer.json().await.unwrap();
        sqlx::query("update workflow_triggers set user_id = $2 where id = $1::uuid")
            .bind(made["id"].as_str().unwrap().parse::<uuid::Uuid>().unwrap())
            .bind(person.user_id)
            .execute(self.test.owner())
            .await
            .unwrap();
        (made["address"].as_str().unwrap().to_owned(), made["secret"].as_str().unwrap().to_owned())
    }

    async fn explained(&self, played: &Played) -> bool {
        let about = match &played.agent {
            Some(id) => format!("agent_id={id}"),
            None => format!("user_id={}", played.person.user_id),
        };
        let answer = self.admin.get(self.server.url(&format!("/v1/tools/{}/access?{about}", played.tool))).send().await.unwrap();
        answer.json::<Value>().await.unwrap()["may_call"].as_bool().unwrap()
    }

    async fn by_rest(&self, played: &Played) -> bool {
        let request = self.server.client.post(self.server.url(&format!("/v1/tools/{}/execute", played.tool))).bearer_auth(&played.token);
        let answer = request.json(&json!({})).send().await.unwrap();
        let (status, body) = (answer.status().as_u16(), answer.json::<Value>().await.unwrap());
        assert!(matches!(status, 200 | 403 | 404 | 409), "{status}: {body}");
        assert!(status != 200 || body["status"] == "success", "{body}");
        status == 200
    }

    async fn by_workflow(&self, played: &Played) -> bool {
        let request = self.server.client.post(self.server.url(&format!("/v1/workflows/{}/execute", played.workflow)));
        let answer = request.bearer_auth(&played.token).json(&json!({"wait": true})).send().await.unwrap();
        let (status, run) = (answer.status().as_u16(), answer.json::<Value>().await.unwrap());
        assert!(matches!(status, 200 | 422), "{status}: {run}");
        status == 200 && run["status"] == "completed"
    }

    async fn by_webhook(&self, played: &Played) -> bool {
        let (address, secret) = played.hook.as_ref().unwrap();
        let request = self.server.client.post(self.server.url(&format!("{address}?wait=30"))).header("x-toolcrib-secret", secret);
        let answer = request.json(&json!({})).send().await.unwrap();
        let (status, run) = (answer.status().as_u16(), answer.json::<Value>().await.unwrap());
        assert!(matches!(status, 200 | 422), "{status}: {run}");
        status == 200 && run["status"] == "completed"
    }

    /// Offered, and called.
    async fn by_mcp(&self, played: &Played) -> (bool, bool) {
        let ask = async |method: &str, mut params: Value| {
            params["_meta"] = json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientInfo": {"name": "c", "version": "1"}, "io.modelcontextprotocol/clientCapabilities": {}});
            let mut request = self.server.client.post(self.server.url("/mcp")).bearer_auth(&played.token);
            for (name, value) in
                [("accept", "application/json, text/event-stream"), ("mcp-protocol-version", "2026-07-28"), ("mcp-method", method)]
            {
                request = request.header(name, value);
            }
            if let Some(name) = params["name"].as_str() {
                request = request.header("mcp-name", name);
            }
            let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
            request.json(&body).send().await.unwrap().json::<Value>().await.unwrap()
        };
        let listed = ask("tools/list", json!({})).await;
        let listed = listed["result"]["tools"].as_array().unwrap_or_else(|| panic!("{listed}"));
        let listed = listed.iter().any(|tool| tool["name"] == played.name.as_str());
        let called = ask("tools/call", json!({"name": played.name, "arguments": {}})).await;
        (listed, called["result"]["isError"] == json!(false))
    }

    async fn by_page(&self, played: &Played) -> bool {
        let browser = self.test.browser(&self.server, &played.person).await;
        let page = self.server.url(&format!("/acme/tools/{}/try", played.tool));
        let fields = [("org", "acme"), ("id", played.tool.as_str())];
        let answer = browser.post(self.server.url("/api/fn/tools/try")).header("referer", page).form(&fields).send().await.unwrap();
        let target = answer.headers().get("location").map(|target| target.to_str().unwrap().to_owned()).unwrap_or_default();
        let Some((_, id)) = target.split_once("execution=") else { return false };
        let status: String = sqlx::query_scalar("select status from tool_executions where id = $1::uuid")
            .bind(id.parse::<uuid::Uuid>().unwrap())
            .fetch_one(self.test.owner())
            .await
            .unwrap();
        status == "success"
    }
}

#[tokio::test]
async fn a_person_is_answered_alike_by_rest_workflow_webhook_and_page() {
    let scene = Scene::new().await;
    for (number, case) in PEOPLE.into_iter().enumerate() {
        let played = scene.arrange(case, number).await;
        assert_eq!(scene.explained(&played).await, case.calls, "{case:?} is explained otherwise");
        assert_eq!(scene.by_rest(&played).await, case.calls, "{case:?} by REST");
        assert_eq!(scene.by_workflow(&played).await, case.calls, "{case:?} by a workflow");
        assert_eq!(scene.by_webhook(&played).await, case.calls, "{case:?} by a webhook");
        assert_eq!(scene.by_page(&played).await, case.tries, "{case:?} by the page");
    }
}

#[tokio::test]
async fn an_agent_is_answered_alike_by_rest_mcp_and_workflow() {
    let scene = Scene::new().await;
    for (number, case) in AGENTS.into_iter().enumerate() {
        let played = scene.arrange(case, number).await;
        assert_eq!(scene.explained(&played).await, case.calls, "{case:?} is explained otherwise");
        assert_eq!(scene.by_rest(&played).await, case.calls, "{case:?} by REST");
        // A deprecated tool runs for those who call it still, and is offered to nobody.
        let offered = case.calls && case.status == "active";
        assert_eq!(scene.by_mcp(&played).await, (offered, case.calls), "{case:?} by MCP");
        assert_eq!(scene.by_workflow(&played).await, case.calls, "{case:?} by a workflow");
    }
}
