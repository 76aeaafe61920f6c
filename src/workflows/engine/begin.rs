//! How each type of node begins.

use super::{Action, NodeStatus, plan::Step, turn::Turn, waits};
use crate::workflows::graph::{OnError, expression::Expression};
use serde_json::{Map, Value, json};

impl Turn<'_> {
    pub fn begin(&mut self, index: usize) {
        let at = self.at;
        self.edit(index, |result| {
            result.attempts += 1;
            result.started_at = result.started_at.or(Some(at));
        });
        let step = match self.plan.step(index) {
            Ok(step) => step,
            Err(message) => return self.fail(index, "mapping", message.to_owned()),
        };
        let inputs = match self.inputs(index) {
            Ok(inputs) => inputs,
            Err(message) => return self.fail(index, "mapping", message),
        };
        match step {
            Step::Input => self.succeed(index, Value::Object(self.state.input.clone()), None),
            Step::Gather { result: None } => self.succeed(index, Value::Object(inputs), None),
            Step::Gather { result: Some(expression) } => match self.value(expression, &inputs) {
                Ok(value) => self.succeed(index, value, None),
                Err(message) => self.fail(index, "mapping", message),
            },
            Step::Choose { cases, otherwise } => match self.choose(cases, otherwise, &inputs) {
                Ok(branch) => self.succeed(index, Value::Object(inputs), Some(branch)),
                Err(message) => self.fail(index, "mapping", message),
            },
            Step::Call(target) => self.call(index, *target, inputs),
            Step::Each(_) => self.begin_items(index, inputs),
            Step::Delay { ms, until } => match waits::delay(at, *ms, *until, &inputs) {
                Ok(due) => self.wait(index, Some(due)),
                Err(message) => self.fail(index, "mapping", message),
            },
            Step::Approval { expires_after_ms, .. } => self.wait(index, expires_after_ms.map(|ms| waits::after(at, ms))),
        }
    }

    fn wait(&mut self, index: usize, due: Option<chrono::DateTime<chrono::Utc>>) {
        self.edit(index, |result| (result.status, result.due_at) = (NodeStatus::Waiting, due));
        if let Some(due) = due {
            let call = self.call_id(index);
            self.actions.push(Action::WakeAt { call, due });
        }
    }

    fn value(&self, expression: &Expression, inputs: &Map<String, Value>) -> Result<Value, String> {
        let mut scope = self.view().scope(expression.names());
        scope.set("inputs", &Value::Object(inputs.clone()));
        expression.eval(&scope)
    }

    fn choose(&self, cases: &[(String, Expression)], otherwise: &str, inputs: &Map<String, Value>) -> Result<String, String> {
        for (branch, when) in cases {
            let mut scope = self.view().scope(when.names());
            scope.set("inputs", &Value::Object(inputs.clone()));
            if when.holds(&scope).map_err(|message| format!("Whether it goes on by “{branch}” cannot be decided. {message}"))? {
                return Ok(branch.clone());
            }
        }
        Ok(otherwise.to_owned())
    }

    pub fn succeed(&mut self, index: usize, output: Value, branch: Option<String>) {
        if let Err(message) = super::calls::small_enough(&output) {
            return self.fail(index, "too_large", message);
        }
        let at = self.at;
        self.edit(index, |result| {
            result.status = NodeStatus::Success;
            result.output = Some(output);
            result.branch = branch;
            (result.error, result.error_class, result.due_at) = (None, None, None);
            result.completed_at = Some(at);
            result.duration_ms = result.duration_ms.or_else(|| result.started_at.map(|from| super::turn::milliseconds(at - from)));
        });
    }

    /// The node has failed for good. What its policy says stands in for its output.
    pub fn fail(&mut self, index: usize, class: &str, message: String) {
        let at = self.at;
        let node = self.plan.node(index);
        self.edit(index, |result| {
            result.status = NodeStatus::Error;
            result.due_at = None;
            result.started_at = result.started_at.or(Some(at));
            result.completed_at = Some(at);
            result.duration_ms = result.duration_ms.or_else(|| result.started_at.map(|from| super::turn::milliseconds(at - from)));
            result.output = match node.config.on_error() {
                OnError::Fail => None,
                OnError::Continue => node.config.default_output.clone(),
                OnError::Branch => Some(json!({ "message": message, "class": class, "node": node.id, "attempts": result.attempts })),
            };
            result.error = Some(message);
            result.error_class = Some(class.to_owned());
        });
    }
}
