//! Starts a run of a workflow, and waits for its end where that is asked for.

use super::{
    Run, StartRun, as_errors,
    catalog::catalog_of,
    engine::RunState,
    get_run::get_run,
    graph::{resolve::run_input, validate::validate},
    runner::Claim,
    store,
};
use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    ids::{RunId, WorkflowId},
    problem::FieldError,
    system::System,
};
use std::time::Duration;

/// The run: ended if `start.wait` and it ended in time, else as it stands.
pub async fn execute(system: &System, actor: &Actor, id: WorkflowId, start: StartRun) -> Result<Run> {
    actor.require(Permission::UseTools)?;
    let mut tx = system.tenant(actor).await?;
    let workflow = store::find(&mut tx, actor, id).await?.ok_or(Error::NotFound("workflow"))?;
    let tools = catalog_of(&mut tx, system, actor, &workflow.definition.tool_ids()).await?;
    let mut findings = validate(&workflow.definition, &tools);
    findings.retain(super::graph::Finding::is_error);
    if !findings.is_empty() {
        return Err(Error::Invalid(as_errors(&workflow.definition, &findings)));
    }
    let input = run_input(workflow.definition.inputs(), &start.input).map_err(|errors| {
        Error::Invalid(errors.into_iter().map(|(field, message)| FieldError::new(format!("/input/{field}"), message)).collect())
    })?;
    let run_id = RunId::new();
    let state = RunState::new(&workflow.definition, input);
    store::insert_run(&mut tx, actor, &workflow, run_id, &state, &start, system.runner.id(), system.clock.now()).await?;
    tx.commit().await?;
    system.runner.begin(system, Claim { run_id, organization_id: actor.organization_id, fence: 1 });
    if start.wait {
        let longest = Duration::from_millis(start.timeout_ms.unwrap_or(60_000).min(300_000));
        system.runner.wait(system, actor.organization_id, run_id, longest).await?;
    }
    get_run(system, actor, run_id).await
}
