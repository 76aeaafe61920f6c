//! The engine: `(state, event) → (state, actions)`. Pure; whoever drives it stores the state before acting.
//!
//! | status of the run  | event         | becomes                                    | actions                              |
//! |--------------------|---------------|--------------------------------------------|--------------------------------------|
//! | pending            | start, resume | running; or completed/failed when all done | run each node that waits for nothing |
//! | pending            | cancel        | cancelled                                  | finish                               |
//! | pending            | other         | – (ignored)                                | –                                    |
//! | running, waiting   | node finished | running; completed/failed when all done    | run what waited for it, or retry it  |
//! | running, waiting   | retry due     | running                                    | run the node again                   |
//! | running, waiting   | resume        | running                                    | run again what was running           |
//! | running, waiting   | cancel        | cancelled                                  | stop what runs, finish               |
//! | running, waiting   | start         | – (ignored)                                | –                                    |
//! | cancelled          | node finished | cancelled; the node's execution is noted   | –                                    |
//! | completed, failed, cancelled | other | – (ignored)                              | –                                    |
//!
//! A failed node fails the run, but branches that do not depend on it run to their end first: so the result is the same
//! whatever finishes first. What depends on a failed node is skipped. A result is taken from a node that runs, and for its
//! current attempt only: a finished node never runs again.

use super::graph::{
    Definition, Node, NodeKind,
    order::order,
    resolve::{self, Offer},
};
use crate::ids::ExecutionId;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

#[cfg(test)]
mod tests;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    Pending,
    Running,
    Waiting,
    Completed,
    Failed,
    Cancelled,
}

impl RunStatus {
    pub const ALL: [Self; 6] = [Self::Pending, Self::Running, Self::Waiting, Self::Completed, Self::Failed, Self::Cancelled];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Nothing changes any more.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NodeStatus {
    #[default]
    Pending,
    Running,
    /// It failed and is tried again at `retry_at`.
    Retrying,
    Success,
    Error,
    Skipped,
    Cancelled,
}

impl NodeStatus {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Retrying => "retrying",
            Self::Success => "success",
            Self::Error => "error",
            Self::Skipped => "skipped",
            Self::Cancelled => "cancelled",
        }
    }

    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Success | Self::Error | Self::Skipped | Self::Cancelled)
    }
}

/// What became of one node (S5's `nodeResults`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct NodeResult {
    pub status: NodeStatus,
    #[serde(default)]
    pub attempts: u32,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<Object>))]
    pub output: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// `timeout`, `upstream`, …: the executor's class of error; `mapping` when an input could not be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_class: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution_id: Option<ExecutionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<DateTime<Utc>>,
}

/// Everything the engine knows of a run. Serialised after every event; what is read back goes on as if nothing had happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunState {
    pub status: RunStatus,
    pub input: Map<String, Value>,
    #[serde(default)]
    pub nodes: BTreeMap<String, NodeResult>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub output: Option<Value>,
    #[serde(default)]
    pub error: Option<String>,
    #[serde(default)]
    pub started_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub completed_at: Option<DateTime<Utc>>,
}

impl RunState {
    /// A run that has not begun. `input` has been checked against the workflow's inputs.
    #[must_use]
    pub fn new(definition: &Definition, input: Map<String, Value>) -> Self {
        let nodes = definition.nodes.iter().map(|node| (node.id.clone(), NodeResult::default())).collect();
        Self { status: RunStatus::Pending, input, nodes, output: None, error: None, started_at: None, completed_at: None }
    }

