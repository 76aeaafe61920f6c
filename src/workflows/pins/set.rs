//! Pins the output of a step.

use super::{MOST_BYTES, Pin, SetPin, may_be_pinned};
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    db::TenantTx,
    error::{Error, Result},
    ids::{RunId, WorkflowId},
    system::System,
    workflows::{engine::NodeStatus, store},
};
use serde_json::{Value, json};

/// The pin. One that stood there before gives way.
pub async fn set(system: &System, actor: &Actor, workflow: WorkflowId, node: &str, pin: SetPin) -> Result<Pin> {
    actor.require(Permission::Build)?;
    let mut tx = system.tenant(actor).await?;
    let found = store::find(&mut tx, actor, workflow).await?.ok_or(Error::NotFound("workflow"))?;
    if !store::may_change(actor, &found) {
        return Err(Error::Forbidden("Only its owner and admins may change a private workflow.".to_owned()));
    }
    let step = found.definition.node(node).ok_or_else(|| Error::invalid("node", format!("There is no step “{node}” in the draft.")))?;
    if !may_be_pinned(step) {
        let message = format!("“{}” is of type {}: its output cannot be pinned.", step.name(), step.kind.as_str());
        return Err(Error::invalid("node", message));
    }
    let output = match (pin.output, pin.run_id) {
        (Some(output), None) => output,
        (None, Some(run)) => of_run(&mut tx, actor, workflow, run, node).await?,
        _ => return Err(Error::invalid("output", "Give an output, or the run to take it from.")),
    };
    let bytes = output.to_string().len();
    if bytes > MOST_BYTES {
        let message = format!("This output has {} KB; a pin holds {} KB at most.", bytes.div_ceil(1024), MOST_BYTES / 1024);
        return Err(Error::invalid("output", message));
    }
    let (name, now) = (step.name().to_owned(), system.clock.now());
    let stored = Pin { node_id: node.to_owned(), output, pinned_by: Some(actor.user_id), at: now };
    store::set_pin(&mut tx, workflow, &stored).await?;
    // That it was pinned, never what: outputs are data of runs.
    let entry = audit::Entry {
        action: "workflow.pin",
        object_type: "workflow",
        object_id: Some(workflow.0),
        object_name: &found.display_name,
        before: None,
        after: Some(json!({ "node": node, "name": name, "run": pin.run_id, "bytes": bytes })),
    };
    audit::record(&mut tx, actor, now, entry).await?;
    tx.commit().await?;
    Ok(stored)
}

async fn of_run(tx: &mut TenantTx, actor: &Actor, workflow: WorkflowId, run: RunId, node: &str) -> Result<Value> {
    let run = store::find_run(tx, actor, run).await?.filter(|run| run.workflow_id == workflow);
    let run = run.ok_or_else(|| Error::invalid("run_id", "There is no such run of this workflow."))?;
    let result = run.node_results.get(node).filter(|result| result.status == NodeStatus::Success);
    let output = result.and_then(|result| result.output.clone());
    output.ok_or_else(|| Error::invalid("run_id", format!("“{node}” gave no output in this run.")))
}
