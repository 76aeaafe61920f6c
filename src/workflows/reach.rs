//! What workflows run through others: by their steps, and by tools that are workflows themselves.

use super::{
    graph::{CompositeShape, Definition, validate::MOST_DEPTH},
    store,
};
use crate::{
    actor::Actor,
    db::TenantTx,
    error::Result,
    ids::{ToolId, WorkflowId},
};
use std::collections::{BTreeMap, BTreeSet};

/// Workflows and composite tools as far as they are reached from somewhere.
#[derive(Default)]
pub(super) struct Reach {
    known: BTreeMap<WorkflowId, store::Reached>,
    composites: BTreeMap<ToolId, WorkflowId>,
}

impl Reach {
    /// All that `definition` reaches, whoever may see it: a recursion is one also where a part of it is hidden.
    pub async fn of(tx: &mut TenantTx, actor: &Actor, definition: &Definition) -> Result<Self> {
        let mut reach = Self { composites: store::composites(tx, &definition.tool_ids()).await?, ..Self::default() };
        let mut open = reach.called_by(definition);
        // One level deeper than may be: what is too deep is found to be.
        for _ in 0..=MOST_DEPTH {
            open.retain(|id| !reach.known.contains_key(id));
            if open.is_empty() {
                break;
            }
            let found = store::definitions(tx, actor, &open).await?;
            let tools: Vec<ToolId> = found.iter().flat_map(|(_, found)| found.definition.tool_ids()).collect();
            reach.composites.extend(store::composites(tx, &tools).await?);
            open = found.iter().flat_map(|(_, found)| reach.called_by(&found.definition)).collect();
            reach.known.extend(found);
        }
        Ok(reach)
    }

    /// A workflow that whoever asks may run.
    pub fn visible(&self, id: WorkflowId) -> Option<&store::Reached> {
        self.known.get(&id).filter(|found| found.visible)
    }

    /// What each of these tools runs, for those that are workflows.
    pub fn composites(&self, tools: &[ToolId]) -> BTreeMap<ToolId, CompositeShape> {
        let shape = |tool: &ToolId| {
            let workflow = *self.composites.get(tool)?;
            let (mut reaches, depth) = self.below(workflow);
            reaches.push(workflow);
            Some((*tool, CompositeShape { reaches, depth }))
        };
        tools.iter().filter_map(shape).collect()
    }

    /// Whether one of the workflows, or `definition` itself, calls this tool.
    pub fn calls_tool(&self, definition: &Definition, tool: ToolId) -> bool {
        definition.tool_ids().contains(&tool) || self.known.values().any(|found| found.definition.tool_ids().contains(&tool))
    }

    /// All that a workflow runs, and how many are inside each other below it.
    pub fn below(&self, id: WorkflowId) -> (Vec<WorkflowId>, u32) {
        let calls = |id: &WorkflowId| self.known.get(id).map(|found| self.called_by(&found.definition)).unwrap_or_default();
        let (mut found, mut layer, mut depth) = (BTreeSet::new(), calls(&id), 0);
        while !layer.is_empty() && depth <= MOST_DEPTH {
            depth += 1;
            found.extend(layer.iter().copied());
            layer = layer.iter().flat_map(calls).collect::<BTreeSet<_>>().into_iter().collect();
        }
        (found.into_iter().collect(), depth)
    }

    /// How many workflows are inside each other below this definition; 0: it runs none.
    pub fn below_definition(&self, definition: &Definition) -> u32 {
        self.called_by(definition).into_iter().map(|id| self.below(id).1 + 1).max().unwrap_or(0)
    }

    fn called_by(&self, definition: &Definition) -> Vec<WorkflowId> {
        let by_tools = definition.tool_ids().into_iter().filter_map(|tool| self.composites.get(&tool).copied());
        definition.workflow_ids().into_iter().chain(by_tools).collect::<BTreeSet<_>>().into_iter().collect()
    }
}
