//! One event, and what becomes of it.

use super::{
    Action, CallId, Event, NodeResult, NodeStatus, Plan, RunState, RunStatus,
    plan::{Step, Target},
    scope::View,
};
use crate::ids::ExecutionId;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

pub(super) struct Turn<'a> {
    pub plan: &'a Plan,
    pub state: RunState,
    pub at: DateTime<Utc>,
    pub actions: Vec<Action>,
}

impl<'a> Turn<'a> {
    pub fn start(&mut self) {
        self.state.status = RunStatus::Running;
        self.state.started_at = Some(self.at);
        self.advance();
    }

    pub fn cancel(&mut self) {
        let at = self.at;
        for (id, result) in &mut self.state.nodes {
            match result.status {
                NodeStatus::Running | NodeStatus::Waiting => {
                    match &mut result.items {
                        Some(items) => {
                            for (&item, done) in items.done.iter_mut().filter(|(_, done)| !done.status.is_final()) {
                                if done.status == NodeStatus::Running {
                                    self.actions.push(Action::Stop { call: CallId { node: id.clone(), item: Some(item) } });
                                }
                                (done.status, done.due_at) = (NodeStatus::Cancelled, None);
                            }
                            items.open = 0;
                        }
                        None if result.status == NodeStatus::Running => {
                            self.actions.push(Action::Stop { call: CallId { node: id.clone(), item: None } });
                        }
                        None => {}
                    }
                    result.status = NodeStatus::Cancelled;
                    result.error = Some("Stopped, because the run was cancelled.".to_owned());
                    result.completed_at = Some(at);
                    result.due_at = None;
                    result.duration_ms = result.started_at.map(|start| milliseconds(at - start));
                }
                NodeStatus::Pending | NodeStatus::Retrying => {
                    result.status = NodeStatus::Skipped;
                    result.due_at = None;
                }
                NodeStatus::Success | NodeStatus::Error | NodeStatus::Skipped | NodeStatus::Cancelled => {}
            }
        }
        self.end(RunStatus::Cancelled, None, Some("The run was cancelled.".to_owned()));
    }

    /// What ran when the process died is called again, for the same attempt; what waited goes on waiting.
    pub fn resume(&mut self) {
        for &index in &self.plan.order {
            let node = self.plan.node(index);
            let Some(result) = self.state.nodes.get(&node.id) else { continue };
            let call = CallId { node: node.id.clone(), item: None };
            match (result.status, result.due_at) {
                (NodeStatus::Running, _) => match self.plan.step(index) {
                    Ok(Step::Each(_)) => self.resume_items(index),
                    Ok(Step::Call(target)) => self.send(index, *target),
                    _ => {}
                },
                (NodeStatus::Retrying | NodeStatus::Waiting, Some(due)) => self.actions.push(Action::WakeAt { call, due }),
                // A retry always has its time; were it lost, it is tried at once.
                (NodeStatus::Retrying, None) => self.again(index),
                (NodeStatus::Waiting, None) => {}
                (NodeStatus::Pending | NodeStatus::Success | NodeStatus::Error | NodeStatus::Skipped | NodeStatus::Cancelled, _) => {}
            }
        }
        self.advance();
    }

    /// A call that was stopped may still tell under which id it was recorded.
    pub fn note(&mut self, call: &CallId, execution_id: Option<ExecutionId>) {
        if let Some(result) = self.state.nodes.get_mut(&call.node).filter(|result| result.status == NodeStatus::Cancelled) {
            match (call.item, &mut result.items) {
                (None, _) => result.execution_id = execution_id.or(result.execution_id),
                (Some(item), Some(items)) => {
                    if let Some(done) = items.done.get_mut(&item) {
                        done.execution_id = execution_id.or(done.execution_id);
                    }
                }
                (Some(_), None) => {}
            }
        }
    }

    /// Changes what is known of a node.
    pub fn edit(&mut self, index: usize, change: impl FnOnce(&mut NodeResult)) {
        let plan: &'a Plan = self.plan;
        if let Some(result) = self.state.nodes.get_mut(&plan.node(index).id) {
            change(result);
        }
    }

    pub fn view(&self) -> View<'_> {
        View { plan: self.plan, state: &self.state }
    }

    pub fn inputs(&self, index: usize) -> Result<Map<String, Value>, String> {
        self.view().inputs(index)
    }

    pub fn result(&self, index: usize) -> Option<&NodeResult> {
        self.view().result(index)
    }

    pub fn status(&self, index: usize) -> NodeStatus {
        self.result(index).map_or(NodeStatus::Skipped, |result| result.status)
    }

    pub fn call_id(&self, index: usize) -> CallId {
        CallId { node: self.plan.node(index).id.clone(), item: None }
    }

    /// Calls what the node names, for its current attempt.
    pub fn send(&mut self, index: usize, target: Target) {
        match self.inputs(index) {
            Ok(inputs) => self.call(index, target, inputs),
            Err(message) => self.fail(index, "mapping", message),
        }
    }

    pub fn call(&mut self, index: usize, target: Target, inputs: Map<String, Value>) {
        let at = self.at;
        let due = self.plan.node(index).config.timeout_ms.map(|ms| super::waits::after(at, ms));
        let mut attempt = 1;
        self.edit(index, |result| {
            result.status = NodeStatus::Running;
            result.due_at = due;
            attempt = result.attempts;
        });
        let call = self.call_id(index);
        if let Some(due) = due {
            self.actions.push(Action::WakeAt { call: call.clone(), due });
        }
        self.actions.push(Action::Call { call, attempt, target, inputs });
    }

    pub fn end(&mut self, status: RunStatus, output: Option<Value>, error: Option<String>) {
        self.state.status = status;
        self.state.output = output;
        self.state.error = error;
        self.state.completed_at = Some(self.at);
        self.actions.push(Action::Finish);
    }
}

impl Event {
    /// How the call of a node ended, where nothing more is known.
    #[must_use]
    pub fn failed(call: CallId, attempt: u32, class: &str, message: impl Into<String>, retryable: bool) -> Self {
        let outcome = super::Outcome::Failure { class: class.to_owned(), message: message.into(), retryable };
        Self::Finished { call, attempt, outcome, execution_id: None, duration_ms: 0.0 }
    }
}

pub(super) fn milliseconds(time: TimeDelta) -> f64 {
    time.num_microseconds().map_or(f64::MAX, |us| us as f64 / 1000.0)
}
