//! The tools and workflows that whoever asks may put into a workflow and run.

use super::{
    graph::{Catalog, Definition, WorkflowShape, order::order, shape, validate::MOST_DEPTH},
    store,
};
use crate::{actor::Actor, db::TenantTx, error::Result, ids::WorkflowId, system::System};
use std::collections::{BTreeMap, BTreeSet};

/// All tools.
pub async fn catalog(system: &System, actor: &Actor) -> Result<Catalog> {
    let mut tx = system.tenant(actor).await?;
    store::catalog(&mut tx, actor, None, system.clock.now()).await
}

/// The tools and workflows of a definition only. `this`: the workflow whose definition it is.
pub(super) async fn catalog_of(
    tx: &mut TenantTx,
    system: &System,
    actor: &Actor,
    definition: &Definition,
    this: Option<WorkflowId>,
) -> Result<Catalog> {
    let mut catalog = store::catalog(tx, actor, Some(&definition.tool_ids()), system.clock.now()).await?;
    catalog.workflows = workflows(tx, actor, definition.workflow_ids()).await?;
    catalog.this = this;
    Ok(catalog)
}

/// The shapes of these workflows, with what they reach through others.
async fn workflows(tx: &mut TenantTx, actor: &Actor, ids: Vec<WorkflowId>) -> Result<BTreeMap<WorkflowId, WorkflowShape>> {
    let mut known: BTreeMap<WorkflowId, (String, Definition)> = BTreeMap::new();
    let mut open = ids.clone();
    // One level deeper than may be: what is too deep is found to be.
    for _ in 0..=MOST_DEPTH {
        open.retain(|id| !known.contains_key(id));
        if open.is_empty() {
            break;
        }
        let found = store::definitions(tx, actor, &open).await?;
        open = found.iter().flat_map(|(.., definition)| definition.workflow_ids()).collect();
        known.extend(found.into_iter().map(|(id, name, definition)| (id, (name, definition))));
    }
    let calls = |id: &WorkflowId| known.get(id).map(|(_, definition)| definition.workflow_ids()).unwrap_or_default();
    let shapes = ids.into_iter().filter_map(|id| {
        let (name, definition) = known.get(&id)?;
        let (reaches, depth) = below(id, calls);
        let nothing = Catalog::default();
        let outputs = shape::outputs(definition, &nothing, &order(definition));
        let output = definition.nodes.iter().position(|node| node.kind == super::graph::NodeKind::Output);
        let output_schema = output.map_or_else(|| serde_json::json!({}), |index| outputs[index].clone().into_owned());
        let (display_name, input_schema) = (name.clone(), definition.input_schema());
        Some((id, WorkflowShape { id, display_name, input_schema, output_schema, reaches, depth }))
    });
    Ok(shapes.collect())
}

/// All that a workflow runs, and how deep.
fn below(id: WorkflowId, calls: impl Fn(&WorkflowId) -> Vec<WorkflowId>) -> (Vec<WorkflowId>, u32) {
    let (mut found, mut layer, mut depth) = (BTreeSet::new(), calls(&id), 0);
    while !layer.is_empty() && depth <= MOST_DEPTH {
        depth += 1;
        found.extend(layer.iter().copied());
        layer = layer.iter().flat_map(&calls).collect::<BTreeSet<_>>().into_iter().collect();
    }
    (found.into_iter().collect(), depth)
}
