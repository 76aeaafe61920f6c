//! What is wrong with a definition. Every finding names node, field, what is wrong and what to do about it.

use super::{
    Catalog, Definition, Finding, FindingCode as Code, Node, NodeKind, Severity, ToolShape,
    order::{Order, order},
    path::{Path, Segment},
    types,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, HashSet};

pub const MOST_NODES: usize = 1_000;
pub const MOST_EDGES: usize = 10_000;

/// All findings, in the order of the nodes. `tools`: what whoever asks may use.
#[must_use]
pub fn validate(definition: &Definition, tools: &Catalog) -> Vec<Finding> {
    let mut check = Check { definition, tools, findings: Vec::new() };
    if definition.nodes.len() > MOST_NODES || definition.edges.len() > MOST_EDGES {
        check.error(
            Code::TooLarge,
            None,
            None,
            format!("The workflow has {} nodes and {} edges.", definition.nodes.len(), definition.edges.len()),
            format!("At most {MOST_NODES} nodes and {MOST_EDGES} edges: split it into several workflows."),
        );
        return check.findings;
    }
    check.ids();
    check.nodes();
    let order = order(definition);
    check.order(&order);
    check.feeds();
    let position: HashMap<&str, usize> = definition.nodes.iter().enumerate().map(|(i, node)| (node.id.as_str(), i)).collect();
    check.findings.sort_by_key(|finding| (finding.node.as_deref().and_then(|id| position.get(id).copied()), finding.severity));
    check.findings
}

/// What an input may be called: like a parameter of a tool.
pub fn check_input_name(name: &str) -> Result<(), &'static str> {
    let mut letters = name.chars();
    let begins = letters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    if !begins || !letters.all(|c| c.is_ascii_alphanumeric() || c == '_') {
        Err("A name has letters, digits and underscores, and starts with no digit.")
    } else if name.len() > 64 {
        Err("A name has at most 64 characters.")
    } else {
        Ok(())
    }
}

struct Check<'a> {
    definition: &'a Definition,
    tools: &'a Catalog,
    findings: Vec<Finding>,
}

impl<'a> Check<'a> {
    fn add(&mut self, severity: Severity, code: Code, node: Option<&str>, field: Option<&str>, message: String, remedy: impl Into<String>) {
        let (node, field) = (node.map(str::to_owned), field.map(str::to_owned));
        self.findings.push(Finding { code, severity, node, field, message, remedy: remedy.into() });
    }

    fn error(&mut self, code: Code, node: Option<&str>, field: Option<&str>, message: String, remedy: impl Into<String>) {
        self.add(Severity::Error, code, node, field, message, remedy);
    }

    fn ids(&mut self) {
        let definition = self.definition;
        let mut seen = HashSet::new();
        for node in &definition.nodes {
            if node.id.trim().is_empty() || node.id.len() > 100 {
                self.error(
                    Code::DuplicateId,
                    Some(&node.id),
                    None,
                    "A node has no id, or one of more than 100 characters.".to_owned(),
                    "Give every node an id of 1 to 100 characters.",
                );
            } else if !seen.insert(node.id.as_str()) {
                self.error(
                    Code::DuplicateId,
                    Some(&node.id),
                    None,
                    format!("Two nodes have the id “{}”.", node.id),
                    "Give every node an id of its own.",
                );
            }
        }
        let mut edges = HashSet::new();
        for edge in &definition.edges {
            if !edges.insert(edge.id.as_str()) {
                self.error(
                    Code::DuplicateId,
                    Some(&edge.target),
                    None,
                    format!("Two edges have the id “{}”.", edge.id),
                    "Give every edge an id of its own.",
                );
            }
            for (end, id) in [("begins", &edge.source), ("ends", &edge.target)] {
                if !seen.contains(id.as_str()) {
                    self.error(
                        Code::DanglingEdge,
                        None,
                        None,
                        format!("The edge “{}” {end} at “{id}”, which does not exist.", edge.id),
                        "Remove the edge or add the node.",
                    );
                }
            }
        }
    }

    fn nodes(&mut self) {
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

    fn order(&mut self, order: &Order) {
        let definition = self.definition;
        let names = |nodes: &[usize]| nodes.iter().map(|&i| format!("“{}”", definition.nodes[i].name())).collect::<Vec<_>>().join(" → ");
        if let Some(&first) = order.cycle.first() {
            let round = format!("{} → “{}”", names(&order.cycle), definition.nodes[first].name());
            self.error(
                Code::Cycle,
                Some(&definition.nodes[first].id),
                None,
                format!("These steps wait for each other: {round}."),
                "Remove one of the connections between them.",
            );
        }
        for &node in &order.behind_cycle {
            let node = &definition.nodes[node];
            self.error(
                Code::Unreachable,
                Some(&node.id),
                None,
                format!("“{}” is never reached: it waits for steps that wait for each other.", node.name()),
                "Resolve the cycle before it.",
            );
        }
        let connected: HashSet<&str> = definition.edges.iter().flat_map(|edge| [edge.source.as_str(), edge.target.as_str()]).collect();
        let reached: HashSet<&str> = definition.edges.iter().map(|edge| edge.target.as_str()).collect();
        let steps = definition.nodes.iter().filter(|node| node.kind == NodeKind::Tool).count();
        for node in &definition.nodes {
            match node.kind {
                NodeKind::Output if !reached.contains(node.id.as_str()) => self.error(
                    Code::Unreachable,
                    Some(&node.id),
                    None,
                    "Nothing leads to the output.".to_owned(),
                    "Choose which fields of which steps the workflow gives back, or remove the output node.",
                ),
                NodeKind::Tool if steps > 1 && !connected.contains(node.id.as_str()) => self.add(
                    Severity::Warning,
                    Code::Unreachable,
                    Some(&node.id),
                    None,
                    format!("“{}” is connected to nothing: it runs at the start, and its output is not used.", node.name()),
                    "Feed it from another step, use its output, or remove it.",
                ),
                _ => {}
            }
        }
    }

    /// Are all required inputs fed, once each, from places that exist, with values of the right type?
    fn feeds(&mut self) {
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
                if let (Some(given), Some(wanted)) = (given, wanted) {
                    if let Err((given, wanted)) = types::fits(&given, &wanted) {
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
