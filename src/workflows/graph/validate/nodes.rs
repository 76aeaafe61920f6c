//! What is wrong with nodes, each by itself: their policy, and the fields of inputs.

use super::{Check, check_input_name};
use crate::workflows::graph::{FindingCode as Code, Node, NodeKind, OnError, types};
use serde_json::json;
use std::collections::HashSet;

/// A day: what takes longer waits with `delay` or `approval`.
const LONGEST_TIMEOUT_MS: u64 = 86_400_000;

impl Check<'_> {
    pub(super) fn nodes(&mut self) {
        let definition = self.definition;
        if !definition.nodes.iter().any(|node| !matches!(node.kind, NodeKind::Input | NodeKind::Output)) {
            self.error(Code::Empty, None, None, "The workflow has no step yet.".to_owned(), "Add a step that calls a tool.");
        }
        let mut inputs = 0;
        for node in &definition.nodes {
            if node.kind == NodeKind::Input {
                inputs += 1;
                if inputs == 2 {
                    let message = "There are two nodes of type input.".to_owned();
                    self.at(Code::DuplicateId, node, "type", message, "Keep one, and put all inputs there.");
                }
                self.input_fields(node);
            }
            self.calls(node);
            self.settings(node);
            self.policy(node);
        }
    }

    fn policy(&mut self, node: &Node) {
        let config = &node.config;
        if config.retry.is_some_and(|retry| !(1..=10).contains(&retry.max_attempts) || retry.backoff_ms > 300_000) {
            let message = format!("The retry policy of “{}” is out of range.", node.name());
            self.at(Code::BadPolicy, node, "retry", message, "1 to 10 attempts, at most 300 000 ms between them.");
        }
        if config.timeout_ms.is_some_and(|ms| !(1..=LONGEST_TIMEOUT_MS).contains(&ms)) {
            let message = format!("The time that “{}” may take is out of range.", node.name());
            self.at(Code::BadPolicy, node, "timeoutMs", message, "1 to 86 400 000 ms (one day).");
        }
        if config.on_error.is_some_and(|choice| choice != OnError::Continue) && config.continue_on_error {
            let message = format!("“{}” says both onError and continueOnError.", node.name());
            self.at(Code::BadPolicy, node, "onError", message, "Remove continueOnError.");
        }
    }

    fn input_fields(&mut self, node: &Node) {
        let mut seen = HashSet::new();
        for field in &node.config.fields {
            if let Err(message) = check_input_name(&field.name) {
                self.error(
                    Code::BadInputField,
                    Some(&node.id),
                    Some(&field.name),
                    format!("The input “{}” has no valid name. {message}", field.name),
                    "Rename the input.",
                );
            }
            if !seen.insert(field.name.as_str()) {
                self.error(
                    Code::BadInputField,
                    Some(&node.id),
                    Some(&field.name),
                    format!("Two inputs are called “{}”.", field.name),
                    "Rename one of them.",
                );
            }
            let wrong = field.default.as_ref().filter(|value| types::value_fits(value, &json!({ "type": field.kind.as_str() })).is_err());
            if let Some(value) = wrong {
                self.error(
                    Code::BadInputField,
                    Some(&node.id),
                    Some(&field.name),
                    format!("The default of the input “{}” is of type {}.", field.name, types::kind_of(value)),
                    format!("Give a default of type {}.", field.kind.as_str()),
                );
            }
        }
    }
}