    /// A node that is running now, the first in the definition's order.
    #[must_use]
    pub fn current_node<'a>(&self, definition: &'a Definition) -> Option<&'a str> {
        definition
            .nodes
            .iter()
            .map(|node| node.id.as_str())
            .find(|id| self.nodes.get(*id).is_some_and(|result| result.status == NodeStatus::Running))
    }
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Success(Value),
    Failure { class: String, message: String, retryable: bool },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Start,
    /// The run was taken up by another process: what was running then is run again.
    Resume,
    NodeFinished {
        node: String,
        attempt: u32,
        outcome: Outcome,
        execution_id: Option<ExecutionId>,
        duration_ms: f64,
    },
    RetryDue {
        node: String,
    },
    Cancel,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    RunNode {
        node: String,
        attempt: u32,
        inputs: Map<String, Value>,
    },
    RetryAt {
        node: String,
        at: DateTime<Utc>,
    },
    StopNode {
        node: String,
    },
    /// The run has ended; its state says how.
    Finish,
}

/// The whole engine. `at` is the time of the event.
#[must_use]
pub fn transition(definition: &Definition, state: RunState, event: Event, at: DateTime<Utc>) -> (RunState, Vec<Action>) {
    let mut turn = Turn { definition, state, at, actions: Vec::new() };
    match (turn.state.status, event) {
        (RunStatus::Pending, Event::Start | Event::Resume) => turn.start(),
        (RunStatus::Pending | RunStatus::Running | RunStatus::Waiting, Event::Cancel) => turn.cancel(),
        (RunStatus::Pending, Event::NodeFinished { .. } | Event::RetryDue { .. }) => {}
        (RunStatus::Running | RunStatus::Waiting, Event::NodeFinished { node, attempt, outcome, execution_id, duration_ms }) => {
            turn.finished(&node, attempt, outcome, execution_id, duration_ms);
        }
        (RunStatus::Running | RunStatus::Waiting, Event::RetryDue { node }) => turn.retry(&node),
        (RunStatus::Running | RunStatus::Waiting, Event::Resume) => turn.resume(),
        (RunStatus::Running | RunStatus::Waiting, Event::Start) => {}
        (RunStatus::Cancelled, Event::NodeFinished { node, execution_id, .. }) => turn.note(&node, execution_id),
        (RunStatus::Cancelled, Event::Start | Event::Resume | Event::RetryDue { .. } | Event::Cancel) => {}
        (
            RunStatus::Completed | RunStatus::Failed,
            Event::Start | Event::Resume | Event::NodeFinished { .. } | Event::RetryDue { .. } | Event::Cancel,
        ) => {}
    }
    (turn.state, turn.actions)
}

struct Turn<'a> {
    definition: &'a Definition,
    state: RunState,
    at: DateTime<Utc>,
    actions: Vec<Action>,
}

