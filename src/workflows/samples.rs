//! What the steps of a draft gave last: the data that the editor's previews are made of.

use super::{
    canvas::fields::preview::{Samples, cut},
    engine::NodeStatus,
    list_runs::ListRuns,
    store,
};
use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    ids::WorkflowId,
    system::System,
};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// How many runs are looked through, newest first.
const RUNS: i64 = 4;

/// Of every step its newest output in the runs that the actor may see; what is pinned stands before it.
pub async fn samples(system: &System, actor: &Actor, workflow: WorkflowId) -> Result<Samples> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    let found = store::find(&mut tx, actor, workflow).await?.ok_or(Error::NotFound("workflow"))?;
    let mut missing: BTreeSet<&str> = found.definition.nodes.iter().map(|node| node.id.as_str()).collect();
    let mut samples = Samples::default();
    // Pins are data of runs: only who may build sees them.
    if actor.may(Permission::Build) {
        for pin in store::pins(&mut tx, workflow).await? {
            if missing.remove(pin.node_id.as_str()) {
                samples.pinned.insert(pin.node_id.clone());
                keep(&mut samples, pin.node_id, pin.output);
            }
        }
    }
    let query = ListRuns { workflow_id: Some(workflow), limit: Some(RUNS), ..ListRuns::default() };
    for row in store::list_runs(&mut tx, actor, &query, None, RUNS).await? {
        if missing.is_empty() {
            break;
        }
        let Some(run) = store::find_run(&mut tx, actor, row.id).await? else { continue };
        if samples.run.is_none() {
            samples.run = Some(run.id);
            samples.input = Some(of_input(run.input_data));
        }
        for (id, result) in run.node_results {
            if let (NodeStatus::Success, Some(output)) = (result.status, result.output)
                && missing.remove(id.as_str())
            {
                keep(&mut samples, id, output);
            }
        }
    }
    Ok(samples)
}

fn keep(samples: &mut Samples, id: String, output: Value) {
    let (output, shortened) = cut(output);
    if shortened {
        samples.cut.insert(id.clone());
    }
    samples.outputs.insert(id, output);
}

fn of_input(input: Map<String, Value>) -> Map<String, Value> {
    match cut(Value::Object(input)).0 {
        Value::Object(input) => input,
        _ => Map::new(),
    }
}
