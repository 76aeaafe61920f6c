//! The engine: `(state, event) → (state, actions)`. Pure; whoever drives it stores the state before acting.
//!
//! | status of the run  | event         | becomes                                    | actions                              |
//! |--------------------|---------------|--------------------------------------------|--------------------------------------|
//! | pending            | start, resume | running; or ended when all is done         | begin each node that waits for nothing |
//! | pending            | cancel        | cancelled                                  | finish                               |
//! | pending            | other         | – (ignored)                                | –                                    |
//! | running, waiting   | finished      | running, waiting; or ended                 | begin what waited for it, or wake at the next try |
//! | running, waiting   | due           | running, waiting; or ended                 | call again; stop what took too long; begin what waited |
//! | running, waiting   | decided       | running, waiting; or ended                 | begin what waited for the answer     |
//! | running, waiting   | resume        | running, waiting                           | call again what was running, wake again |
//! | running, waiting   | cancel        | cancelled                                  | stop what runs, finish               |
//! | running, waiting   | start         | – (ignored)                                | –                                    |
//! | cancelled          | finished      | cancelled; the node's execution is noted   | –                                    |
//! | completed, failed, cancelled | other | – (ignored)                              | –                                    |
//!
//! A run is `waiting` while nothing runs and something waits for a time or for a person.
//!
//! A failed node fails the run, unless its policy says otherwise, but what does not depend on it runs to its end first: so the result
//! is the same whatever finishes first. A result is taken from a node that runs, and for its current attempt only: a finished node
//! never runs again.
//!
//! - [`plan`] a definition made ready to run, [`state`] what is known of a run, [`again`] runs that keep results of earlier ones;
//! - `turn` one event, `advance` what comes next, `begin` how each type of node begins, `calls` how calls end, `items` for_each,
//!   `waits` delays, approvals and timers, `scope` what a node is given.

mod advance;
pub mod again;
mod begin;
mod calls;
mod items;
pub mod plan;
mod scope;
mod state;
mod turn;
mod waits;

#[cfg(test)]
mod tests;

pub use plan::{Plan, Target};
pub use scope::{goes_on, inputs_of};
pub use state::{Item, Items, NodeResult, NodeStatus, Origin, RunState, RunStatus};

use crate::ids::ExecutionId;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use turn::Turn;

/// What a node may hand on: more belongs into a file or a database.
pub const MOST_BYTES: usize = 5 * 1024 * 1024;
/// What one `for_each` goes over.
pub const MOST_ITEMS: usize = 10_000;

/// Which call is meant: of a node, or of one item inside a `for_each`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId {
    pub node: String,
    pub item: Option<u32>,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Success(Value),
    Failure { class: String, message: String, retryable: bool },
}

/// What somebody answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub approved: bool,
    pub by: String,
    pub note: String,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Start,
    /// The run was taken up by another process: what was running then is called again.
    Resume,
    Finished {
        call: CallId,
        attempt: u32,
        outcome: Outcome,
        execution_id: Option<ExecutionId>,
        duration_ms: f64,
    },
    /// A time has come that an earlier [`Action::WakeAt`] named.
    Due {
        call: CallId,
        due: DateTime<Utc>,
    },
    Decided {
        node: String,
        decision: Decision,
    },
    Cancel,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    Call {
        call: CallId,
        attempt: u32,
        target: Target,
        inputs: Map<String, Value>,
    },
    /// Send [`Event::Due`] then.
    WakeAt {
        call: CallId,
        due: DateTime<Utc>,
    },
    Stop {
        call: CallId,
    },
    /// The run has ended; its state says how.
    Finish,
}

/// The whole engine. `at` is the time of the event.
#[must_use]
pub fn transition(plan: &Plan, state: RunState, event: Event, at: DateTime<Utc>) -> (RunState, Vec<Action>) {
    let mut turn = Turn { plan, state, at, actions: Vec::new() };
    match (turn.state.status, event) {
        (RunStatus::Pending, Event::Start | Event::Resume) => turn.start(),
        (RunStatus::Pending | RunStatus::Running | RunStatus::Waiting, Event::Cancel) => turn.cancel(),
        (RunStatus::Pending, Event::Finished { .. } | Event::Due { .. } | Event::Decided { .. }) => {}
        (RunStatus::Running | RunStatus::Waiting, Event::Finished { call, attempt, outcome, execution_id, duration_ms }) => {
            turn.finished(&call, attempt, outcome, execution_id, duration_ms);
        }
        (RunStatus::Running | RunStatus::Waiting, Event::Due { call, due }) => turn.due(&call, due),
        (RunStatus::Running | RunStatus::Waiting, Event::Decided { node, decision }) => turn.decided(&node, &decision),
        (RunStatus::Running | RunStatus::Waiting, Event::Resume) => turn.resume(),
        (RunStatus::Running | RunStatus::Waiting, Event::Start) => {}
        (RunStatus::Cancelled, Event::Finished { call, execution_id, .. }) => turn.note(&call, execution_id),
        (RunStatus::Cancelled, Event::Start | Event::Resume | Event::Due { .. } | Event::Decided { .. } | Event::Cancel) => {}
        (
            RunStatus::Completed | RunStatus::Failed,
            Event::Start | Event::Resume | Event::Finished { .. } | Event::Due { .. } | Event::Decided { .. } | Event::Cancel,
        ) => {}
    }
    (turn.state, turn.actions)
}
