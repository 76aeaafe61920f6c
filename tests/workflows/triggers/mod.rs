//! Triggers on a real database. Time is the test's: it passes when the test says so.

mod calls;
mod hooks;
mod rules;
mod schedules;

use super::{Held, new_workflow, tool};
use chrono::{TimeDelta, Timelike};
use serde_json::{Value, json};
use support::TestSystem;
use toolcrib::{
    Error, Result,
    actor::Actor,
    ids::{RunId, WorkflowId},
    keys::Secret,
    system::System,
    workflows::{
        Publish, Run, RunSummary, Workflow, create as workflows,
        list_runs::{self, ListRuns},
        publish,
        triggers::{
            self, Firing, NewTrigger, Outcome, SECRET_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, Trigger,
            receive::{Delivery, Received, receive},
            signature,
        },
    },
};

/// A published workflow with an input `order` (needed), `count` and `caller_phone_number`, and one step `a`.
pub async fn published(test: &TestSystem, system: &System, actor: &Actor, name: &str) -> Workflow {
    let workflow = draft(test, system, actor, name).await;
    publish::publish(system, actor, workflow.id, Publish { revision: workflow.revision, note: String::new() }).await.unwrap();
    workflow
}

pub async fn draft(test: &TestSystem, system: &System, actor: &Actor, name: &str) -> Workflow {
    let tool = tool(test, actor, &format!("tool_of_{name}"), json!({ "type": "object" }), "public").await;
    let input = json!({ "id": "in", "type": "input", "config": { "fields": [
        { "name": "order", "type": "string", "required": true }, { "name": "count", "type": "integer" }, { "name": "caller_phone_number", "type": "string" }
    ] } });
    let edge = json!({ "id": "e", "source": "in", "target": "a", "mapping": { "order": "order" } });
    workflows::create(system, actor, new_workflow(name, vec![input, json!({ "id": "a", "toolId": tool })], vec![edge])).await.unwrap()
}

/// A trigger and its secret.
pub async fn trigger(system: &System, actor: &Actor, workflow: WorkflowId, new: Value) -> (Trigger, Option<Secret>) {
    triggers::create::create(system, actor, workflow, new_trigger(new)).await.unwrap()
}

pub fn new_trigger(new: Value) -> NewTrigger {
    serde_json::from_value(new).unwrap()
}

/// Every hour, with these settings besides.
pub fn hourly(more: Value) -> Value {
    let mut schedule = json!({ "cron": "0 * * * *" });
    schedule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "name": "Every hour", "kind": "schedule", "input": { "order": "A7" }, "schedule": schedule })
}

/// Moves the clock to a second after the next full hour.
pub fn next_hour(test: &TestSystem) {
    let now = test.now();
    let into = TimeDelta::seconds(i64::from(now.minute() * 60 + now.second()));
    test.pass(TimeDelta::hours(1) - into + TimeDelta::seconds(1));
}

pub async fn runs(system: &System, actor: &Actor, workflow: WorkflowId) -> Vec<RunSummary> {
    let query = ListRuns { workflow_id: Some(workflow), ..ListRuns::default() };
    list_runs::list_runs(system, actor, &query).await.unwrap().items
}

pub async fn firings(system: &System, actor: &Actor, trigger: &Trigger) -> Vec<Firing> {
    triggers::firings::firings(system, actor, trigger.workflow_id, trigger.id, None, None).await.unwrap().items
}

/// What came of the firings, the oldest first.
pub async fn outcomes(system: &System, actor: &Actor, trigger: &Trigger) -> Vec<Outcome> {
    let mut firings = firings(system, actor, trigger).await;
    firings.sort_by_key(|firing| (firing.due_at, firing.id));
    firings.into_iter().map(|firing| firing.outcome).collect()
}

/// Sends to the trigger.
pub async fn send(system: &System, trigger: &Trigger, headers: &[(&str, &str)], body: &str) -> Result<Received> {
    let address = trigger.address.as_deref().unwrap().rsplit('/').next().unwrap();
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    receive(system, address, Delivery { headers, query: Vec::new(), body: body.as_bytes(), wait: None }).await
}

pub async fn send_with(system: &System, trigger: &Trigger, secret: &Secret, body: &str) -> Result<Received> {
    send(system, trigger, &[(SECRET_HEADER, secret.expose())], body).await
}

/// Signed as of `at`.
pub async fn send_signed(system: &System, trigger: &Trigger, secret: &Secret, at: i64, body: &str) -> Result<Received> {
    let signature = signature::sign(secret, at, body.as_bytes());
    send(system, trigger, &[(TIMESTAMP_HEADER, &at.to_string()), (SIGNATURE_HEADER, &signature)], body).await
}

pub fn started(received: Result<Received>) -> Run {
    match received.map_err(|error| error.told()).unwrap() {
        Received::Started(run) => *run,
        other => panic!("no run was started: {other:?}"),
    }
}

pub fn again(received: Result<Received>) -> RunId {
    match received.map_err(|error| error.told()).unwrap() {
        Received::Again(run) => run,
        other => panic!("it was not taken before: {other:?}"),
    }
}

pub fn refused(received: Result<Received>) -> Error {
    received.map(|received| format!("{received:?}")).unwrap_err()
}

/// The server process of a test: nothing its tools do is held.
pub async fn scene(slug: &str) -> (TestSystem, System, Actor, Workflow) {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization(slug).await;
    let system = super::server(&test, &Held::open());
    let workflow = published(&test, &system, &owner, "orders").await;
    (test, system, owner, workflow)
}
