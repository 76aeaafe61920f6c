//! What a run begins with: of a whole workflow, of the part up to a step or from one, with results of an earlier run and pinned outputs.

use super::{
    StartRun,
    engine::{
        NodeResult, Plan, RunState,
        again::{self, From, Part},
    },
    execute::{check, input_of, ready, seed, wrong_part},
    pins::may_be_pinned,
    runnable::Runnable,
    store,
};
use crate::{
    access::Permission,
    actor::Actor,
    db::TenantTx,
    error::{Error, Result},
    ids::{RunId, WorkflowId},
    system::System,
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The plan and the state that a run begins with.
pub(super) async fn prepare(
    tx: &mut TenantTx,
    system: &System,
    actor: &Actor,
    (run, id): (RunId, WorkflowId),
    taken: &Runnable,
    start: &StartRun,
) -> Result<(Plan, RunState)> {
    let definition = &taken.definition;
    let pins = pins(tx, actor, id, taken, start).await?;
    let part = Part { from: start.from.clone(), until: start.until.clone(), pins };
    let earlier = earlier(tx, actor, id, start).await?;
    let given = match &earlier {
        // Of what the workflow takes now.
        Some((input, _)) if start.input.is_empty() => {
            input.iter().filter(|(name, _)| definition.inputs().iter().any(|field| field.name == **name)).map(owned).collect()
        }
        _ => start.input.clone(),
    };
    let whole = part.from == From::Start && part.until.is_none() && part.pins.is_empty();
    let input = if whole { ready(tx, system, actor, id, definition, &given).await? } else { input_of(definition, &given)? };
    let (plan, results) = (Plan::new(definition.clone()), earlier.as_ref().map(|(_, results)| results));
    let state = match &part.from {
        From::Node(node) => again::from_here(&plan, input, seed(run), results, (node, &part)),
        From::Start | From::Failure => again::state(&plan, input, seed(run), results, &part),
    };
    let state = state.map_err(wrong_part)?;
    if !whole {
        // What is unfinished elsewhere in a draft is no reason not to try a part of it.
        check(tx, system, actor, (id, definition), Some(&state)).await?;
    }
    Ok((plan, state))
}

fn owned((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}

/// What is given with the start, and what is pinned in the workflow where that is asked for.
async fn pins(tx: &mut TenantTx, actor: &Actor, id: WorkflowId, taken: &Runnable, start: &StartRun) -> Result<BTreeMap<String, Value>> {
    let mut pins = start.pins.clone();
    if start.pinned {
        actor.require(Permission::Build)?;
        if taken.version.is_some() {
            let message = "Pinned data is for trying out the draft: a published version never uses it.";
            return Err(Error::invalid("pinned", message));
        }
        for pin in store::pins(tx, id).await? {
            // What was pinned for a step that is gone waits for its return.
            if taken.definition.node(&pin.node_id).is_some_and(may_be_pinned) {
                pins.entry(pin.node_id).or_insert(pin.output);
            }
        }
    }
    Ok(pins)
}

type Earlier = (Map<String, Value>, BTreeMap<String, NodeResult>);

/// Input and results of the run that is named.
async fn earlier(tx: &mut TenantTx, actor: &Actor, id: WorkflowId, start: &StartRun) -> Result<Option<Earlier>> {
    let Some(run) = start.earlier else {
        if start.from == From::Failure {
            return Err(Error::invalid("earlier", "Say which run it goes on from."));
        }
        return Ok(None);
    };
    let run = store::find_run(tx, actor, run).await?.filter(|run| run.workflow_id == id);
    let run = run.ok_or_else(|| Error::invalid("earlier", "There is no such run of this workflow."))?;
    if !run.status.is_final() {
        return Err(Error::invalid("earlier", "This run has not ended. Cancel it, or wait for its end."));
    }
    Ok(Some((run.input_data, run.node_results)))
}
