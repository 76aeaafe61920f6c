//! What the canvas asks of runs: begin one of the draft, show one, look into a step, pin what it gave, answer what it asks.

use crate::error::AppError;
use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use toolcrib::{
    page::Page,
    workflows::{
        Approval, RunItem, RunSummary, StartRun,
        graph::Definition,
        inspect::Inspected,
        pins::{Pin, SetPin},
    },
};
#[cfg(feature = "ssr")]
use {
    super::{runs::run_id, workflow_id},
    crate::context,
    toolcrib::{
        Error,
        access::Permission,
        workflows::{
            self, Decide, Run,
            engine::NodeStatus,
            list_items::{ListItems, list_items},
            list_runs::{ListRuns, list_runs},
        },
    },
};

/// How many runs a page of the drawer has.
#[cfg(feature = "ssr")]
const PAGE: i64 = 30;

/// What the canvas knows of runs when it opens.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CanvasRuns {
    /// None for who may not build: they are data of runs.
    pub pins: Vec<Pin>,
    /// Of the newest run that has ended, and that run.
    pub last_input: Option<Map<String, Value>>,
    pub newest: Option<RunSummary>,
}

/// A run as it is shown over the draft.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CanvasRun {
    pub run: RunSummary,
    pub input: Map<String, Value>,
    pub definition: Definition,
    pub may_cancel: bool,
}

/// A step of a run, with what waits for an answer there and what became of the first of its items.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepOfRun {
    pub inspected: Inspected,
    /// The question, and whether who asks may answer it.
    pub approval: Option<(Approval, bool)>,
    pub items: Vec<RunItem>,
}

#[cfg(feature = "ssr")]
fn summary(run: &Run) -> RunSummary {
    RunSummary {
        id: run.id,
        workflow_id: run.workflow_id,
        workflow_name: run.workflow_name.clone(),
        workflow_revision: run.workflow_revision,
        workflow_version: run.workflow_version,
        status: run.status,
        error_message: run.error_message.clone(),
        source: run.source.clone(),
        trigger_name: run.trigger_name.clone(),
        resumed_from: run.resumed_from,
        created_at: run.created_at,
        started_at: run.started_at,
        completed_at: run.completed_at,
    }
}

#[server(prefix = "/api/fn", endpoint = "workflows/known_runs")]
pub async fn known_runs(org: String, id: String) -> Result<CanvasRuns, AppError> {
    let actor = context::actor(&org).await?;
    let (system, id) = (context::system()?, workflow_id(&id)?);
    let pins = if actor.may(Permission::Build) { workflows::pins::list::list(&system, &actor, id).await? } else { Vec::new() };
    let query = ListRuns { workflow_id: Some(id), limit: Some(10), ..ListRuns::default() };
    let newest = list_runs(&system, &actor, &query).await?.items.into_iter().find(|run| run.status.is_final());
    let last_input = match &newest {
        Some(run) => Some(workflows::get_run::get_run(&system, &actor, run.id).await?.input_data),
        None => None,
    };
    Ok(CanvasRuns { pins, last_input, newest })
}

/// Runs the draft, whatever is published, or a part of it.
#[server(prefix = "/api/fn", endpoint = "workflows/start_canvas_run", input = Json)]
pub async fn start_canvas_run(org: String, id: String, start: StartRun) -> Result<RunSummary, AppError> {
    let actor = context::actor(&org).await?;
    let start = StartRun { wait: false, draft: true, version: None, session_id: None, trace_id: None, ..start };
    let run = workflows::execute::execute(&context::system()?, &actor, workflow_id(&id)?, start).await?;
    Ok(summary(&run))
}

#[server(prefix = "/api/fn", endpoint = "workflows/canvas_run")]
pub async fn get_canvas_run(org: String, id: String, run: String) -> Result<CanvasRun, AppError> {
    let actor = context::actor(&org).await?;
    let found = workflows::get_run::get_run(&context::system()?, &actor, run_id(&run)?).await?;
    if found.workflow_id != workflow_id(&id)? {
        return Err(Error::NotFound("run").into());
    }
    let may_cancel = found.user_id == Some(actor.user_id) || actor.may(Permission::Build);
    Ok(CanvasRun { run: summary(&found), input: found.input_data, definition: found.definition, may_cancel })
}

/// The runs of a workflow, newest first.
#[server(prefix = "/api/fn", endpoint = "workflows/list_canvas_runs")]
pub async fn list_canvas_runs(org: String, id: String, #[server(default)] cursor: String) -> Result<Page<RunSummary>, AppError> {
    let actor = context::actor(&org).await?;
    let query = ListRuns { workflow_id: Some(workflow_id(&id)?), cursor: Some(cursor), limit: Some(PAGE), ..ListRuns::default() };
    Ok(list_runs(&context::system()?, &actor, &query).await?)
}

#[server(prefix = "/api/fn", endpoint = "runs/inspect_step")]
pub async fn inspect_step(org: String, run: String, node: String) -> Result<StepOfRun, AppError> {
    let actor = context::actor(&org).await?;
    let (system, run) = (context::system()?, run_id(&run)?);
    let inspected = workflows::inspect::inspect(&system, &actor, run, &node).await?;
    let asked = if inspected.result.status == NodeStatus::Waiting {
        workflows::decide::approvals(&system, &actor, run)
            .await?
            .into_iter()
            .find(|asked| asked.node_id == node && asked.decision.is_none())
    } else {
        None
    };
    let approval = asked.map(|asked| {
        let may = workflows::decide::may_answer(&actor, &asked);
        (asked, may)
    });
    let items =
        if inspected.result.items.is_some() { list_items(&system, &actor, run, &node, &ListItems::default()).await? } else { Vec::new() };
    Ok(StepOfRun { inspected, approval, items })
}

#[server(prefix = "/api/fn", endpoint = "runs/answer_on_canvas", input = Json)]
pub async fn answer_on_canvas(org: String, run: String, node: String, approve: bool, note: String) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    workflows::decide::decide(&context::system()?, &actor, run_id(&run)?, &node, Decide { approve, note }).await?;
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "runs/cancel_on_canvas")]
pub async fn cancel_on_canvas(org: String, run: String) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    workflows::cancel::cancel(&context::system()?, &actor, run_id(&run)?).await?;
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "workflows/set_pin", input = Json)]
pub async fn set_canvas_pin(org: String, id: String, node: String, pin: SetPin) -> Result<Pin, AppError> {
    let actor = context::actor(&org).await?;
    Ok(workflows::pins::set::set(&context::system()?, &actor, workflow_id(&id)?, &node, pin).await?)
}

#[server(prefix = "/api/fn", endpoint = "workflows/remove_pin", input = Json)]
pub async fn remove_canvas_pin(org: String, id: String, node: String) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    Ok(workflows::pins::remove::remove(&context::system()?, &actor, workflow_id(&id)?, &node).await?)
}
