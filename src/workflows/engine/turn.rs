//! One event, and what becomes of it.

use super::{Action, NodeStatus, Outcome, RunState, RunStatus};
use crate::{ids::ExecutionId, workflows::graph::Definition};
use chrono::{DateTime, TimeDelta, Utc};

pub(super) struct Turn<'a> {
    pub definition: &'a Definition,
    pub state: RunState,
    pub at: DateTime<Utc>,
    pub actions: Vec<Action>,
}

impl Turn<'_> {
    pub fn start(&mut self) {
        self.state.status = RunStatus::Running;
        self.state.started_at = Some(self.at);
        self.advance();
    }

    pub fn cancel(&mut self) {
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

    pub fn finished(&mut self, id: &str, attempt: u32, outcome: Outcome, execution_id: Option<ExecutionId>, duration_ms: f64) {
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

    pub fn retry(&mut self, id: &str) {
        let Some(node) = self.definition.node(id) else { return };
        if let Some(result) = self.state.nodes.get_mut(id).filter(|result| result.status == NodeStatus::Retrying) {
            result.retry_at = None;
            self.run(node);
        }
        self.advance();
    }

    pub fn resume(&mut self) {
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
    pub fn note(&mut self, id: &str, execution_id: Option<ExecutionId>) {
        if let Some(result) = self.state.nodes.get_mut(id).filter(|result| result.status == NodeStatus::Cancelled) {
            result.execution_id = execution_id.or(result.execution_id);
        }
    }
}

fn milliseconds(time: TimeDelta) -> f64 {
    time.num_microseconds().map_or(f64::MAX, |us| us as f64 / 1000.0)
}
