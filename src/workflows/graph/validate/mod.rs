//! What is wrong with a definition. Every finding names node, field, what is wrong and what to do about it.

mod feeds;
mod nodes;

use super::{
    Catalog, Definition, Finding, FindingCode as Code, NodeKind, Severity,
    order::{Order, order},
};
use std::collections::{HashMap, HashSet};

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

impl Check<'_> {
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
}
