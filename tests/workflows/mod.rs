//! Workflows and their runs. The calls of tools are held by the test, so that it decides what is in flight when something happens.

mod composite;
mod definitions;
mod kinds;
mod pins;
mod runs;
mod samples;
mod templates;
mod together;
mod triggers;

use serde_json::{Value, json};
use sqlx::PgPool;
use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};
use support::TestSystem;
use tokio::sync::watch;
use toolcrib::{
    actor::Actor,
    ids::{ExecutionId, RunId, ToolId},
    system::System,
    workflows::{
        NewWorkflow, Run, StartRun, Workflow, create,
        engine::{Outcome, RunStatus},
        execute, get_run,
        runner::{CallTool, Runner, ToolCall, ToolResult},
    },
};

/// Tools that end when the test says so.
#[derive(Clone, Default)]
pub struct Held(Arc<Inner>);

struct Inner {
    calls: Mutex<Vec<(String, u32)>>,
    stopped: Mutex<BTreeSet<String>>,
    failing: Mutex<BTreeMap<String, u32>>,
    released: watch::Sender<BTreeSet<String>>,
    all: watch::Sender<bool>,
}

impl Default for Inner {
    fn default() -> Self {
        Self {
            calls: Mutex::default(),
            stopped: Mutex::default(),
            failing: Mutex::default(),
            released: watch::channel(BTreeSet::new()).0,
            all: watch::channel(false).0,
        }
    }
}

impl Held {
    /// Nothing is held: every call ends at once.
    pub fn open() -> Self {
        let held = Self::default();
        held.0.all.send_replace(true);
        held
    }

    pub fn release(&self, node: &str) {
        self.0.released.send_modify(|released| {
            released.insert(node.to_owned());
        });
    }

    /// The node fails its first `times` calls.
    pub fn fail(&self, node: &str, times: u32) {
        self.0.failing.lock().unwrap().insert(node.to_owned(), times);
    }

    pub fn calls(&self, node: &str) -> usize {
        self.0.calls.lock().unwrap().iter().filter(|(called, _)| called == node).count()
    }

    pub fn was_stopped(&self, node: &str) -> bool {
        self.0.stopped.lock().unwrap().contains(node)
    }

    /// Waits until the node's call has begun.
    pub async fn called(&self, node: &str, times: usize) {
        eventually(&format!("{node} is called {times} times"), || async { self.calls(node) >= times }).await;
    }
}

impl CallTool for Held {
    fn call(&self, call: ToolCall) -> Pin<Box<dyn Future<Output = ToolResult> + Send>> {
        let inner = self.0.clone();
        Box::pin(async move {
            let name = call.call.item.map_or(call.call.node.clone(), |item| format!("{}/{item}", call.call.node));
            inner.calls.lock().unwrap().push((name.clone(), call.attempt));
            let (mut released, mut all) = (inner.released.subscribe(), inner.all.subscribe());
            let execution_id = Some(ExecutionId::new());
            tokio::select! {
                _ = released.wait_for(|released| released.contains(&name)) => {}
                _ = all.wait_for(|all| *all) => {}
                () = call.cancel.cancelled() => {
                    inner.stopped.lock().unwrap().insert(name);
                    let outcome = Outcome::Failure { class: "cancelled".into(), message: "Stopped.".into(), retryable: false };
                    return ToolResult { outcome, execution_id };
                }
            }
            let fails = inner.failing.lock().unwrap().get(&name).is_some_and(|times| call.attempt <= *times);
            let outcome = if fails {
                Outcome::Failure { class: "upstream".into(), message: "The service did not answer.".into(), retryable: true }
            } else {
                Outcome::Success(json!({ "value": { "node": name, "inputs": call.inputs } }))
            };
            ToolResult { outcome, execution_id }
        })
    }
}

/// A system whose runs call `tools`: one server process.
pub fn server(test: &TestSystem, tools: &Held) -> System {
    let mut system = test.system().clone();
    system.runner = Runner::new(Arc::new(tools.clone()));
    system
}

/// An active tool that everybody of the organization may call, taking anything.
pub async fn tool(test: &TestSystem, actor: &Actor, name: &str, input_schema: Value, visibility: &str) -> ToolId {
    let id = ToolId::new();
    sqlx::query(
        "insert into tools (id, organization_id, name, display_name, kind, input_schema, function_schema, status, visibility, owner_id, owner_type)
         values ($1, $2, $3, $3, 'python', $4, '{}', 'active', $5, $6, 'user')",
    )
    .bind(id)
    .bind(actor.organization_id)
    .bind(name)
    .bind(input_schema)
    .bind(visibility)
    .bind(actor.user_id)
    .execute(test.owner())
    .await
    .unwrap();
    id
}

pub fn node(id: &str, tool: ToolId) -> Value {
    json!({ "id": id, "toolId": tool })
}

pub fn edge(source: &str, target: &str) -> Value {
    json!({ "id": format!("{source}-{target}"), "source": source, "target": target, "mapping": { "value": format!("from_{source}") } })
}

pub fn new_workflow(name: &str, nodes: Vec<Value>, edges: Vec<Value>) -> NewWorkflow {
    serde_json::from_value(json!({ "name": name, "definition": { "nodes": nodes, "edges": edges } })).unwrap()
}

/// A workflow of steps that all call one tool.
pub async fn workflow(test: &TestSystem, system: &System, actor: &Actor, steps: &[&str], edges: &[(&str, &str)]) -> Workflow {
    let tool = tool(test, actor, &format!("t{}", &ToolId::new().0.simple().to_string()[16..]), json!({ "type": "object" }), "public").await;
    let nodes = steps.iter().map(|id| node(id, tool)).collect();
    let edges = edges.iter().map(|(source, target)| edge(source, target)).collect();
    create::create(system, actor, new_workflow(&format!("w{}", &ToolId::new().0.simple().to_string()[16..]), nodes, edges)).await.unwrap()
}

pub async fn start(system: &System, actor: &Actor, workflow: &Workflow) -> Run {
    execute::execute(system, actor, workflow.id, StartRun::default()).await.unwrap()
}

pub async fn ended(system: &System, actor: &Actor, run: RunId) -> Run {
    eventually("the run ends", || async { get_run::get_run(system, actor, run).await.unwrap().status.is_final() }).await;
    get_run::get_run(system, actor, run).await.unwrap()
}

pub async fn status(system: &System, actor: &Actor, run: RunId) -> RunStatus {
    get_run::get_run(system, actor, run).await.unwrap().status
}

/// Pretends that nobody has given a sign of life for this run for a while.
pub async fn lease_ends(owner: &PgPool, run: RunId) {
    sqlx::query("update workflow_runs set lease_until = now() - interval '1 second' where id = $1").bind(run).execute(owner).await.unwrap();
}

pub async fn eventually<F: Future<Output = bool>>(what: &str, check: impl Fn() -> F) {
    for _ in 0..500 {
        if check().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("in ten seconds it did not come true that {what}");
}
