//! What is wrong with how nodes are fed.

use super::Check;
use crate::workflows::graph::{
    FindingCode as Code, Node, NodeKind, Severity, ToolShape,
    path::{Path, Segment},
    types,
};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

impl<'a> Check<'a> {
    /// Are all required inputs fed, once each, from places that exist, with values of the right type?
    pub(super) fn feeds(&mut self) {
        let definition = self.definition;
        let nodes: HashMap<&str, &Node> = definition.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
        let input_schema = definition.input_schema();
        let mut fed: HashMap<&str, BTreeMap<&str, &str>> = HashMap::new();
        for edge in &definition.edges {
            let (Some(source), Some(target)) = (nodes.get(edge.source.as_str()), nodes.get(edge.target.as_str())) else {
                continue;
            };
            if target.kind == NodeKind::Input {
                self.error(
                    Code::UnknownHandle,
                    Some(&target.id),
                    None,
                    "An edge leads into the input node.".to_owned(),
                    "The input is where a run begins: remove the edge.",
                );
            }
            if source.kind == NodeKind::Output {
                self.error(
                    Code::UnknownHandle,
                    Some(&source.id),
                    None,
                    "An edge leaves the output node.".to_owned(),
                    "The output is where a run ends: remove the edge.",
                );
            }
            if edge.source_handle.is_some() && edge.target_handle.is_none() {
                self.error(
                    Code::UnknownHandle,
                    Some(&target.id),
                    None,
                    format!("The edge “{}” names an output field but no input field.", edge.id),
                    "Give it a targetHandle too.",
                );
            }
            for (from, to) in edge.pairs() {
                let given = self.source_schema(source, target, from, to, &input_schema);
                let wanted = self.target_schema(target, to);
                if let (Some(given), Some(wanted)) = (given, wanted)
                    && let Err((given, wanted)) = types::fits(&given, &wanted)
                {
                    self.error(
                        Code::TypeMismatch,
                        Some(&target.id),
                        Some(to),
                        format!(
                            "“{to}” of “{}” wants {wanted}, but “{from}” of “{}” is {given}.",
                            target.title(self.tools),
                            source.title(self.tools)
                        ),
                        format!("Choose a source of type {wanted}."),
                    );
                }
                if let Some(other) = fed.entry(&target.id).or_default().insert(to, &source.id) {
                    let other = nodes.get(other).map_or(other, |node| node.title(self.tools));
                    self.error(
                        Code::FedTwice,
                        Some(&target.id),
                        Some(to),
                        format!(
                            "“{to}” of “{}” is fed twice, from “{other}” and “{}”.",
                            target.title(self.tools),
                            source.title(self.tools)
                        ),
                        "Keep one of the two.",
                    );
                }
            }
        }
        for node in definition.nodes.iter().filter(|node| node.kind == NodeKind::Tool) {
            let empty = BTreeMap::new();
            self.node_inputs(node, fed.get(node.id.as_str()).unwrap_or(&empty));
        }
    }

