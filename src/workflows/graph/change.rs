//! Edits as values, applied by one function: forms, canvas, undo and tests all go through here.

use super::{
    Catalog, Definition, Edge, InputField, Node, NodeConfig, NodeKind, Position, RetryPolicy, expression::Expression, layout, patch::Patch,
    path::Path,
};
use crate::ids::{ToolId, WorkflowId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;

/// Where a field of a step gets its value from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Nothing,
    Constant(Value),
    /// A value made from the outputs of earlier steps.
    Expression(String),
    Field {
        node: String,
        path: String,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    SetInputs(Vec<InputField>),
    AddTool {
        tool_id: ToolId,
        label: String,
    },
    /// A step that runs another workflow.
    AddWorkflow {
        workflow_id: WorkflowId,
        label: String,
    },
    /// A node of any type but `tool`.
    AddNode {
        kind: NodeKind,
        label: String,
    },
    /// All settings of a node at once.
    SetConfig {
        node: String,
        config: Box<NodeConfig>,
    },
    Remove {
        node: String,
    },
    Move {
        node: String,
        up: bool,
    },
    SetStep {
        node: String,
        label: String,
        sources: Vec<(String, Source)>,
        retry: Option<RetryPolicy>,
        continue_on_error: bool,
    },
    /// What the workflow gives back: field → source. Empty: no output node.
    SetOutputs(Vec<(String, Source)>),
    /// What people call a step.
    Rename {
        node: String,
        label: String,
    },
    /// Switches steps off, or on again.
    Disable {
        nodes: Vec<String>,
        disabled: bool,
    },
    /// Where nodes stand on the canvas. A node that is gone needs no place.
    Place {
        places: Vec<(String, Position)>,
    },
    /// Nodes and edges as they are; what is there already stays as it is.
    Insert {
        nodes: Vec<Node>,
        edges: Vec<Edge>,
    },
    /// Nodes with their edges, and edges.
    Delete {
        nodes: Vec<String>,
        edges: Vec<String>,
    },
    /// Takes something back, or puts it there again.
    Patch(Box<Patch>),
}

/// The definition after the change. `Err`: the field and why not.
pub fn apply(mut definition: Definition, change: Change, tools: &Catalog) -> Result<Definition, (String, String)> {
    match change {
        Change::SetInputs(fields) => set_inputs(&mut definition, fields),
        Change::AddTool { tool_id, label } => {
            let base = tools.get(&tool_id).map_or("step", |tool| tool.name.as_str());
            let id = fresh(base, |id| definition.nodes.iter().any(|node| node.id == id));
            add(&mut definition, Node { tool_id: Some(tool_id), ..Node::new(id, NodeKind::Tool) }, &label);
        }
        Change::AddNode { kind, label } => {
            let id = fresh(kind.as_str(), |id| definition.nodes.iter().any(|node| node.id == id));
            add(&mut definition, Node::new(id, kind), &label);
        }
        Change::AddWorkflow { workflow_id, label } => {
            let id = fresh("workflow", |id| definition.nodes.iter().any(|node| node.id == id));
            let mut node = Node::new(id, NodeKind::Workflow);
            node.config.workflow_id = Some(workflow_id);
            add(&mut definition, node, &label);
        }
        Change::SetConfig { node: id, config } => {
            let node = definition.nodes.iter_mut().find(|node| node.id == id).ok_or_else(|| gone(&id))?;
            node.config = *config;
        }
        Change::Remove { node } => {
            definition.nodes.retain(|other| other.id != node);
            definition.edges.retain(|edge| edge.source != node && edge.target != node);
        }
        Change::Move { node, up } => {
            let steps: Vec<usize> =
                (0..definition.nodes.len()).filter(|&i| !matches!(definition.nodes[i].kind, NodeKind::Input | NodeKind::Output)).collect();
            let place = steps.iter().position(|&i| definition.nodes[i].id == node).ok_or_else(|| gone(&node))?;
            let other = if up { place.checked_sub(1) } else { Some(place + 1) };
            if let Some(&other) = other.and_then(|other| steps.get(other)) {
                definition.nodes.swap(steps[place], other);
            }
        }
        Change::SetStep { node: id, label, sources, retry, continue_on_error } => {
            set_sources(&mut definition, &id, sources)?;
            let node = definition.nodes.iter_mut().find(|node| node.id == id).ok_or_else(|| gone(&id))?;
            node.label = Some(label.trim().to_owned()).filter(|label| !label.is_empty());
            let jitter = node.config.retry.is_none_or(|retry| retry.jitter);
            node.config.retry = retry.filter(|retry| retry.max_attempts > 1).map(|retry| RetryPolicy { jitter, ..retry });
            node.config.set_goes_on(continue_on_error);
        }
        Change::SetOutputs(sources) => set_outputs(&mut definition, sources)?,
        Change::Rename { node: id, label } => {
            let node = definition.nodes.iter_mut().find(|node| node.id == id).ok_or_else(|| gone(&id))?;
            node.label = Some(label.trim().to_owned()).filter(|label| !label.is_empty());
        }
        Change::Disable { nodes, disabled } => {
            for id in nodes {
                let node = definition.nodes.iter_mut().find(|node| node.id == id).ok_or_else(|| gone(&id))?;
                if disabled && !node.kind.can_be_off() {
                    let message = "Input and output cannot be disabled: they are what the workflow takes and gives.";
                    return Err(("node".to_owned(), message.to_owned()));
                }
                node.disabled = disabled;
            }
        }
        Change::Place { places } => {
            let mut nodes: HashMap<&str, &mut Position> =
                definition.nodes.iter_mut().map(|node| (node.id.as_str(), &mut node.position)).collect();
            for (id, place) in places {
                if let Some(at) = nodes.get_mut(id.as_str()) {
                    // The origin means "nowhere yet": who drags a node there means the point beside it.
                    **at = if place == Position::default() { Position { x: 1.0, y: 0.0 } } else { place };
                }
            }
        }
        Change::Insert { nodes, edges } => insert(&mut definition, nodes, edges)?,
        Change::Delete { nodes, edges } => {
            let patch = Patch { drop_nodes: nodes, drop_edges: edges, ..Patch::default() };
            patch.apply(&mut definition);
        }
        Change::Patch(patch) => patch.apply(&mut definition),
    }
    layout::arrange(&mut definition);
    Ok(definition)
}

/// Before the output, so that the list reads from start to end.
fn add(definition: &mut Definition, mut node: Node, label: &str) {
    node.label = Some(label.trim().to_owned()).filter(|label| !label.is_empty());
    let place = definition.nodes.iter().position(|node| node.kind == NodeKind::Output).unwrap_or(definition.nodes.len());
    definition.nodes.insert(place, node);
}

fn insert(definition: &mut Definition, nodes: Vec<Node>, edges: Vec<Edge>) -> Result<(), (String, String)> {
    for node in nodes {
        match definition.nodes.iter().find(|other| other.id == node.id) {
            Some(there) if *there == node => {}
            Some(_) => return Err(("node".to_owned(), format!("There is another step “{}” already.", node.id))),
            None if node.kind == NodeKind::Input => definition.nodes.insert(0, node),
            None if node.kind == NodeKind::Output => definition.nodes.push(node),
            None => {
                let label = node.label.clone().unwrap_or_default();
                add(definition, node, &label);
            }
        }
    }
    for edge in edges {
        if let Some(missing) = [&edge.source, &edge.target].into_iter().find(|end| definition.node(end).is_none()) {
            return Err(gone(missing));
        }
        match definition.edges.iter().find(|other| other.id == edge.id) {
            Some(there) if *there == edge => {}
            Some(_) => return Err(("edge".to_owned(), format!("There is another connection “{}” already.", edge.id))),
            None => definition.edges.push(edge),
        }
    }
    Ok(())
}

fn gone(node: &str) -> (String, String) {
    ("node".to_owned(), format!("The step “{node}” is not there any more. Reload the page."))
}

fn set_inputs(definition: &mut Definition, fields: Vec<InputField>) {
    match definition.nodes.iter_mut().find(|node| node.kind == NodeKind::Input) {
        Some(node) => node.config.fields = fields,
        None if fields.is_empty() => {}
        None => {
            let id = fresh("input", |id| definition.nodes.iter().any(|node| node.id == id));
            let config = NodeConfig { fields, ..NodeConfig::default() };
            definition.nodes.insert(0, Node { config, ..Node::new(id, NodeKind::Input) });
        }
    }
}

fn set_outputs(definition: &mut Definition, sources: Vec<(String, Source)>) -> Result<(), (String, String)> {
    let existing = definition.nodes.iter().find(|node| node.kind == NodeKind::Output).map(|node| node.id.clone());
    let wanted = sources.iter().any(|(_, source)| *source != Source::Nothing);
    let id = match existing {
        Some(id) if !wanted => {
            definition.nodes.retain(|node| node.id != id);
            definition.edges.retain(|edge| edge.source != id && edge.target != id);
            return Ok(());
        }
        None if !wanted => return Ok(()),
        Some(id) => id,
        None => {
            let id = fresh("output", |id| definition.nodes.iter().any(|node| node.id == id));
            definition.nodes.push(Node::new(id.clone(), NodeKind::Output));
            id
        }
    };
    if let Some(node) = definition.nodes.iter_mut().find(|node| node.id == id) {
        node.config.inputs.clear();
        node.config.expressions.clear();
    }
    let old: Vec<String> = definition
        .edges
        .iter()
        .filter(|edge| edge.target == id)
        .flat_map(|edge| edge.pairs().map(|(_, to)| to.to_owned()).collect::<Vec<_>>())
        .collect();
    let dropped = old
        .into_iter()
        .filter(|name| !sources.iter().any(|(field, _)| field == name))
        .map(|name| (name, Source::Nothing))
        .collect::<Vec<_>>();
    set_sources(definition, &id, sources.into_iter().chain(dropped).collect())
}

/// Sets where the named fields of a node come from; other fields stay as they are.
fn set_sources(definition: &mut Definition, id: &str, sources: Vec<(String, Source)>) -> Result<(), (String, String)> {
    let carrying: Vec<String> = definition.edges.iter().filter(|edge| edge.pairs().next().is_some()).map(|edge| edge.id.clone()).collect();
    for (field, source) in sources {
        for edge in definition.edges.iter_mut().filter(|edge| edge.target == id) {
            edge.mapping.retain(|_, target| *target != field);
            if edge.target_handle.as_deref() == Some(field.as_str()) {
                (edge.source_handle, edge.target_handle) = (None, None);
            }
        }
        let node = definition.nodes.iter_mut().find(|node| node.id == id).ok_or_else(|| gone(id))?;
        node.config.inputs.shift_remove(&field);
        node.config.expressions.remove(&field);
        match source {
            Source::Nothing => {}
            Source::Constant(value) => {
                node.config.inputs.insert(field, value);
            }
            Source::Expression(text) => {
                Expression::parse(&text).map_err(|message| (field.clone(), message))?;
                node.config.expressions.insert(field, text.trim().to_owned());
            }
            Source::Field { node: from, path } => {
                Path::parse(&path).map_err(|message| (field.clone(), message))?;
                let path = if path.trim().is_empty() { "$".to_owned() } else { path.trim().to_owned() };
                if !definition.nodes.iter().any(|node| node.id == from) {
                    return Err((field, format!("The step “{from}” is not there any more. Choose another source.")));
                }
                connect(definition, &from, id, path, field);
            }
        }
    }
    // An edge that carried something and carries nothing now goes away; one that was order alone stays.
    definition
        .edges
        .retain(|edge| edge.target != id || edge.branch().is_some() || edge.pairs().next().is_some() || !carrying.contains(&edge.id));
    Ok(())
}

/// One edge carries a source path to one field only; the same path to a second field takes a second edge.
fn connect(definition: &mut Definition, from: &str, to: &str, path: String, field: String) {
    let open = definition.edges.iter_mut().find(|edge| {
        edge.source == from && edge.target == to && edge.branch() != Some(super::ERROR_BRANCH) && !edge.mapping.contains_key(&path)
    });
    match open {
        Some(edge) => {
            edge.mapping.insert(path, field);
        }
        None => {
            let id = fresh(&format!("{from}_to_{to}"), |id| definition.edges.iter().any(|edge| edge.id == id));
            let mapping = [(path, field)].into();
            definition.edges.push(Edge {
                id,
                source: from.to_owned(),
                target: to.to_owned(),
                source_handle: None,
                target_handle: None,
                mapping,
            });
        }
    }
}

/// `base`, or `base_2`, `base_3`, … where that is taken.
pub fn fresh(base: &str, taken: impl Fn(&str) -> bool) -> String {
    if !taken(base) {
        return base.to_owned();
    }
    let mut number = 2;
    while taken(&format!("{base}_{number}")) {
        number += 1;
    }
    format!("{base}_{number}")
}

/// Where a field of a node comes from now.
#[must_use]
pub fn source_of(definition: &Definition, node: &Node, field: &str) -> Source {
    for edge in definition.edges.iter().filter(|edge| edge.target == node.id) {
        if let Some((path, _)) = edge.pairs().find(|(_, target)| *target == field) {
            return Source::Field { node: edge.source.clone(), path: path.to_owned() };
        }
    }
    if let Some(text) = node.config.expressions.get(field) {
        return Source::Expression(text.clone());
    }
    node.config.inputs.get(field).map_or(Source::Nothing, |value| Source::Constant(value.clone()))
}

/// The fields of a node that come from somewhere, by edges first.
#[must_use]
pub fn fed(definition: &Definition, node: &Node) -> Vec<String> {
    let edges = definition.edges.iter().filter(|edge| edge.target == node.id);
    let by_edges = edges.flat_map(|edge| edge.pairs().map(|(_, to)| to.to_owned()).collect::<Vec<_>>());
    by_edges.chain(node.config.inputs.keys().cloned()).chain(node.config.expressions.keys().cloned()).collect()
}

/// Every field the workflow gives back, with its source.
#[must_use]
pub fn outputs(definition: &Definition) -> Vec<(String, Source)> {
    let Some(node) = definition.nodes.iter().find(|node| node.kind == NodeKind::Output) else {
        return Vec::new();
    };
    let constants = node.config.inputs.iter().map(|(name, value)| (name.clone(), Source::Constant(value.clone())));
    let fed = definition.edges.iter().filter(|edge| edge.target == node.id).flat_map(|edge| {
        edge.pairs()
            .map(|(path, name)| (name.to_owned(), Source::Field { node: edge.source.clone(), path: path.to_owned() }))
            .collect::<Vec<_>>()
    });
    let made = node.config.expressions.iter().map(|(name, text)| (name.clone(), Source::Expression(text.clone())));
    constants.chain(made).chain(fed).collect()
}
