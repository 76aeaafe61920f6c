//! What is wrong with how nodes are fed.

use super::Check;
use crate::workflows::graph::{
    ERROR_BRANCH, Edge, FindingCode as Code, Node, NodeKind, Severity,
    path::{Path, Segment},
    shape, types,
};
use serde_json::Value;
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

impl Check<'_> {
    /// Are all required inputs fed, once each, from places that exist, with values of the right type?
    pub(super) fn feeds(&mut self) {
        let definition = self.definition;
        let nodes: HashMap<&str, &Node> = definition.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
        let mut fed: HashMap<&str, BTreeMap<&str, &str>> = HashMap::new();
        // What a step would feed that is switched off.
        let mut not_fed: HashMap<&str, BTreeMap<&str, &Node>> = HashMap::new();
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
            for (from, to) in edge.pairs() {
                let given = self.source_schema(edge, source, target, from, to);
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
                if source.is_off() {
                    not_fed.entry(&target.id).or_default().insert(to, source);
                    continue;
                }
                let again = fed.entry(&target.id).or_default().insert(to, &source.id);
                // Branches that are joined may bring the same field: the one that arrives counts.
                if let Some(other) = again.filter(|_| !target.kind.joins()) {
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
        for node in &definition.nodes {
            let (empty, none) = (BTreeMap::new(), BTreeMap::new());
            let id = node.id.as_str();
            self.node_inputs(node, fed.get(id).unwrap_or(&empty), not_fed.get(id).unwrap_or(&none));
        }
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

    fn source_schema(&mut self, edge: &Edge, source: &Node, target: &Node, from: &str, to: &str) -> Option<Value> {
        let path = self.path(target, to, from)?;
        let outputs = Rc::clone(&self.outputs);
        let given = &*outputs[self.position[source.id.as_str()]];
        let (schema, severity) = match source.kind {
            _ if edge.branch() == Some(ERROR_BRANCH) => (Cow::Owned(shape::error_schema()), Severity::Error),
            // What is called says of its output what it promises, not what is: a field that is not mentioned may still come.
            NodeKind::Tool | NodeKind::Workflow | NodeKind::ForEach => (Cow::Borrowed(given), Severity::Warning),
            _ => (Cow::Borrowed(given), Severity::Error),
        };
        let schema = &*schema;
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
        let schema = shape::input(target, self.tools)?;
        match types::at(&schema, &path) {
            Ok(schema) => schema,
            Err(missing) => {
                self.unknown_input(target, &schema, to, &missing);
                None
            }
        }
    }

    fn unknown_input(&mut self, node: &Node, schema: &Value, field: &str, missing: &str) {
        let known: Vec<&str> = types::fields(schema).iter().map(|(name, _)| *name).collect();
        let remedy =
            if known.is_empty() { "It takes no inputs: remove this one.".to_owned() } else { format!("It takes: {}.", known.join(", ")) };
        self.error(
            Code::UnknownHandle,
            Some(&node.id),
            Some(field),
            format!("“{}” has no input “{missing}”.", node.title(self.tools)),
            remedy,
        );
    }

    fn node_inputs(&mut self, node: &Node, fed: &BTreeMap<&str, &str>, not_fed: &BTreeMap<&str, &Node>) {
        for name in node.config.expressions.keys() {
            if fed.contains_key(name.as_str()) || node.config.inputs.contains_key(name) {
                let message = format!("“{name}” of “{}” has an expression and is fed in another way too.", node.title(self.tools));
                self.error(Code::FedTwice, Some(&node.id), Some(name), message, "Keep one of the two.");
            }
        }
        let schema = shape::input(node, self.tools);
        if let Some(schema) = &schema {
            for name in node.config.expressions.keys() {
                if let Err(missing) = types::at(schema, &Path(vec![Segment::Field(name.clone())])) {
                    self.unknown_input(node, schema, name, &missing);
                }
            }
        }
        for (name, value) in &node.config.inputs {
            if fed.contains_key(name.as_str()) {
                let message = format!("“{name}” of “{}” has a constant and is fed from a step too.", node.title(self.tools));
                self.error(Code::FedTwice, Some(&node.id), Some(name), message, "Keep one of the two.");
            }
            let Some(schema) = &schema else { continue };
            match types::at(schema, &Path(vec![Segment::Field(name.clone())])) {
                Err(missing) => self.unknown_input(node, schema, name, &missing),
                Ok(Some(schema)) => {
                    if let Err((given, wanted)) = types::value_fits(value, &schema) {
                        let message = format!("“{name}” of “{}” wants {wanted}, but the constant is {given}.", node.title(self.tools));
                        self.error(Code::TypeMismatch, Some(&node.id), Some(name), message, format!("Give a value of type {wanted}."));
                    }
                }
                Ok(None) => {}
            }
        }
        let Some(schema) = &schema else { return };
        let fixed = shape::fixed(node, self.tools);
        for name in schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            let inside = |target: &&str| target.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
            let set = node.config.inputs.contains_key(name) || node.config.expressions.contains_key(name);
            let is_fed = set || fed.keys().any(inside);
            if !is_fed && types::demands(schema, name) && !fixed.iter().any(|fixed| fixed == name) {
                let off = not_fed.iter().find(|(target, _)| inside(target)).map(|(_, source)| source.title(self.tools));
                let (message, remedy) = match off {
                    Some(off) => (
                        format!("“{}” needs “{name}”, and “{off}”, which feeds it, is disabled.", node.title(self.tools)),
                        format!("Enable “{off}”, or feed it from elsewhere."),
                    ),
                    None => (
                        format!("“{}” needs “{name}”, and nothing feeds it.", node.title(self.tools)),
                        "Give a constant, a workflow input or an earlier step's output.".to_owned(),
                    ),
                };
                self.error(Code::RequiredInput, Some(&node.id), Some(name), message, remedy);
            }
        }
    }
}
