//! Running workflows.

use crate::error::AppError;
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use toolcrib::workflows::{Approval, Run};
#[cfg(feature = "ssr")]
use {
    super::workflow_id,
    crate::context,
    serde_json::{Map, json},
    toolcrib::{
        Error,
        access::Permission,
        ids::RunId,
        problem::FieldError,
        workflows::{
            self, Decide, Rerun, StartRun,
            engine::{NodeStatus, again::From},
            graph::resolve::typed,
        },
    },
};

/// One run with what its page needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunPage {
    pub run: Run,
    /// The server's time: how far running bars reach.
    pub now: DateTime<Utc>,
    pub may_cancel: bool,
    /// The questions that wait for an answer, and whether who asks may give it.
    pub open_approvals: Vec<(Approval, bool)>,
}

/// A row of the form that starts a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ValueRow {
    pub name: String,
    pub value: String,
}

#[cfg(feature = "ssr")]
pub(super) fn run_id(text: &str) -> Result<RunId, AppError> {
    Ok(text.parse().map_err(|_| Error::NotFound("run"))?)
}

#[server(prefix = "/api/fn", endpoint = "workflows/run")]
pub async fn run_workflow(org: String, id: String, #[server(default)] fields: Vec<ValueRow>) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    let system = context::system()?;
    let id = workflow_id(&id)?;
    let workflow = workflows::get::get(&system, &actor, id).await?;
    let mut input = Map::new();
    let mut errors = Vec::new();
    for (index, row) in fields.iter().enumerate() {
        let Some(field) = workflow.definition.inputs().iter().find(|field| field.name == row.name) else { continue };
        if row.value.is_empty() {
            if field.required && field.default.is_none() {
                errors.push(FieldError::new(format!("fields[{index}][value]"), "This is needed."));
            }
            continue;
        }
        match typed(&row.value, &json!({ "type": field.kind.as_str() })) {
            Ok(value) => {
                input.insert(field.name.clone(), value);
            }
            Err(message) => errors.push(FieldError::new(format!("fields[{index}][value]"), message)),
        }
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors).into());
    }
    let run = workflows::execute::execute(&system, &actor, id, StartRun { input, draft: true, ..StartRun::default() }).await?;
    leptos_axum::redirect(&format!("/{org}/runs/{}", run.id));
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "runs/get")]
pub async fn get_run(org: String, id: String) -> Result<RunPage, AppError> {
    let actor = context::actor(&org).await?;
    let system = context::system()?;
    let run = workflows::get_run::get_run(&system, &actor, run_id(&id)?).await?;
    let may_cancel = run.user_id == Some(actor.user_id) || actor.may(Permission::Build);
    let waits = |approval: &Approval| {
        approval.decision.is_none() && run.node_results.get(&approval.node_id).is_some_and(|result| result.status == NodeStatus::Waiting)
    };
    let asked = workflows::decide::approvals(&system, &actor, run.id).await?;
    let open_approvals = asked.into_iter().filter(waits).map(|approval| {
        let may = workflows::decide::may_answer(&actor, &approval);
        (approval, may)
    });
    let open_approvals = open_approvals.collect();
    Ok(RunPage { run, now: system.clock.now(), may_cancel, open_approvals })
}

#[server(prefix = "/api/fn", endpoint = "runs/cancel")]
pub async fn cancel_run(org: String, id: String) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    workflows::cancel::cancel(&context::system()?, &actor, run_id(&id)?).await?;
    leptos_axum::redirect(&format!("/{org}/runs/{id}"));
    Ok(())
}

/// The workflow as it is now, with the inputs of that run: the draft, if that is what ran.
#[server(prefix = "/api/fn", endpoint = "runs/again")]
pub async fn run_again(org: String, id: String) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    let system = context::system()?;
    let run = workflows::get_run::get_run(&system, &actor, run_id(&id)?).await?;
    let start = StartRun { input: run.input_data, draft: run.workflow_version.is_none(), ..StartRun::default() };
    let again = workflows::execute::execute(&system, &actor, run.workflow_id, start).await?;
    leptos_axum::redirect(&format!("/{org}/runs/{}", again.id));
    Ok(())
}

/// Goes on from what failed, with everything else kept.
#[server(prefix = "/api/fn", endpoint = "runs/resume")]
pub async fn resume_run(org: String, id: String) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    let how = Rerun { from: From::Failure, ..Rerun::default() };
    let run = workflows::rerun::rerun(&context::system()?, &actor, run_id(&id)?, how).await?;
    leptos_axum::redirect(&format!("/{org}/runs/{}", run.id));
    Ok(())
}

/// Runs a step and what depends on it again, with what lies before it kept.
#[server(prefix = "/api/fn", endpoint = "runs/from_step")]
pub async fn run_from_step(org: String, id: String, node: String) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    let how = Rerun { from: From::Node(node), ..Rerun::default() };
    let run = workflows::rerun::rerun(&context::system()?, &actor, run_id(&id)?, how).await?;
    leptos_axum::redirect(&format!("/{org}/runs/{}", run.id));
    Ok(())
}

/// Answers a question that the run waits on.
#[server(prefix = "/api/fn", endpoint = "runs/decide")]
pub async fn decide_approval(
    org: String,
    id: String,
    node: String,
    #[server(default)] note: String,
    answer: String,
) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    let approve = match answer.as_str() {
        "approve" => true,
        "reject" => false,
        _ => return Err(Error::invalid("answer", "Approve or reject.").into()),
    };
    workflows::decide::decide(&context::system()?, &actor, run_id(&id)?, &node, Decide { approve, note }).await?;
    leptos_axum::redirect(&format!("/{org}/runs/{id}"));
    Ok(())
}
