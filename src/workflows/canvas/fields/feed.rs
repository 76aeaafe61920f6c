//! Setting where a field comes from, and what has to come with it.

use crate::workflows::graph::{
    Catalog, Definition, Edge, FieldKind, InputField, Node, NodeKind, OnError, Position,
    change::{Change, Source, apply, fresh, source_of},
    expression::Expression,
    order::descendants,
    patch::Patch,
    types,
    validate::check_input_name,
};
use serde_json::Value;

/// The setting that names the fields whose values the calling agent gives. They come from the workflow's input like others; the mark says why.
pub const AI_FIELDS: &str = "aiFields";

/// How a field is set, as people choose it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Fixed,
    Ai,
    Variable,
    Expression,
}

impl Mode {
    pub const ALL: [Self; 4] = [Self::Fixed, Self::Ai, Self::Variable, Self::Expression];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fixed => "Fixed",
            Self::Ai => "AI",
            Self::Variable => "Variable",
            Self::Expression => "Expression",
        }
    }
}

/// The mode a field is in.
#[must_use]
pub fn mode(definition: &Definition, node: &Node, field: &str) -> Mode {
    match source_of(definition, node, field) {
        Source::Nothing | Source::Constant(_) => Mode::Fixed,
        Source::Expression(_) => Mode::Expression,
        Source::Field { node: from, .. } => {
            let from_input = definition.node(&from).is_some_and(|node| node.kind == NodeKind::Input);
            if from_input && is_marked(node, field) { Mode::Ai } else { Mode::Variable }
        }
    }
}

fn is_marked(node: &Node, field: &str) -> bool {
    node.config.other.get(AI_FIELDS).and_then(Value::as_array).is_some_and(|fields| fields.iter().any(|name| name == field))
}

fn mark(node: &mut Node, field: &str, marked: bool) {
    let mut fields = match node.config.other.shift_remove(AI_FIELDS) {
        Some(Value::Array(fields)) => fields,
        _ => Vec::new(),
    };
    fields.retain(|name| name != field);
    if marked {
        fields.push(field.into());
    }
    if !fields.is_empty() {
        node.config.other.insert(AI_FIELDS.to_owned(), Value::Array(fields));
    }
}

/// The change that makes `field` of the step `id` come from `source`. `Err`: the field and why not.
pub fn set(definition: &Definition, tools: &Catalog, id: &str, field: &str, source: Source) -> Result<Change, (String, String)> {
    set_all(definition, tools, id, vec![(field.to_owned(), source)])
}

/// The same of several fields, as one change.
pub fn set_all(definition: &Definition, tools: &Catalog, id: &str, sources: Vec<(String, Source)>) -> Result<Change, (String, String)> {
    let mut after = definition.clone();
    for (field, source) in sources {
        after = leave(after, id, &field, &source);
        after = feed(after, tools, id, &field, source)?;
    }
    Ok(Change::Patch(Box::new(Patch::between(definition, &after))))
}

/// The change that makes `field` an input of the workflow, which the calling agent fills.
pub fn by_agent(
    definition: &Definition,
    tools: &Catalog,
    id: &str,
    field: &str,
    schema: &Value,
    required: bool,
) -> Result<Change, (String, String)> {
    let mut after = forget(definition.clone(), id, field);
    let input = input_node(&mut after, id);
    let kind = field_kind(schema);
    let name = input_name(&after, &input, id, field, kind);
    if let Some(node) = after.nodes.iter_mut().find(|node| node.id == input)
        && !node.config.fields.iter().any(|one| one.name == name)
    {
        node.config.fields.push(InputField { name: name.clone(), kind, required, description: description(schema), default: None });
    }
    after = feed(after, tools, id, field, Source::Field { node: input, path: name })?;
    if let Some(node) = after.nodes.iter_mut().find(|node| node.id == id) {
        mark(node, field, true);
    }
    Ok(Change::Patch(Box::new(Patch::between(definition, &after))))
}

/// Sets the source, and leads an edge from every step that an expression names and that does not lead there yet.
fn feed(definition: Definition, tools: &Catalog, id: &str, field: &str, source: Source) -> Result<Definition, (String, String)> {
    let gone = || ("node".to_owned(), "This step is not there any more.".to_owned());
    let node = definition.node(id).ok_or_else(gone)?;
    let named = match &source {
        Source::Expression(text) => Expression::parse(text).map_err(|message| (field.to_owned(), message))?.names().clone(),
        _ => std::collections::BTreeSet::new(),
    };
    let change = Change::SetStep {
        node: id.to_owned(),
        label: node.label.clone().unwrap_or_default(),
        sources: vec![(field.to_owned(), source)],
        retry: node.config.retry,
        continue_on_error: node.config.on_error() == OnError::Continue,
    };
    let mut after = apply(definition, change, tools)?;
    wait_for(&mut after, id, named.iter().map(String::as_str));
    Ok(after)
}

/// The change that sets something of a step that is written as expressions, with the edges that they need.
pub fn with_edges(definition: &Definition, node: Node, expressions: &[&str]) -> Change {
    let mut after = definition.clone();
    let id = node.id.clone();
    if let Some(place) = after.nodes.iter_mut().find(|other| other.id == node.id) {
        *place = node;
    }
    for text in expressions {
        if let Ok(expression) = Expression::parse(text) {
            wait_for(&mut after, &id, expression.names().iter().map(String::as_str));
        }
    }
    Change::Patch(Box::new(Patch::between(definition, &after)))
}

