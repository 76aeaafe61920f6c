//! Runs inside runs: the call of a workflow by a node. The run that answers a call is found again after a crash, not begun twice.

use super::Claim;
use crate::{
    actor::Actor,
    error::{Error, Result},
    executions::Cancel,
    ids::{RunId, SessionId, WorkflowId},
    system::System,
    workflows::{
        cancel::cancel_tree,
        engine::{Outcome, RunStatus},
        execute::{fresh, ready},
        graph::validate::MOST_DEPTH,
        runnable::runnable,
        store::{self, NewRun, Parent},
    },
};
use serde_json::{Map, Value};
use std::time::Duration;

/// Everything the call of a workflow needs to know.
pub(super) struct ChildCall {
    pub system: System,
    pub actor: Actor,
    pub parent: Parent,
    pub workflow_id: WorkflowId,
    pub inputs: Map<String, Value>,
    pub session_id: Option<SessionId>,
    pub trace_id: Option<String>,
    pub cancel: Cancel,
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

async fn begin(child: &ChildCall) -> Result<RunId> {
    let (system, actor) = (&child.system, &child.actor);
    let mut tx = system.tenant(actor).await?;
    if let Some(run) = store::child_run(&mut tx, &child.parent).await? {
        return Ok(run);
    }
    if child.parent.depth + 2 > i32::try_from(MOST_DEPTH).unwrap_or(i32::MAX) {
        return Err(Error::invalid("workflowId", format!("Workflows run inside each other {MOST_DEPTH} deep at most.")));
    }
    let workflow = store::find(&mut tx, actor, child.workflow_id).await?.ok_or(Error::NotFound("workflow"))?;
    let taken = runnable(&mut tx, workflow, None, false).await?;
    let input = ready(&mut tx, system, actor, child.workflow_id, &taken.definition, &child.inputs).await?;
    let run = RunId::new();
    let state = fresh(&taken.definition, input, run);
    let new = NewRun {
        id: run,
        workflow_id: child.workflow_id,
        revision: taken.revision,
        version: taken.version,
        definition: &taken.definition,
        state: &state,
        session_id: child.session_id,
        trace_id: child.trace_id.as_deref(),
        parent: Some(&child.parent),
        resumed_from: None,
    };
    if !store::insert_run(&mut tx, actor, &new, system.runner.id(), system.clock.now()).await? {
        // Another server began it at this moment.
        return store::child_run(&mut tx, &child.parent).await?.ok_or(Error::NotFound("run"));
    }
    tx.commit().await?;
    system.runner.begin(system, Claim { run_id: run, organization_id: actor.organization_id, fence: 1 });
    Ok(run)
}

async fn end(child: &ChildCall, run: RunId) -> Result<(RunStatus, Option<Value>, Option<String>)> {
    loop {
        child.system.runner.wait(&child.system, child.actor.organization_id, run, Duration::from_secs(3600)).await?;
        let mut tx = child.system.tenant(&child.actor).await?;
        if let Some(end) = store::run_end(&mut tx, run).await? {
            return Ok(end);
        }
    }
}

async fn stop(child: &ChildCall, run: RunId) -> Result<()> {
    let mut tx = child.system.tenant(&child.actor).await?;
    let stopped = cancel_tree(&mut tx, &child.system, run).await?;
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
