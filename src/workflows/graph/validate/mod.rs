//! What is wrong with a definition. Every finding names node, field, what is wrong and what to do about it.

mod branches;
mod calls;
mod disabled;
mod expressions;
mod feeds;
mod graph;
mod nodes;
mod settings;

use super::{
    Catalog, Definition, Edge, Finding, FindingCode as Code, Node, Severity,
    order::{Ancestors, Order, order},
    shape,
};
use serde_json::Value;
use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    rc::Rc,
};

pub const MOST_NODES: usize = 1_000;
pub const MOST_EDGES: usize = 10_000;
/// Workflows inside each other.
pub const MOST_DEPTH: u32 = 8;

/// All findings, in the order of the nodes. `tools`: what whoever asks may use.
#[must_use]
pub fn validate(definition: &Definition, tools: &Catalog) -> Vec<Finding> {
    let definition = definition.without_annotations();
    let definition = definition.as_ref();
    let order =
        if definition.nodes.len() > MOST_NODES || definition.edges.len() > MOST_EDGES { Order::default() } else { order(definition) };
    let mut check = Check::new(definition, tools, order);
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
    check.order();
    check.branches();
    check.feeds();
    check.expressions();
    // What is off does not run: what it lacks can wait until it is on again.
    let off: HashSet<&str> = definition.nodes.iter().filter(|node| node.is_off()).map(|node| node.id.as_str()).collect();
    check.findings.retain(|finding| finding.code.is_structural() || finding.node.as_deref().is_none_or(|id| !off.contains(id)));
    check.disabled();
    let position = check.position;
    let mut findings = check.findings;
    findings.sort_by_key(|finding| (finding.node.as_deref().and_then(|id| position.get(id).copied()), finding.severity));
    findings
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

/// A definition while it is judged, with what all parts of the judgement need.
struct Check<'a> {
    definition: &'a Definition,
    tools: &'a Catalog,
    order: Order,
    ancestors: Ancestors,
    /// Where in `nodes` an id stands.
    position: HashMap<&'a str, usize>,
    /// The edges into each node.
    incoming: Vec<Vec<&'a Edge>>,
    /// What each node gives.
    outputs: Rc<Vec<Cow<'a, Value>>>,
    findings: Vec<Finding>,
}

impl<'a> Check<'a> {
    fn new(definition: &'a Definition, tools: &'a Catalog, order: Order) -> Self {
        let position: HashMap<&str, usize> = definition.nodes.iter().enumerate().map(|(i, node)| (node.id.as_str(), i)).collect();
        let mut incoming: Vec<Vec<&Edge>> = vec![Vec::new(); definition.nodes.len()];
        for edge in &definition.edges {
            if let Some(&target) = position.get(edge.target.as_str()) {
                incoming[target].push(edge);
            }
        }
        let outputs = Rc::new(shape::outputs(definition, tools, &order));
        let ancestors = Ancestors::of(&order);
        Self { definition, tools, order, ancestors, position, incoming, outputs, findings: Vec::new() }
    }

    fn add(&mut self, severity: Severity, code: Code, node: Option<&str>, field: Option<&str>, message: String, remedy: impl Into<String>) {
        let (node, field) = (node.map(str::to_owned), field.map(str::to_owned));
        self.findings.push(Finding { code, severity, node, field, message, remedy: remedy.into() });
    }

    fn error(&mut self, code: Code, node: Option<&str>, field: Option<&str>, message: String, remedy: impl Into<String>) {
        self.add(Severity::Error, code, node, field, message, remedy);
    }

    /// An error at a field of a node.
    fn at(&mut self, code: Code, node: &Node, field: &str, message: String, remedy: impl Into<String>) {
        self.add(Severity::Error, code, Some(&node.id), Some(field), message, remedy);
    }
}
