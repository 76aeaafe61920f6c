//! The tools and workflows that whoever asks may put into a workflow and run.

use super::{
    graph::{Catalog, Definition, NodeKind, WorkflowShape, order::order, shape},
    reach::Reach,
    store,
};
use crate::{actor::Actor, db::TenantTx, error::Result, ids::WorkflowId, system::System};
use serde_json::{Value, json};

/// All tools.
pub async fn catalog(system: &System, actor: &Actor) -> Result<Catalog> {
    let mut tx = system.tenant(actor).await?;
    store::catalog(&mut tx, actor, None, system.clock.now()).await
}

/// All tools, and the workflows that a definition runs.
pub async fn catalog_with(system: &System, actor: &Actor, this: WorkflowId, definition: &Definition) -> Result<Catalog> {
    let mut tx = system.tenant(actor).await?;
    let of_definition = catalog_of(&mut tx, system, actor, definition, Some(this)).await?;
    let all = store::catalog(&mut tx, actor, None, system.clock.now()).await?;
    Ok(Catalog { tools: all.tools, ..of_definition })
}

/// The tools and workflows of a definition, and what is run through them.
pub async fn catalog_for(system: &System, actor: &Actor, this: WorkflowId, definition: &Definition) -> Result<Catalog> {
    let mut tx = system.tenant(actor).await?;
    catalog_of(&mut tx, system, actor, definition, Some(this)).await
}

/// The tools and workflows of a definition only. `this`: the workflow whose definition it is.
pub(super) async fn catalog_of(
    tx: &mut TenantTx,
    system: &System,
    actor: &Actor,
    definition: &Definition,
    this: Option<WorkflowId>,
) -> Result<Catalog> {
    let tools = definition.tool_ids();
    let mut catalog = store::catalog(tx, actor, Some(&tools), system.clock.now()).await?;
    let reach = Reach::of(tx, actor, definition).await?;
    catalog.composites = reach.composites(&tools);
    catalog.workflows = definition
        .workflow_ids()
        .into_iter()
        .filter_map(|id| {
            let found = reach.visible(id)?;
            let (reaches, depth) = reach.below(id);
            let (display_name, input_schema) = (found.display_name.clone(), found.definition.input_schema());
            let output_schema = output_schema(&found.definition, &Catalog::default());
            Some((id, WorkflowShape { id, display_name, input_schema, output_schema, reaches, depth }))
        })
        .collect();
    catalog.this = this;
    Ok(catalog)
}

/// What a workflow gives, as JSON Schema; `{}` where nothing is known of it.
pub(super) fn output_schema(definition: &Definition, tools: &Catalog) -> Value {
    let outputs = shape::outputs(definition, tools, &order(definition));
    let output = definition.nodes.iter().position(|node| node.kind == NodeKind::Output);
    output.map_or_else(|| json!({}), |index| outputs[index].clone().into_owned())
}
