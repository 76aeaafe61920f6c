//! What a node is given: its constants, what its edges carry, and what its expressions make of earlier outputs.

use super::{NodeResult, NodeStatus, Origin, Plan, RunState, plan::Way};
use crate::workflows::graph::{ERROR_BRANCH, Node, NodeKind, OnError, expression::Scope};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// A run as a node sees it.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub plan: &'a Plan,
    pub state: &'a RunState,
}

impl<'a> View<'a> {
    pub fn result(self, index: usize) -> Option<&'a NodeResult> {
        self.state.nodes.get(&self.plan.node(index).id)
    }

    /// Whether the run goes on along this edge, once its source has finished.
    pub fn is_taken(self, way: &Way) -> bool {
        let Some(result) = self.result(way.source) else { return false };
        if result.origin == Some(Origin::Disabled) {
            // What is off decides nothing: the run goes on past it, and by none of its branches.
            return way.branch.is_none();
        }
        goes_on(self.plan.node(way.source), result.status, result.branch.as_deref(), way.branch.as_deref())
    }

    /// The node's inputs. `Err` says which of them could not be made.
    pub fn inputs(self, index: usize) -> Result<Map<String, Value>, String> {
        let node = self.plan.node(index);
        let mut inputs = node.config.inputs.clone();
        for way in self.plan.incoming[index].iter().filter(|way| self.is_taken(way)) {
            let source = self.plan.node(way.source);
            let Some(result) = self.result(way.source) else { continue };
            // Optional inputs of the workflow may be missing, and so may what a step that failed, or is off, would have given.
            let lenient = source.kind == NodeKind::Input || matches!(result.status, NodeStatus::Error | NodeStatus::Skipped);
            for (from, text, to, field) in &way.pairs {
                match result.output.as_ref().and_then(|output| from.find(output)) {
                    Some(value) => to.put(&mut inputs, value)?,
                    None if lenient => {}
                    None => {
                        let name = source.name();
                        return Err(format!("The input “{field}” takes “{text}” of “{name}”, but its output has no such field."));
                    }
                }
            }
        }
        for (field, expression) in self.plan.expressions(index) {
            let value = expression.eval(&self.scope(expression.names()));
            inputs.insert(field.clone(), value.map_err(|message| format!("The input “{field}” cannot be made. {message}"))?);
        }
        Ok(inputs)
    }

    /// The outputs that these names mean. `input` is what the run was given, unless a step is called so.
    pub fn scope(self, names: &BTreeSet<String>) -> Scope {
        let mut scope = Scope::default();
        for name in names {
            match self.state.nodes.get(name) {
                Some(result) => {
                    if let Some(output) = &result.output {
                        scope.set(name, output);
                    }
                }
                None if name == "input" => scope.set(name, &Value::Object(self.state.input.clone())),
                None if name == "nodes" => {
                    let all = self.state.nodes.iter().filter_map(|(id, result)| Some((id.clone(), result.output.clone()?)));
                    scope.set(name, &Value::Object(all.collect()));
                }
                None => {}
            }
        }
        scope
    }
}

/// What a node gets, or got: the run page shows it without storing it twice.
pub fn inputs_of(plan: &Plan, node: &str, state: &RunState) -> Result<Map<String, Value>, String> {
    let index = plan.index(node).ok_or("There is no such step.")?;
    View { plan, state }.inputs(index)
}

/// Whether a run goes on along a connection that leaves `source` by `branch`, once that stands at `status`; `taken`: the branch it chose.
#[must_use]
pub fn goes_on(source: &Node, status: NodeStatus, taken: Option<&str>, branch: Option<&str>) -> bool {
    match status {
        NodeStatus::Success => match (branch, taken) {
            // Who was refused goes on only where the workflow says so.
            (None, Some("rejected")) if source.kind == NodeKind::Approval => false,
            (None, _) => true,
            (Some(branch), taken) => taken == Some(branch),
        },
        NodeStatus::Error => match source.config.on_error() {
            OnError::Fail => false,
            OnError::Branch => branch == Some(ERROR_BRANCH),
            OnError::Continue => branch.is_none(),
        },
        NodeStatus::Pending
        | NodeStatus::Running
        | NodeStatus::Retrying
        | NodeStatus::Waiting
        | NodeStatus::Skipped
        | NodeStatus::Cancelled => false,
    }
}
