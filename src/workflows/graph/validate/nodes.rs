//! What is wrong with nodes, each by itself.

use super::{Check, check_input_name};
use crate::workflows::graph::{FindingCode as Code, Node, NodeKind, Severity, types};
use serde_json::json;
use std::collections::HashSet;

impl Check<'_> {
    pub(super) fn nodes(&mut self) {
        let definition = self.definition;
        if !definition.nodes.iter().any(|node| node.kind == NodeKind::Tool) {
            self.error(Code::Empty, None, None, "The workflow has no step yet.".to_owned(), "Add a step that calls a tool.");
        }
        let mut inputs = 0;
        for node in &definition.nodes {
            let id = Some(node.id.as_str());
            if !node.kind.runs() {
                self.error(
                    Code::UnsupportedType,
                    id,
                    Some("type"),
                    format!("Nodes of type “{}” cannot be run by this release.", node.kind.as_str()),
                    "Use the types tool, input and output.",
                );
            }
            match (node.kind, node.tool_id) {
                (NodeKind::Tool, None) => self.error(
                    Code::UnknownTool,
                    id,
                    Some("toolId"),
                    format!("“{}” names no tool.", node.name()),
                    "Choose a tool for this step.",
                ),
                (NodeKind::Tool, Some(tool_id)) => match self.tools.get(&tool_id) {
                    None => self.error(
                        Code::UnknownTool,
                        id,
                        Some("toolId"),
                        format!("The tool of “{}” does not exist, or you may not use it.", node.name()),
                        "Choose another tool, or ask an admin for a grant.",
                    ),
                    Some(tool) if matches!(tool.status.as_str(), "draft" | "disabled") => self.add(
                        Severity::Warning,
                        Code::InactiveTool,
                        id,
                        Some("toolId"),
                        format!(
                            "The tool “{}” is {}.",
                            tool.display_name,
                            if tool.status == "draft" { "still a draft" } else { "disabled" }
                        ),
                        "Activate the tool before you run the workflow.",
                    ),
                    Some(_) => {}
                },
                (NodeKind::Input, _) => {
                    inputs += 1;
                    if inputs == 2 {
                        self.error(
                            Code::DuplicateId,
                            id,
                            Some("type"),
                            "There are two nodes of type input.".to_owned(),
                            "Keep one, and put all inputs there.",
                        );
                    }
                    self.input_fields(node);
                }
                _ => {}
            }
            if node.config.retry.is_some_and(|retry| !(1..=10).contains(&retry.max_attempts) || retry.backoff_ms > 300_000) {
                self.error(
                    Code::BadPolicy,
                    id,
                    Some("retry"),
                    format!("The retry policy of “{}” is out of range.", node.name()),
                    "1 to 10 attempts, at most 300 000 ms between them.",
                );
            }
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
