//! A definition made ready to run: order, edges by node, settings read, expressions parsed. Made once per run, used for every event.

use crate::{
    ids::{ToolId, WorkflowId},
    workflows::graph::{
        Definition, ERROR_BRANCH, Edge, MergeMode, Node, NodeKind, OnError, OnExpiry, OnItemError, expression::Expression, order::order,
        path::Path,
    },
};
use chrono::{DateTime, Utc};
use std::collections::HashMap;

/// What a call calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Tool(ToolId),
    Workflow(WorkflowId),
}

/// What a node does, ready to be done.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    Input,
    /// Hands on what it is given, or what an expression makes of it.
    Gather {
        result: Option<Expression>,
    },
    /// Goes on by the first branch whose expression holds.
    Choose {
        cases: Vec<(String, Expression)>,
        otherwise: String,
    },
    Call(Target),
    Each(Each),
    Delay {
        ms: Option<u64>,
        until: Option<DateTime<Utc>>,
    },
    Approval {
        expires_after_ms: Option<u64>,
        on_expiry: OnExpiry,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Each {
    pub target: Target,
    /// Input field → what it is made from; empty: the item's own fields.
    pub fields: Vec<(String, Expression)>,
    pub concurrency: u32,
    pub goes_on: bool,
}

/// An edge with its ends by position, and its mappings read.
#[derive(Clone, Debug)]
pub(super) struct Way {
    pub source: usize,
    pub branch: Option<String>,
    /// Path in the source's output, its text, and the field of the target.
    pub pairs: Vec<(Path, String, Path, String)>,
}

#[derive(Clone, Debug)]
pub struct Plan {
    definition: Definition,
    position: HashMap<String, usize>,
    /// All nodes that can be reached, each after those it waits for.
    pub(super) order: Vec<usize>,
    pub(super) incoming: Vec<Vec<Way>>,
    /// Nodes from which no edge leads on.
    pub(super) last: Vec<usize>,
    /// What each node does, or why it cannot.
    steps: Vec<Result<Step, String>>,
    expressions: Vec<Vec<(String, Expression)>>,
    handles_errors: Vec<bool>,
}

impl Plan {
    #[must_use]
    pub fn new(definition: Definition) -> Self {
        let order: Vec<usize> = order(&definition).layers.into_iter().flatten().collect();
        // Notes and groups are not known to a run.
        let known = definition.nodes.iter().enumerate().filter(|(_, node)| !node.kind.is_annotation());
        let position: HashMap<String, usize> = known.map(|(i, node)| (node.id.clone(), i)).collect();
        let count = definition.nodes.len();
        let mut incoming = vec![Vec::new(); count];
        let mut errors = vec![false; count];
        let mut steps: Vec<Result<Step, String>> = definition.nodes.iter().map(step).collect();
        for edge in &definition.edges {
            let (Some(&source), Some(&target)) = (position.get(&edge.source), position.get(&edge.target)) else { continue };
            errors[source] |= edge.branch() == Some(ERROR_BRANCH);
            match way(source, edge) {
                Ok(way) => incoming[target].push(way),
                Err(message) => steps[target] = Err(message),
            }
        }
        let handles_errors = definition.nodes.iter().zip(errors).map(|(node, branch)| match node.config.on_error() {
            OnError::Continue => true,
            OnError::Branch => branch,
            OnError::Fail => false,
        });
        let handles_errors = handles_errors.collect();
        let mut expressions = Vec::with_capacity(count);
        for (index, node) in definition.nodes.iter().enumerate() {
            let mut read = Vec::new();
            for (field, text) in &node.config.expressions {
                match Expression::parse(text) {
                    Ok(expression) => read.push((field.clone(), expression)),
                    Err(message) => steps[index] = Err(format!("The input “{field}” cannot be made. {message}")),
                }
            }
            expressions.push(read);
        }
        let last = last(&definition, &order, &incoming);
        Self { definition, position, order, incoming, last, steps, expressions, handles_errors }
    }

    #[must_use]
    pub fn definition(&self) -> &Definition {
        &self.definition
    }

    pub(super) fn index(&self, id: &str) -> Option<usize> {
        self.position.get(id).copied()
    }

    pub(super) fn node(&self, index: usize) -> &Node {
        &self.definition.nodes[index]
    }

    pub(super) fn step(&self, index: usize) -> Result<&Step, &str> {
        self.steps[index].as_ref().map_err(String::as_str)
    }

    pub(super) fn expressions(&self, index: usize) -> &[(String, Expression)] {
        &self.expressions[index]
    }

    /// Whether the run goes on when this node fails.
    pub(super) fn handles_errors(&self, index: usize) -> bool {
        self.handles_errors[index]
    }

    /// Goes on with the first branch that arrives.
    pub(super) fn takes_first(&self, index: usize) -> bool {
        let node = self.node(index);
        node.kind == NodeKind::Merge && node.config.mode == Some(MergeMode::Any)
    }
}

/// Nodes from which no edge leads on to one that can run: what leads only to steps that are off ends there.
fn last(definition: &Definition, order: &[usize], incoming: &[Vec<Way>]) -> Vec<usize> {
    let mut leads_on = vec![false; definition.nodes.len()];
    for &target in order.iter().rev() {
        if !definition.nodes[target].is_off() || leads_on[target] {
            for way in &incoming[target] {
                leads_on[way.source] = true;
            }
        }
    }
    (0..leads_on.len()).filter(|&index| !leads_on[index] && !definition.nodes[index].kind.is_annotation()).collect()
}

fn way(source: usize, edge: &Edge) -> Result<Way, String> {
    let mut pairs = Vec::new();
    for (from, to) in edge.pairs() {
        pairs.push((Path::parse(from)?, from.to_owned(), Path::parse(to)?, to.to_owned()));
    }
    Ok(Way { source, branch: edge.branch().map(str::to_owned), pairs })
}

fn step(node: &Node) -> Result<Step, String> {
    let config = &node.config;
    let read = |text: &str| Expression::parse(text).map_err(|message| format!("“{text}” cannot be read. {message}"));
    Ok(match node.kind {
        NodeKind::Input => Step::Input,
        // Notes and groups are in no order, and are never asked.
        NodeKind::Output | NodeKind::Merge | NodeKind::Note | NodeKind::Group => Step::Gather { result: None },
        NodeKind::Transform => Step::Gather { result: config.result.as_deref().map(read).transpose()? },
        NodeKind::Condition => {
            let when = config.when.as_deref().ok_or("This condition does not say what it decides by.")?;
            Step::Choose { cases: vec![("true".to_owned(), read(when)?)], otherwise: "false".to_owned() }
        }
        NodeKind::Switch => {
            let cases = config.cases.iter().map(|case| Ok((case.handle.clone(), read(&case.when)?))).collect::<Result<_, String>>()?;
            Step::Choose { cases, otherwise: "default".to_owned() }
        }
        NodeKind::Tool => Step::Call(Target::Tool(node.tool_id.ok_or("This step names no tool.")?)),
        NodeKind::Workflow => Step::Call(Target::Workflow(config.workflow_id.ok_or("This step names no workflow.")?)),
        NodeKind::ForEach => {
            let target = match (node.tool_id, config.workflow_id) {
                (Some(id), _) => Target::Tool(id),
                (None, Some(id)) => Target::Workflow(id),
                (None, None) => return Err("This step names neither a tool nor a workflow to call for each item.".to_owned()),
            };
            let fields = config.each.iter().map(|(field, text)| Ok((field.clone(), read(text)?))).collect::<Result<_, String>>()?;
            Step::Each(Each {
                target,
                fields,
                concurrency: config.concurrency.unwrap_or(4).max(1),
                goes_on: config.on_item_error == Some(OnItemError::Continue),
            })
        }
        NodeKind::Delay => {
            let until = config.until.as_deref().map(super::waits::time).transpose()?;
            Step::Delay { ms: config.ms, until }
        }
        NodeKind::Approval => Step::Approval { expires_after_ms: config.expires_after_ms, on_expiry: config.on_expiry.unwrap_or_default() },
    })
}