/// A step can only use what is there before it runs.
fn wait_for<'a>(definition: &mut Definition, id: &str, names: impl Iterator<Item = &'a str>) {
    for name in names {
        let leads = descendants(definition, name).contains(id);
        let later = descendants(definition, id).contains(name);
        let known = definition.node(name).is_some_and(|node| node.kind != NodeKind::Output && !node.kind.is_annotation());
        if known && !leads && !later {
            let edge_id = fresh(&format!("{name}_to_{id}"), |id| definition.edges.iter().any(|edge| edge.id == id));
            definition.edges.push(Edge {
                id: edge_id,
                source: name.to_owned(),
                target: id.to_owned(),
                source_handle: None,
                target_handle: None,
                mapping: std::collections::BTreeMap::new(),
            });
        }
    }
}

/// What the agent filled comes from `source` now. The same input, taken by hand, stays.
pub(super) fn leave(mut definition: Definition, id: &str, field: &str, source: &Source) -> Definition {
    if definition.node(id).is_none_or(|node| source_of(&definition, node, field) != *source) {
        return forget(definition, id, field);
    }
    if let Some(node) = definition.nodes.iter_mut().find(|node| node.id == id) {
        mark(node, field, false);
    }
    definition
}

/// Takes the mark away, and with it the input that was made for the agent, unless somebody else uses it.
fn forget(mut definition: Definition, id: &str, field: &str) -> Definition {
    let Some(node) = definition.node(id).filter(|node| is_marked(node, field)) else { return definition };
    let made = match source_of(&definition, node, field) {
        Source::Field { node: from, path } => {
            definition.node(&from).filter(|node| node.kind == NodeKind::Input).map(|node| (node.id.clone(), path))
        }
        _ => None,
    };
    if let Some(node) = definition.nodes.iter_mut().find(|node| node.id == id) {
        mark(node, field, false);
    }
    let Some((input, name)) = made else { return definition };
    let users = definition.edges.iter().filter(|edge| edge.source == input).flat_map(Edge::pairs).filter(|(path, _)| {
        let first = path.trim_start_matches('$').trim_start_matches('.').split(['.', '[']).next();
        *path == "$" || first == Some(name.as_str())
    });
    if users.count() <= 1 && !in_expressions(&definition, &name) {
        if let Some(node) = definition.nodes.iter_mut().find(|node| node.id == input) {
            node.config.fields.retain(|one| one.name != name);
        }
        // Gone with it, lest the edge carries what nobody gives.
        for edge in definition.edges.iter_mut().filter(|edge| edge.source == input && edge.target == id) {
            edge.mapping.remove(&name);
        }
        definition
            .edges
            .retain(|edge| edge.source != input || edge.target != id || edge.branch().is_some() || edge.pairs().next().is_some());
    }
    definition
}

/// Whether any expression might use an input of this name.
fn in_expressions(definition: &Definition, name: &str) -> bool {
    definition.nodes.iter().any(|node| {
        let config = &node.config;
        let texts = config.expressions.values().chain(config.each.values()).chain(&config.when).chain(&config.result);
        texts.chain(config.cases.iter().map(|case| &case.when)).any(|text| text.contains("input") && text.contains(name))
    })
}

/// The input of the workflow; made where there is none, left of everything, level with the step.
fn input_node(definition: &mut Definition, beside: &str) -> String {
    if let Some(node) = definition.nodes.iter().find(|node| node.kind == NodeKind::Input) {
        return node.id.clone();
    }
    let id = fresh("input", |id| definition.nodes.iter().any(|node| node.id == id));
    let left = definition.nodes.iter().map(|node| node.position.x).fold(f64::INFINITY, f64::min);
    let level = definition.node(beside).map_or(0.0, |node| node.position.y);
    let mut node = Node::new(id.clone(), NodeKind::Input);
    node.position = Position { x: if left.is_finite() { left - 320.0 } else { 1.0 }, y: level };
    definition.nodes.insert(0, node);
    id
}

/// The field's own name; of an input of that name and type only if nothing else takes it. Else the step's name before it.
fn input_name(definition: &Definition, input: &str, id: &str, field: &str, kind: FieldKind) -> String {
    let clean = |text: &str| -> String {
        let mut name: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(48).collect();
        if check_input_name(&name).is_err() {
            name.insert(0, '_');
        }
        name
    };
    let own = clean(field);
    let fields = definition.inputs();
    let free = |name: &str| match fields.iter().find(|one| one.name == name) {
        None => true,
        Some(one) => {
            one.kind == kind && !definition.edges.iter().any(|edge| edge.source == input && edge.pairs().any(|(path, _)| path == name))
        }
    };
    if free(&own) {
        return own;
    }
    fresh(&clean(&format!("{id}_{field}")), |name| !free(name))
}

fn field_kind(schema: &Value) -> FieldKind {
    types::kinds(schema).unwrap_or_default().iter().find_map(|kind| FieldKind::parse(kind)).unwrap_or_default()
}

/// What the agent reads: the field's own words, and the values it may have.
fn description(schema: &Value) -> String {
    let about = schema.get("description").and_then(Value::as_str).unwrap_or_default().trim().to_owned();
    let Some(choices) = schema.get("enum").and_then(Value::as_array) else { return about };
    let list: Vec<String> = choices.iter().take(20).map(Value::to_string).collect();
    format!("{about} One of {}.", list.join(", ")).trim().to_owned()
}
