//! `for_each`: one call for each item of a list, some at the same time, each with its own attempts.

use super::{
    Action, CallId, Item, Items, MOST_ITEMS, NodeStatus, Outcome,
    plan::{Each, Step},
    state::ItemSource,
    turn::Turn,
    waits,
};
use crate::{ids::ExecutionId, workflows::graph::types};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use std::sync::Arc;

impl Turn<'_> {
    fn each(&self, index: usize) -> Option<&Each> {
        match self.plan.step(index) {
            Ok(Step::Each(each)) => Some(each),
            _ => None,
        }
    }

    pub fn begin_items(&mut self, index: usize, inputs: Map<String, Value>) {
        let source = match source(inputs) {
            Ok(source) => source,
            Err(message) => return self.fail(index, "mapping", message),
        };
        let total = u32::try_from(source.list.len()).unwrap_or(u32::MAX);
        self.edit(index, |result| {
            result.status = NodeStatus::Running;
            result.items = Some(Items { total, source: Some(Arc::new(source)), ..Items::default() });
        });
        self.launch(index);
    }

    /// What was called when the process died is called again; finished items are not.
    pub fn resume_items(&mut self, index: usize) {
        let found = self.inputs(index).and_then(source).map(Arc::new);
        let source = match found {
            Ok(source) => source,
            Err(message) => return self.fail(index, "mapping", message),
        };
        let mut open = Vec::new();
        self.edit(index, |result| {
            if let Some(items) = &mut result.items {
                items.source = Some(source);
                open =
                    items.done.iter().filter(|(_, item)| !item.status.is_final()).map(|(&n, item)| (n, item.status, item.due_at)).collect();
            }
        });
        for (item, status, due) in open {
            match (status, due) {
                (NodeStatus::Retrying, Some(due)) => {
                    let call = CallId { item: Some(item), ..self.call_id(index) };
                    self.actions.push(Action::WakeAt { call, due });
                }
                _ => self.send_item(index, item),
            }
        }
        self.launch(index);
    }

    fn edit_item(&mut self, index: usize, item: u32, change: impl FnOnce(&mut Items, &mut Item)) {
        self.edit(index, |result| {
            if let Some(items) = &mut result.items
                && let Some(mut done) = items.done.remove(&item)
            {
                change(items, &mut done);
                items.done.insert(item, done);
            }
        });
    }

    fn items(&self, index: usize) -> Option<&Items> {
        self.result(index)?.items.as_ref()
    }

    fn item(&self, index: usize, item: u32) -> Option<&Item> {
        self.items(index)?.done.get(&item)
    }

    /// Begins as many items as may run at the same time; ends the node when all are done.
    fn launch(&mut self, index: usize) {
        let Some((concurrency, goes_on)) = self.each(index).map(|each| (each.concurrency, each.goes_on)) else { return };
        loop {
            let Some(items) = self.items(index) else { return };
            let stops = items.failed > 0 && !goes_on;
            if items.open == 0 && (items.next == items.total || stops) {
                return self.items_done(index, goes_on);
            }
            if items.open >= concurrency || items.next == items.total || stops {
                return;
            }
            let next = items.next;
            self.edit(index, |result| {
                if let Some(items) = &mut result.items {
                    items.next += 1;
                    items.open += 1;
                    items.done.insert(next, Item { status: NodeStatus::Running, attempts: 1, ..Item::default() });
                }
            });
            self.send_item(index, next);
        }
    }

    fn send_item(&mut self, index: usize, item: u32) {
        let Some(target) = self.each(index).map(|each| each.target) else { return };
        let call = CallId { item: Some(item), ..self.call_id(index) };
        match self.item_inputs(index, item) {
            Ok(inputs) => {
                let due = self.plan.node(index).config.timeout_ms.map(|ms| waits::after(self.at, ms));
                let mut attempt = 1;
                self.edit_item(index, item, |_, item| {
                    (item.status, item.due_at) = (NodeStatus::Running, due);
                    attempt = item.attempts;
                });
                if let Some(due) = due {
                    self.actions.push(Action::WakeAt { call: call.clone(), due });
                }
                self.actions.push(Action::Call { call, attempt, target, inputs });
            }
            Err(message) => self.item_failed(index, item, message, false),
        }
    }

    fn item_inputs(&self, index: usize, item: u32) -> Result<Map<String, Value>, String> {
        let each = self.each(index).ok_or("This is no for_each.")?;
        let source = self.items(index).and_then(|items| items.source.clone()).ok_or("The list is not at hand.")?;
        let value = source.list.get(item as usize).ok_or("The list has become shorter.")?;
        let mut inputs = source.common.clone();
        if each.fields.is_empty() {
            let Value::Object(fields) = value else {
                return Err(format!(
                    "The item is of type {}; its fields cannot be given to the call. Say in “each” which field takes “item”.",
                    types::kind_of(value)
                ));
            };
            inputs.extend(fields.clone());
        }
        for (field, expression) in &each.fields {
            let mut scope = self.view().scope(expression.names());
            scope.set("item", value);
            scope.set("index", &json!(item));
            scope.set("inputs", &Value::Object(source.common.clone()));
            let value = expression.eval(&scope).map_err(|message| format!("The input “{field}” cannot be made. {message}"))?;
            inputs.insert(field.clone(), value);
        }
        Ok(inputs)
    }

    pub fn item_finished(&mut self, index: usize, item: u32, attempt: u32, outcome: Outcome, execution_id: Option<ExecutionId>) {
        let current = self.item(index, item).is_some_and(|item| item.status == NodeStatus::Running && item.attempts == attempt);
        if self.status(index) != NodeStatus::Running || !current {
            return;
        }
        self.edit_item(index, item, |_, item| item.execution_id = execution_id.or(item.execution_id));
        match outcome {
            Outcome::Success(output) => match super::calls::small_enough(&output) {
                Ok(()) => self.edit_item(index, item, |items, item| {
                    items.open -= 1;
                    (item.status, item.output, item.error, item.due_at) = (NodeStatus::Success, Some(output), None, None);
                }),
                Err(message) => self.item_failed(index, item, message, false),
            },
            Outcome::Failure { message, retryable, .. } => self.item_failed(index, item, message, retryable),
        }
        self.launch(index);
        self.advance();
    }

    fn item_failed(&mut self, index: usize, item: u32, message: String, retryable: bool) {
        let attempts = self.item(index, item).map_or(1, |item| item.attempts);
        let retry = self.plan.node(index).config.retry.filter(|retry| retryable && attempts < retry.max_attempts);
        let Some(retry) = retry else {
            return self.edit_item(index, item, |items, item| {
                items.open -= 1;
                items.failed += 1;
                (item.status, item.error, item.due_at) = (NodeStatus::Error, Some(message), None);
            });
        };
        let call = CallId { item: Some(item), ..self.call_id(index) };
        let due = self.at + waits::backoff(retry, self.state.seed, &call, attempts);
        self.edit_item(index, item, |_, item| (item.status, item.error, item.due_at) = (NodeStatus::Retrying, Some(message), Some(due)));
        self.actions.push(Action::WakeAt { call, due });
    }

    pub fn item_due(&mut self, index: usize, item: u32, due: DateTime<Utc>) {
        let Some(status) = self.item(index, item).filter(|item| item.due_at == Some(due)).map(|item| item.status) else { return };
        if self.status(index) != NodeStatus::Running {
            return;
        }
        match status {
            NodeStatus::Retrying => {
                self.edit_item(index, item, |_, item| item.attempts += 1);
                self.send_item(index, item);
            }
            NodeStatus::Running => {
                let call = CallId { item: Some(item), ..self.call_id(index) };
                self.actions.push(Action::Stop { call });
                let ms = self.plan.node(index).config.timeout_ms.unwrap_or_default();
                self.item_failed(index, item, format!("It took longer than {ms} ms."), true);
            }
            _ => return,
        }
        self.launch(index);
        self.advance();
    }

    /// All items have ended. The first that failed, in the order of the list, speaks for the node.
    fn items_done(&mut self, index: usize, goes_on: bool) {
        let Some(items) = self.items(index) else { return };
        let failed = items.done.iter().filter(|(_, item)| item.status == NodeStatus::Error);
        let errors: Vec<(u32, String)> = failed.map(|(&place, item)| (place, item.error.clone().unwrap_or_default())).collect();
        if let (false, Some((place, message))) = (goes_on, errors.first()) {
            let message = format!("Item {place} of {} failed: {message}", items.total);
            return self.fail(index, "item", message);
        }
        let results: Vec<Value> =
            (0..items.total).map(|place| items.done.get(&place).and_then(|item| item.output.clone()).unwrap_or(Value::Null)).collect();
        let told: Vec<Value> = errors.iter().map(|(index, message)| json!({ "index": index, "message": message })).collect();
        let output = json!({ "results": results, "errors": told, "count": items.total, "failed": errors.len() });
        self.succeed(index, output, None);
    }
}

/// The list, and what every call gets besides its item.
fn source(mut inputs: Map<String, Value>) -> Result<ItemSource, String> {
    match inputs.shift_remove("items") {
        Some(Value::Array(list)) if list.len() <= MOST_ITEMS => Ok(ItemSource { list, common: inputs }),
        Some(Value::Array(list)) => Err(format!(
            "The list has {} items; for_each goes over {MOST_ITEMS} at most. Cut the list into parts, and go over each in a workflow of its own.",
            list.len()
        )),
        Some(other) => Err(format!("“items” must be a list, not of type {}.", types::kind_of(&other))),
        None => Err("“items” is not fed: there is no list to go over.".to_owned()),
    }
}