    fn tool(&self, node: &Node) -> Option<&'a ToolShape> {
        node.tool_id.and_then(|id| self.tools.get(&id))
    }

    fn path(&mut self, node: &Node, field: &str, text: &str) -> Option<Path> {
        match Path::parse(text) {
            Ok(path) => Some(path),
            Err(message) => {
                self.error(Code::BadPath, Some(&node.id), Some(field), message, "Write paths like rows, items[0].name or items[*].price.");
                None
            }
        }
    }

    fn source_schema(&mut self, source: &Node, target: &Node, from: &str, to: &str, input_schema: &Value) -> Option<Value> {
        let path = self.path(target, to, from)?;
        let (schema, severity) = match source.kind {
            NodeKind::Input => (input_schema, Severity::Error),
            // What a tool says of its output is a promise, not a fact: a field it does not mention may still come.
            _ => (&self.tool(source)?.output_schema, Severity::Warning),
        };
        // A workflow without declared inputs has no field at all; the walker takes an empty object as “not said”.
        let found = if source.kind == NodeKind::Input && types::fields(schema).is_empty() && !path.0.is_empty() {
            Err(from.to_owned())
        } else {
            types::at(schema, &path)
        };
        match found {
            Ok(found) => found,
            Err(missing) => {
                let of = if source.kind == NodeKind::Input {
                    "The workflow's inputs have".to_owned()
                } else {
                    format!("The output of “{}” has", source.title(self.tools))
                };
                let known: Vec<&str> = types::fields(schema).iter().map(|(name, _)| *name).collect();
                let remedy = if known.is_empty() {
                    "Add it, or choose another source.".to_owned()
                } else {
                    format!("Choose one of: {}.", known.join(", "))
                };
                self.add(
                    severity,
                    Code::UnknownHandle,
                    Some(&target.id),
                    Some(to),
                    format!("{of} no field “{missing}” (in “{from}”)."),
                    remedy,
                );
                None
            }
        }
    }

    fn target_schema(&mut self, target: &Node, to: &str) -> Option<Value> {
        let path = self.path(target, to, to)?;
        if path.0.is_empty() || path.0.iter().any(|segment| !matches!(segment, Segment::Field(_))) {
            self.error(
                Code::BadPath,
                Some(&target.id),
                Some(to),
                format!("“{to}” is no field that can be fed."),
                "Feed a field by its name, such as customer or customer.name.",
            );
            return None;
        }
        let tool = self.tool(target)?;
        match types::at(&tool.input_schema, &path) {
            Ok(schema) => schema,
            Err(missing) => {
                self.unknown_input(target, tool, to, &missing);
                None
            }
        }
    }

    fn unknown_input(&mut self, node: &Node, tool: &ToolShape, field: &str, missing: &str) {
        let known: Vec<&str> = types::fields(&tool.input_schema).iter().map(|(name, _)| *name).collect();
        let remedy = if known.is_empty() {
            "The tool takes no inputs: remove this one.".to_owned()
        } else {
            format!("The tool takes: {}.", known.join(", "))
        };
        self.error(
            Code::UnknownHandle,
            Some(&node.id),
            Some(field),
            format!("“{}” has no input “{missing}”.", node.title(self.tools)),
            remedy,
        );
    }

    fn node_inputs(&mut self, node: &Node, fed: &BTreeMap<&str, &str>) {
        let Some(tool) = self.tool(node) else {
            return;
        };
        for (name, value) in &node.config.inputs {
            if fed.contains_key(name.as_str()) {
                let message = format!("“{name}” of “{}” has a constant and is fed from a step too.", node.title(self.tools));
                self.error(Code::FedTwice, Some(&node.id), Some(name), message, "Keep one of the two.");
            }
            match types::at(&tool.input_schema, &Path(vec![Segment::Field(name.clone())])) {
                Err(missing) => self.unknown_input(node, tool, name, &missing),
                Ok(Some(schema)) => {
                    if let Err((given, wanted)) = types::value_fits(value, &schema) {
                        let message = format!("“{name}” of “{}” wants {wanted}, but the constant is {given}.", node.title(self.tools));
                        self.error(Code::TypeMismatch, Some(&node.id), Some(name), message, format!("Give a value of type {wanted}."));
                    }
                }
                Ok(None) => {}
            }
        }
        for name in tool.input_schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            let inside = |target: &&str| target.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
            let is_fed = node.config.inputs.contains_key(name) || fed.keys().any(inside);
            if !is_fed && types::demands(&tool.input_schema, name) && !tool.fixed.iter().any(|fixed| fixed == name) {
                let message = format!("“{}” needs “{name}”, and nothing feeds it.", node.title(self.tools));
                self.error(
                    Code::RequiredInput,
                    Some(&node.id),
                    Some(name),
                    message,
                    "Give a constant, a workflow input or an earlier step's output.",
                );
            }
        }
    }
}
