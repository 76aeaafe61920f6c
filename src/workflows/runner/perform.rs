//! Does what the engine says: calls tools and workflows, keeps times, stops calls.

use super::{
    ToolCall,
    children::{self, ChildCall},
    drive::Driver,
};
use crate::{
    executions::Cancel,
    workflows::{
        engine::{Action, CallId, Event, Target},
        store::Parent,
    },
};
use std::{future::Future, pin::Pin};
use tokio::{task::AbortHandle, time::Instant};

/// How a call that is under way is stopped.
pub(super) struct Stop {
    pub cancel: Cancel,
    /// A run of its own goes on when this server no longer owns ours: only our waiting for it ends.
    pub waits_for: Option<AbortHandle>,
}

impl Driver<'_> {
    /// `resumed`: a server died while these calls were under way.
    pub(super) fn perform(&mut self, action: Action, resumed: bool) {
        match action {
            Action::Call { call, attempt, target, inputs } => {
                let Some(actor) = self.actor.clone() else {
                    let message = "Who started this run is no member of the organization any more.";
                    self.tasks.spawn(async move { Event::failed(call, attempt, "unauthorized", message, false) });
                    return;
                };
                let cancel = Cancel::new();
                let (session_id, trace_id) = (self.run.session_id, self.run.trace_id.clone());
                match target {
                    Target::Tool(tool_id) => {
                        let answer = self.tools.call(ToolCall {
                            system: self.system.clone(),
                            actor,
                            run_id: self.claim.run_id,
                            call: call.clone(),
                            tool_id,
                            inputs,
                            attempt,
                            session_id,
                            trace_id,
                            cancel: cancel.clone(),
                            resumed,
                        });
                        self.spawn(
                            call.clone(),
                            attempt,
                            Box::pin(async move {
                                let result = answer.await;
                                (result.outcome, result.execution_id)
                            }),
                        );
                        self.stops.insert(call, Stop { cancel, waits_for: None });
                    }
                    Target::Workflow(workflow_id) => {
                        let parent = Parent { run_id: self.claim.run_id, call: call.clone(), attempt, depth: self.run.depth };
                        let system = self.system.clone();
                        let child = ChildCall {
                            system,
                            actor,
                            parent: Some(parent),
                            workflow_id,
                            version: None,
                            inputs,
                            session_id,
                            trace_id,
                            cancel: cancel.clone(),
                        };
                        let task = self.spawn(call.clone(), attempt, Box::pin(async move { (children::call(child).await, None) }));
                        self.stops.insert(call, Stop { cancel, waits_for: Some(task) });
                    }
                }
            }
            Action::WakeAt { call, due } => {
                let wait = (due - self.system.clock.now()).to_std().unwrap_or_default();
                self.timers.insert((Instant::now() + wait, due, call));
            }
            Action::Stop { call } => {
                if let Some(stop) = self.stops.remove(&call) {
                    stop.cancel.cancel();
                }
            }
            Action::Finish => {}
        }
    }

    fn spawn(&mut self, call: CallId, attempt: u32, work: Work) -> AbortHandle {
        let named = (call.clone(), attempt);
        let task = self.tasks.spawn(async move {
            let begun = Instant::now();
            let (outcome, execution_id) = work.await;
            let duration_ms = begun.elapsed().as_secs_f64() * 1000.0;
            Event::Finished { call, attempt, outcome, execution_id, duration_ms }
        });
        self.calls.insert(task.id(), named);
        task
    }
}

type Work = Pin<Box<dyn Future<Output = (crate::workflows::engine::Outcome, Option<crate::ids::ExecutionId>)> + Send>>;
