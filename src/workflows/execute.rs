//! Starts a run of a workflow, and waits for its end where that is asked for.

use super::{
    Run, StartRun, as_errors,
    begin::{Begun, begin},
    catalog::catalog_of,
    engine::RunState,
    get_run::get_run,
    graph::{Definition, resolve::run_input, validate::validate},
    prepare::prepare,
    runnable::{Runnable, runnable},
    store,
};
use crate::{
    access::Permission,
    actor::Actor,
    db::TenantTx,
    error::{Error, Result},
    ids::{RunId, TriggerId, WorkflowId},
    problem::FieldError,
    system::System,
};
use serde_json::{Map, Value};
use std::time::Duration;

/// The run: ended if `start.wait` and it ended in time, else as it stands.
pub async fn execute(system: &System, actor: &Actor, id: WorkflowId, start: StartRun) -> Result<Run> {
    actor.require(Permission::UseTools)?;
    let (wait, timeout_ms) = (start.wait, start.timeout_ms);
    let mut tx = system.tenant(actor).await?;
    let workflow = store::find(&mut tx, actor, id).await?.ok_or(Error::NotFound("workflow"))?;
    let taken = runnable(&mut tx, workflow, start.version, start.draft).await?;
    let stored = record(&mut tx, system, actor, (RunId::new(), id), taken, start, None).await?;
    tx.commit().await?;
    begun(system, actor, stored, wait, timeout_ms).await
}

/// Checks and stores a run; once that is committed the runner may begin it. `trigger`: what starts it, if it is no person or program.
pub(super) async fn record(
    tx: &mut TenantTx,
    system: &System,
    actor: &Actor,
    (run_id, id): (RunId, WorkflowId),
    taken: Runnable,
    start: StartRun,
    trigger: Option<(TriggerId, &str)>,
) -> Result<Begun> {
    let prepared = prepare(tx, system, actor, (run_id, id), &taken, &start).await?;
    let new = store::NewRun {
        id: run_id,
        workflow_id: id,
        revision: taken.revision,
        version: taken.version,
        session_id: start.session_id,
        trace_id: start.trace_id,
        parent: None,
        resumed_from: start.earlier,
        trigger,
    };
    begin(tx, system, actor, new, prepared, system.runner.holder()).await?.ok_or_else(there_already)
}

/// A run that answers no call cannot be there before it is stored.
pub(super) fn there_already() -> Error {
    Error::internal("a run that answers no call was there already")
}

/// Drives a run that was just stored, and waits where that is asked for.
pub(super) async fn begun(system: &System, actor: &Actor, stored: Begun, wait: bool, timeout_ms: Option<u64>) -> Result<Run> {
    let (run_id, has_ended) = (stored.run, stored.has_ended());
    system.runner.stored(system, stored);
    if wait && !has_ended {
        let longest = Duration::from_millis(timeout_ms.unwrap_or(60_000).min(300_000));
        tokio::select! {
            ended = system.runner.wait(system, actor.organization_id, run_id, longest) => ended?,
            () = system.runner.closed() => {}
        }
    }
    get_run(system, actor, run_id).await
}

/// Checks that the definition can run for this actor, and what it is given. The input with its defaults.
pub(super) async fn ready(
    tx: &mut TenantTx,
    system: &System,
    actor: &Actor,
    id: WorkflowId,
    definition: &Definition,
    given: &Map<String, Value>,
) -> Result<Map<String, Value>> {
    check(tx, system, actor, (id, definition), None).await?;
    input_of(definition, given)
}

/// Refuses a definition with errors. `only`: those of what is to run.
pub(super) async fn check(
    tx: &mut TenantTx,
    system: &System,
    actor: &Actor,
    (id, definition): (WorkflowId, &Definition),
    only: Option<&RunState>,
) -> Result<()> {
    let tools = catalog_of(tx, system, actor, definition, Some(id)).await?;
    let mut findings = validate(definition, &tools);
    findings.retain(super::graph::Finding::is_error);
    if let Some(state) = only {
        let runs = |id: &str| state.nodes.get(id).is_none_or(|result| !result.status.is_final());
        findings.retain(|finding| finding.node.as_deref().is_none_or(runs));
    }
    if findings.is_empty() { Ok(()) } else { Err(Error::Invalid(as_errors(definition, &findings))) }
}

/// What the run is given, with the defaults.
pub(super) fn input_of(definition: &Definition, given: &Map<String, Value>) -> Result<Map<String, Value>> {
    run_input(definition.inputs(), given).map_err(|errors| {
        Error::Invalid(errors.into_iter().map(|(field, message)| FieldError::new(format!("/input/{field}"), message)).collect())
    })
}

pub(super) fn wrong_part((field, message): (String, String)) -> Error {
    Error::invalid(field, message)
}

/// What the waits of a run are drawn from.
pub(super) fn seed(run: RunId) -> u64 {
    let (_, low) = run.0.as_u64_pair();
    low
}

/// A run that has not begun, of a whole workflow.
pub(super) fn fresh(definition: &Definition, input: Map<String, Value>, run: RunId) -> RunState {
    RunState::new(definition, input, seed(run))
}
