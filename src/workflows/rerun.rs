//! Runs a run again: from what failed, from any node, up to a node, with outputs given by hand. What lies before is kept.

use super::{
    Rerun, Run,
    begin::begin,
    engine::{
        Plan,
        again::{self, Part},
    },
    execute::{begun, ready, seed, there_already, wrong_part},
    runnable::{Runnable, runnable},
    store,
};
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    error::{Error, Result},
    ids::RunId,
    system::System,
};
use serde_json::json;

/// A new run that begins with results of the old one. It takes the definition of then, unless the newest is asked for.
pub async fn rerun(system: &System, actor: &Actor, id: RunId, how: Rerun) -> Result<Run> {
    actor.require(Permission::UseTools)?;
    let mut tx = system.tenant(actor).await?;
    let old = store::find_run(&mut tx, actor, id).await?.ok_or(Error::NotFound("run"))?;
    if !old.status.is_final() {
        let message = "This run has not ended. Cancel it, or wait for its end.".to_owned();
        return Err(Error::Conflict { message, field: None });
    }
    let workflow = store::find(&mut tx, actor, old.workflow_id).await?.ok_or(Error::NotFound("workflow"))?;
    let taken = if how.newest {
        runnable(&mut tx, workflow, None, false).await?
    } else {
        Runnable { definition: old.definition, revision: old.workflow_revision, version: old.workflow_version }
    };
    let (definition, revision, version) = (taken.definition, taken.revision, taken.version);
    let input = ready(&mut tx, system, actor, old.workflow_id, &definition, &old.input_data).await?;
    let run_id = RunId::new();
    let part = Part { from: how.from, until: how.until, pins: how.pins };
    let plan = Plan::new(definition);
    let state = again::state(&plan, input, seed(run_id), Some(&old.node_results), &part).map_err(wrong_part)?;
    let new = store::NewRun {
        id: run_id,
        workflow_id: old.workflow_id,
        revision,
        version,
        session_id: None,
        trace_id: old.trace_id,
        parent: None,
        resumed_from: Some(id),
        trigger: None,
    };
    let stored = begin(&mut tx, system, actor, new, (plan, state), system.runner.holder()).await?.ok_or_else(there_already)?;
    let entry = audit::Entry {
        action: "run.rerun",
        object_type: "run",
        object_id: Some(run_id.0),
        object_name: &old.workflow_name,
        before: None,
        after: Some(json!({ "run": id, "from": part.from, "until": part.until, "pins": part.pins.keys().collect::<Vec<_>>() })),
    };
    audit::record(&mut tx, actor, system.clock.now(), entry).await?;
    tx.commit().await?;
    begun(system, actor, stored, how.wait, how.timeout_ms).await
}
