//! What runs next, and how a run ends.

use super::{Action, NodeStatus, RunStatus, inputs_of, turn::Turn};
use crate::workflows::graph::{Node, NodeKind, order::order};
use serde_json::{Map, Value};

impl Turn<'_> {
    /// Settles, skips or starts every node whose turn has come, and ends the run when nothing is left.
    pub fn advance(&mut self) {
        let definition = self.definition;
        let order = order(definition);
        for &index in order.layers.iter().flatten() {
            let node = &definition.nodes[index];
            if self.status(node) != NodeStatus::Pending {
                continue;
            }
            let before: Vec<&Node> = order.before[index].iter().map(|&i| &definition.nodes[i]).collect();
            if before.iter().any(|node| !self.status(node).is_final()) {
                continue;
            }
            if before.iter().any(|node| !self.goes_on_after(node)) {
                self.set(node, NodeStatus::Skipped);
            } else {
                self.begin(node);
            }
        }
        if self.state.nodes.values().all(|result| result.status.is_final()) {
            self.settle(order.layers.iter().flatten().copied());
        } else if self.actions.is_empty()
            && !self.state.nodes.values().any(|r| matches!(r.status, NodeStatus::Running | NodeStatus::Retrying))
        {
            // Only a definition with a cycle comes here, and validation refuses those: still a run must end.
            self.end(RunStatus::Failed, None, Some("The workflow has steps that wait for each other.".to_owned()));
        }
    }

    fn begin(&mut self, node: &Node) {
        match node.kind {
            NodeKind::Input => {
                let input = Value::Object(self.state.input.clone());
                self.succeed(node, input);
            }
            NodeKind::Output => match self.inputs(node) {
                Ok(fields) => self.succeed(node, Value::Object(fields)),
                Err(message) => self.fail_mapping(node, message),
            },
            NodeKind::Tool => self.run(node),
            NodeKind::Condition
            | NodeKind::Switch
            | NodeKind::ForEach
            | NodeKind::Merge
            | NodeKind::Transform
            | NodeKind::Delay
            | NodeKind::Approval
            | NodeKind::Workflow => {
                self.fail_mapping(node, format!("Nodes of type “{}” cannot be run by this release.", node.kind.as_str()))
            }
        }
    }

    pub fn run(&mut self, node: &Node) {
        let inputs = match self.inputs(node) {
            Ok(inputs) => inputs,
            Err(message) => return self.fail_mapping(node, message),
        };
        let at = self.at;
        if let Some(result) = self.state.nodes.get_mut(&node.id) {
            result.status = NodeStatus::Running;
            result.attempts += 1;
            result.started_at = result.started_at.or(Some(at));
            self.actions.push(Action::RunNode { node: node.id.clone(), attempt: result.attempts, inputs });
        }
    }

    pub fn inputs(&self, node: &Node) -> Result<Map<String, Value>, String> {
        inputs_of(self.definition, node, &self.state)
    }

    fn succeed(&mut self, node: &Node, output: Value) {
        let at = self.at;
        if let Some(result) = self.state.nodes.get_mut(&node.id) {
            result.output = Some(output);
            (result.started_at, result.completed_at, result.duration_ms) = (Some(at), Some(at), Some(0.0));
        }
        self.set(node, NodeStatus::Success);
    }

    pub fn fail_mapping(&mut self, node: &Node, message: String) {
        let at = self.at;
        if let Some(result) = self.state.nodes.get_mut(&node.id) {
            result.error = Some(message);
            result.error_class = Some("mapping".to_owned());
            result.started_at = result.started_at.or(Some(at));
            result.completed_at = Some(at);
            if node.config.continue_on_error {
                result.output.clone_from(&node.config.default_output);
            }
        }
        self.set(node, NodeStatus::Error);
    }

    fn set(&mut self, node: &Node, status: NodeStatus) {
        if let Some(result) = self.state.nodes.get_mut(&node.id) {
            result.status = status;
        }
    }

    fn status(&self, node: &Node) -> NodeStatus {
        self.state.nodes.get(&node.id).map_or(NodeStatus::Skipped, |result| result.status)
    }

    fn goes_on_after(&self, node: &Node) -> bool {
        match self.status(node) {
            NodeStatus::Success => true,
            NodeStatus::Error => node.config.continue_on_error,
            NodeStatus::Pending | NodeStatus::Running | NodeStatus::Retrying | NodeStatus::Skipped | NodeStatus::Cancelled => false,
        }
    }

    /// Everything is done: how did it end? The first failure in the order of the graph speaks for the run.
    fn settle(&mut self, in_order: impl Iterator<Item = usize>) {
        let definition = self.definition;
        for node in in_order.map(|index| &definition.nodes[index]) {
            if self.status(node) == NodeStatus::Error && !node.config.continue_on_error {
                let why = self.state.nodes.get(&node.id).and_then(|result| result.error.clone()).unwrap_or_default();
                return self.end(RunStatus::Failed, None, Some(format!("“{}” failed: {why}", node.name())));
            }
        }
        let output = self.run_output();
        self.end(RunStatus::Completed, Some(output), None);
    }

    /// What the output node has; without one, what the last steps gave: one step's output as it is, several by their ids.
    fn run_output(&self) -> Value {
        let output = |id: &str| self.state.nodes.get(id).and_then(|result| result.output.clone()).unwrap_or(Value::Null);
        let outputs: Vec<&Node> = self.definition.nodes.iter().filter(|node| node.kind == NodeKind::Output).collect();
        if !outputs.is_empty() {
            let fields = outputs.iter().filter_map(|node| output(&node.id).as_object().cloned()).flatten();
            return Value::Object(fields.collect());
        }
        let last: Vec<&Node> = self
            .definition
            .nodes
            .iter()
            .filter(|node| node.kind != NodeKind::Input && !self.definition.edges.iter().any(|edge| edge.source == node.id))
            .collect();
        match last.as_slice() {
            [only] => output(&only.id),
            _ => Value::Object(last.iter().map(|node| (node.id.clone(), output(&node.id))).collect()),
        }
    }

    pub fn end(&mut self, status: RunStatus, output: Option<Value>, error: Option<String>) {
        self.state.status = status;
        self.state.output = output;
        self.state.error = error;
        self.state.completed_at = Some(self.at);
        self.actions.push(Action::Finish);
    }
}
