//! Runs inside runs: the call of a workflow by a node. The run that answers a call is found again after a crash, not begun twice.

use crate::{
    actor::Actor,
    error::{Error, Result},
    executions::Cancel,
    executors,
    ids::{RunId, SessionId, WorkflowId},
    system::System,
    workflows::{
        begin,
        cancel::cancel_tree,
        engine::{CallId, Outcome, Plan, RunStatus},
        execute::{fresh, ready, there_already},
        graph::validate::MOST_DEPTH,
        runnable::{pinned, runnable},
        store::{self, NewRun, Parent},
    },
};
use serde_json::{Map, Value};
use std::time::Duration;

/// Everything the call of a workflow needs to know.
pub(crate) struct ChildCall {
    pub system: System,
    pub actor: Actor,
    /// The call of a run that it answers; `None`: a tool that is a workflow was called by nobody's step.
    pub(in crate::workflows) parent: Option<Parent>,
    pub workflow_id: WorkflowId,
    /// The version that a tool is pinned to. Who may call the tool may run it, whoever sees the workflow. `None`: what runs take now.
    pub version: Option<i32>,
    pub inputs: Map<String, Value>,
    pub session_id: Option<SessionId>,
    pub trace_id: Option<String>,
    pub cancel: Cancel,
}

impl ChildCall {
    /// What the call of a composite tool runs. Called by a step of a run, its run belongs to that step.
    pub(crate) async fn of_tool(call: &executors::Call<'_>, workflow_id: WorkflowId, version: i32) -> Result<Self> {
        let parent = match &call.run {
            None => None,
            Some(step) => {
                let mut tx = call.system.tenant(call.actor).await?;
                let depth = store::depth(&mut tx, step.run_id).await?;
                let id = CallId { node: step.node_id.clone(), item: step.item.and_then(|item| u32::try_from(item).ok()) };
                Some(Parent { run_id: step.run_id, call: id, attempt: step.attempt, depth })
            }
        };
        Ok(Self {
            system: call.system.clone(),
            actor: call.actor.clone(),
            parent,
            workflow_id,
            version: Some(version),
            inputs: call.inputs.clone(),
            session_id: call.session_id,
            trace_id: call.trace_id.map(str::to_owned),
            cancel: Cancel::new(),
        })
    }
}

/// Begins the run, or finds it, and comes back with its end.
pub(super) async fn call(child: ChildCall) -> Outcome {
    let run = match begin(&child).await {
        Ok(run) => run,
        Err(error) => return refused(&error),
    };
    let ended = tokio::select! {
        ended = end(&child, run) => ended,
        () = child.cancel.cancelled() => {
            if let Err(error) = stop(&child, run).await {
                tracing::warn!(%error, %run, "could not cancel a run inside a run");
            }
            return Outcome::Failure { class: "cancelled".to_owned(), message: "It was stopped.".to_owned(), retryable: false };
        }
    };
    match ended {
        Ok((RunStatus::Completed, output, _)) => Outcome::Success(output.unwrap_or(Value::Null)),
        Ok((status, _, error)) => {
            let why = error.unwrap_or_else(|| format!("It is {}.", status.as_str()));
            Outcome::Failure { class: "workflow".to_owned(), message: why, retryable: status == RunStatus::Failed }
        }
        Err(error) => refused(&error),
    }
}

/// Begins the run, or finds the one that answers this call already.
pub(crate) async fn begin(child: &ChildCall) -> Result<RunId> {
    let (system, actor) = (&child.system, &child.actor);
    let mut tx = system.tenant(actor).await?;
    if let Some(parent) = &child.parent {
        if let Some(run) = store::child_run(&mut tx, parent).await? {
            return Ok(run);
        }
        if parent.depth + 2 > i32::try_from(MOST_DEPTH).unwrap_or(i32::MAX) {
            return Err(Error::invalid("workflowId", format!("Workflows run inside each other {MOST_DEPTH} deep at most.")));
        }
    }
    let taken = match child.version {
        Some(version) => pinned(&mut tx, child.workflow_id, version).await?.ok_or(Error::NotFound("version of the workflow"))?,
        None => {
            let workflow = store::find(&mut tx, actor, child.workflow_id).await?.ok_or(Error::NotFound("workflow"))?;
            runnable(&mut tx, workflow, None, false).await?
        }
    };
    let input = ready(&mut tx, system, actor, child.workflow_id, &taken.definition, &child.inputs).await?;
    let run = RunId::new();
    let state = fresh(&taken.definition, input, run);
    let new = NewRun {
        id: run,
        workflow_id: child.workflow_id,
        revision: taken.revision,
        version: taken.version,
        session_id: child.session_id,
        trace_id: child.trace_id.clone(),
        parent: child.parent.as_ref(),
        resumed_from: None,
        trigger: None,
    };
    // Driven where it is waited for.
    let holder = Some(system.runner.id());
    let Some(stored) = begin::begin(&mut tx, system, actor, new, (Plan::new(taken.definition), state), holder).await? else {
        // Another server began it at this moment.
        return match &child.parent {
            Some(parent) => store::child_run(&mut tx, parent).await?.ok_or(Error::NotFound("run")),
            None => Err(there_already()),
        };
    };
    tx.commit().await?;
    system.runner.stored(system, stored);
    Ok(run)
}

/// Waits for the end: status, output and what went wrong.
pub(crate) async fn end(child: &ChildCall, run: RunId) -> Result<(RunStatus, Option<Value>, Option<String>)> {
    loop {
        child.system.runner.wait(&child.system, child.actor.organization_id, run, Duration::from_secs(3600)).await?;
        let mut tx = child.system.tenant(&child.actor).await?;
        if let Some(end) = store::run_end(&mut tx, run).await? {
            return Ok(end);
        }
    }
}

/// Cancels the run and all inside it.
pub(crate) async fn stop(child: &ChildCall, run: RunId) -> Result<()> {
    let mut tx = child.system.tenant(&child.actor).await?;
    let stopped = cancel_tree(&mut tx, &child.system, child.actor.organization_id, run).await?;
    tx.commit().await?;
    for run in stopped {
        child.system.runner.wake(run);
    }
    Ok(())
}

fn refused(error: &Error) -> Outcome {
    let mut outcome = super::call::refused(error);
    if let (Error::Invalid(errors), Outcome::Failure { message, .. }) = (error, &mut outcome) {
        for error in errors.iter().take(5) {
            message.push_str(&format!(" {}: {}", error.pointer.trim_start_matches('/'), error.message));
        }
    }
    outcome
}
