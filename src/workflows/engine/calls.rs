//! How calls end: well, badly, or to be tried again.

use super::{Action, CallId, MOST_BYTES, NodeStatus, Outcome, plan::Step, turn::Turn, waits};
use crate::ids::ExecutionId;
use serde_json::Value;
use std::io::{self, Write};

impl Turn<'_> {
    pub fn finished(&mut self, call: &CallId, attempt: u32, outcome: Outcome, execution_id: Option<ExecutionId>, duration_ms: f64) {
        let Some(index) = self.plan.index(&call.node) else { return };
        if let Some(item) = call.item {
            return self.item_finished(index, item, attempt, outcome, execution_id);
        }
        let current = self.result(index).is_some_and(|result| result.status == NodeStatus::Running && result.attempts == attempt);
        if !current || !matches!(self.plan.step(index), Ok(Step::Call(_))) {
            return;
        }
        self.edit(index, |result| {
            result.execution_id = execution_id.or(result.execution_id);
            result.duration_ms = Some(duration_ms);
        });
        match outcome {
            Outcome::Success(output) => self.succeed(index, output, None),
            Outcome::Failure { class, message, retryable } => self.failed(index, &class, message, retryable),
        }
        self.advance();
    }

    /// An attempt has failed: another one, or the end of the node.
    pub fn failed(&mut self, index: usize, class: &str, message: String, retryable: bool) {
        let node = self.plan.node(index);
        let attempts = self.result(index).map_or(1, |result| result.attempts);
        let Some(retry) = node.config.retry.filter(|retry| retryable && attempts < retry.max_attempts) else {
            return self.fail(index, class, message);
        };
        let call = self.call_id(index);
        let due = self.at + waits::backoff(retry, self.state.seed, &call, attempts);
        self.edit(index, |result| {
            result.status = NodeStatus::Retrying;
            result.error = Some(message);
            result.error_class = Some(class.to_owned());
            result.due_at = Some(due);
        });
        self.actions.push(Action::WakeAt { call, due });
    }

    /// The next attempt.
    pub fn again(&mut self, index: usize) {
        if let Ok(Step::Call(target)) = self.plan.step(index) {
            let target = *target;
            self.edit(index, |result| (result.attempts, result.status) = (result.attempts + 1, NodeStatus::Running));
            self.send(index, target);
        }
    }

    /// An attempt has taken too long: it is stopped, and that is a failure like another.
    pub fn timed_out(&mut self, index: usize) {
        let call = self.call_id(index);
        self.actions.push(Action::Stop { call });
        let ms = self.plan.node(index).config.timeout_ms.unwrap_or_default();
        self.failed(index, "timeout", format!("It took longer than {ms} ms."), true);
    }
}

/// Refuses outputs that would burden every server and page that touches the run.
pub(super) fn small_enough(output: &Value) -> Result<(), String> {
    struct Counter(usize);
    impl Write for Counter {
        fn write(&mut self, part: &[u8]) -> io::Result<usize> {
            self.0 += part.len();
            Ok(part.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut counter = Counter(0);
    let size = serde_json::to_writer(&mut counter, output).map(|()| counter.0).unwrap_or(usize::MAX);
    if size <= MOST_BYTES {
        return Ok(());
    }
    Err(format!(
        "Its output is {:.1} MB; a step hands on {:.0} MB at most. Let the tool return less, or a place where the rest can be read.",
        size as f64 / 1_048_576.0,
        MOST_BYTES as f64 / 1_048_576.0
    ))
}