impl Turn<'_> {
    fn start(&mut self) {
        self.state.status = RunStatus::Running;
        self.state.started_at = Some(self.at);
        self.advance();
    }

    fn cancel(&mut self) {
        for (id, result) in &mut self.state.nodes {
            match result.status {
                NodeStatus::Running => {
                    self.actions.push(Action::StopNode { node: id.clone() });
                    result.status = NodeStatus::Cancelled;
                    result.error = Some("Stopped, because the run was cancelled.".to_owned());
                    result.completed_at = Some(self.at);
                    result.duration_ms = result.started_at.map(|start| milliseconds(self.at - start));
                }
                NodeStatus::Pending | NodeStatus::Retrying => {
                    result.status = NodeStatus::Skipped;
                    result.retry_at = None;
                }
                NodeStatus::Success | NodeStatus::Error | NodeStatus::Skipped | NodeStatus::Cancelled => {}
            }
        }
        self.end(RunStatus::Cancelled, None, Some("The run was cancelled.".to_owned()));
    }

    fn finished(&mut self, id: &str, attempt: u32, outcome: Outcome, execution_id: Option<ExecutionId>, duration_ms: f64) {
        let Some(node) = self.definition.node(id) else { return };
        let at = self.at;
        let Some(result) = self.state.nodes.get_mut(id).filter(|result| result.status == NodeStatus::Running && result.attempts == attempt)
        else {
            return;
        };
        result.execution_id = execution_id.or(result.execution_id);
        result.duration_ms = Some(duration_ms);
        result.completed_at = Some(at);
        match outcome {
            Outcome::Success(output) => {
                result.status = NodeStatus::Success;
                result.output = Some(output);
                (result.error, result.error_class) = (None, None);
            }
            Outcome::Failure { class, message, retryable } => {
                result.error = Some(message);
                result.error_class = Some(class);
                let retry = node.config.retry.filter(|retry| retryable && attempt < retry.max_attempts);
                if let Some(retry) = retry {
                    let wait = retry.backoff_ms.saturating_mul(1 << (attempt - 1).min(20)).min(300_000);
                    let due = at + TimeDelta::milliseconds(i64::try_from(wait).unwrap_or(300_000));
                    result.status = NodeStatus::Retrying;
                    result.retry_at = Some(due);
                    self.actions.push(Action::RetryAt { node: id.to_owned(), at: due });
                    return;
                }
                result.status = NodeStatus::Error;
                if node.config.continue_on_error {
                    result.output.clone_from(&node.config.default_output);
                }
            }
        }
        self.advance();
    }

    fn retry(&mut self, id: &str) {
        let Some(node) = self.definition.node(id) else { return };
        if let Some(result) = self.state.nodes.get_mut(id).filter(|result| result.status == NodeStatus::Retrying) {
            result.retry_at = None;
            self.run(node);
        }
        self.advance();
    }

    fn resume(&mut self) {
        let definition = self.definition;
        for node in &definition.nodes {
            let Some(result) = self.state.nodes.get(&node.id) else { continue };
            match (result.status, result.retry_at) {
                (NodeStatus::Running, _) => match self.inputs(node) {
                    Ok(inputs) => self.actions.push(Action::RunNode { node: node.id.clone(), attempt: result.attempts, inputs }),
                    Err(message) => self.fail_mapping(node, message),
                },
                (NodeStatus::Retrying, due) => self.actions.push(Action::RetryAt { node: node.id.clone(), at: due.unwrap_or(self.at) }),
                (NodeStatus::Pending | NodeStatus::Success | NodeStatus::Error | NodeStatus::Skipped | NodeStatus::Cancelled, _) => {}
            }
        }
        self.advance();
    }

    /// A call that was stopped may still tell under which id it was recorded.
    fn note(&mut self, id: &str, execution_id: Option<ExecutionId>) {
        if let Some(result) = self.state.nodes.get_mut(id).filter(|result| result.status == NodeStatus::Cancelled) {
            result.execution_id = execution_id.or(result.execution_id);
        }
    }

    /// Settles, skips or starts every node whose turn has come, and ends the run when nothing is left.
    fn advance(&mut self) {
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

    fn run(&mut self, node: &Node) {
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

    fn inputs(&self, node: &Node) -> Result<Map<String, Value>, String> {
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

    fn fail_mapping(&mut self, node: &Node, message: String) {
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

    fn end(&mut self, status: RunStatus, output: Option<Value>, error: Option<String>) {
        self.state.status = status;
        self.state.output = output;
        self.state.error = error;
        self.state.completed_at = Some(self.at);
        self.actions.push(Action::Finish);
    }
}

/// What a node gets, or got: the run page shows it without storing it twice.
pub fn inputs_of(definition: &Definition, node: &Node, state: &RunState) -> Result<Map<String, Value>, String> {
    static NOTHING: Value = Value::Null;
    resolve::inputs(definition, node, |id| {
        let result = state.nodes.get(id)?;
        let lenient = definition.node(id).is_some_and(|node| node.kind == NodeKind::Input) || result.status == NodeStatus::Error;
        match &result.output {
            Some(output) if !lenient => Some(Offer::Output(output)),
            Some(output) => Some(Offer::Lenient(output)),
            None if lenient => Some(Offer::Lenient(&NOTHING)),
            None => None,
        }
    })
}

/// `null` is an output too, and not the same as none.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

fn milliseconds(time: TimeDelta) -> f64 {
    time.num_microseconds().map_or(f64::MAX, |us| us as f64 / 1000.0)
}
