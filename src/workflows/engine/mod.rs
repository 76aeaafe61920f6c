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

mod advance;
mod state;
mod turn;

#[cfg(test)]
mod tests;

pub use state::{NodeResult, NodeStatus, RunState, RunStatus};

use super::graph::{
    Definition, Node, NodeKind,
    resolve::{self, Offer},
};
use crate::ids::ExecutionId;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use turn::Turn;

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
