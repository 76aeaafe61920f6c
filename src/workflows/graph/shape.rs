//! What each node takes and gives, as JSON Schema: typed handles.

use super::{Catalog, Definition, ERROR_BRANCH, Edge, Node, NodeKind, order::Order, path::Path, types};
use serde_json::{Map, Value, json};
use std::{borrow::Cow, collections::HashMap};

/// What a node that failed hands to its error branch.
#[must_use]
pub fn error_schema() -> Value {
    json!({ "type": "object", "properties": { "message": { "type": "string" }, "class": { "type": "string" }, "node": { "type": "string" }, "attempts": { "type": "integer" } } })
}

/// What a node takes; `None`: nothing is known of it, or it takes whatever it is fed.
#[must_use]
pub fn input<'a>(node: &Node, tools: &'a Catalog) -> Option<Cow<'a, Value>> {
    match node.kind {
        NodeKind::Tool | NodeKind::Workflow => called_input(node, tools).map(Cow::Borrowed),
        NodeKind::ForEach => {
            let mut schema = called_input(node, tools)?.clone();
            let fields = schema.as_object_mut()?;
            // What each item brings need not be fed: the fields that are named, or any where none is.
            if let Some(Value::Array(required)) = fields.get_mut("required") {
                let from_item =
                    |name: &Value| node.config.each.is_empty() || name.as_str().is_some_and(|name| node.config.each.contains_key(name));
                required.retain(|name| !from_item(name));
                required.push("items".into());
            } else {
                fields.insert("required".to_owned(), json!(["items"]));
            }
            let properties = fields.entry("properties").or_insert_with(|| json!({})).as_object_mut()?;
            properties.retain(|name, _| !node.config.each.contains_key(name));
            properties.insert("items".to_owned(), json!({ "type": "array", "description": "One call for each." }));
            Some(Cow::Owned(schema))
        }
        NodeKind::Delay => None,
        NodeKind::Input
        | NodeKind::Output
        | NodeKind::Condition
        | NodeKind::Switch
        | NodeKind::Merge
        | NodeKind::Transform
        | NodeKind::Approval
        | NodeKind::Note
        | NodeKind::Group => None,
    }
}

/// The fields that the called tool fixes itself.
#[must_use]
pub fn fixed<'a>(node: &Node, tools: &'a Catalog) -> &'a [String] {
    node.tool_id.and_then(|id| tools.get(&id)).map_or(&[], |tool| &tool.fixed)
}

fn called_input<'a>(node: &Node, tools: &'a Catalog) -> Option<&'a Value> {
    match (node.tool_id, node.config.workflow_id) {
        (Some(id), _) if node.kind != NodeKind::Workflow => tools.get(&id).map(|tool| &tool.input_schema),
        (_, Some(id)) => tools.workflows.get(&id).map(|workflow| &workflow.input_schema),
        _ => None,
    }
}

fn called_output<'a>(node: &Node, tools: &'a Catalog) -> Option<&'a Value> {
    match (node.tool_id, node.config.workflow_id) {
        (Some(id), _) if node.kind != NodeKind::Workflow => tools.get(&id).map(|tool| &tool.output_schema),
        (_, Some(id)) => tools.workflows.get(&id).map(|workflow| &workflow.output_schema),
        _ => None,
    }
}

/// What a node gives. `fed`: the schema of each field it is fed, for nodes that hand on what they get.
#[must_use]
pub fn output<'a>(definition: &Definition, node: &Node, tools: &'a Catalog, fed: impl Fn() -> Map<String, Value>) -> Cow<'a, Value> {
    match node.kind {
        NodeKind::Input => Cow::Owned(definition.input_schema()),
        NodeKind::Tool | NodeKind::Workflow => called_output(node, tools).map_or_else(|| Cow::Owned(json!({})), Cow::Borrowed),
        NodeKind::ForEach => {
            let each = called_output(node, tools).cloned().unwrap_or_else(|| json!({}));
            Cow::Owned(json!({ "type": "object", "properties": {
                "results": { "type": "array", "items": each, "description": "One for each item, in its order; null where it failed." },
                "errors": { "type": "array", "items": { "type": "object", "properties": { "index": { "type": "integer" }, "message": { "type": "string" } } } },
                "count": { "type": "integer" },
                "failed": { "type": "integer" }
            } }))
        }
        NodeKind::Transform if node.config.result.is_some() => Cow::Owned(json!({})),
        NodeKind::Approval => {
            let mut fields = fed();
            for (name, kind) in [("approved", "boolean"), ("by", "string"), ("note", "string"), ("decided_at", "string")] {
                fields.insert(name.to_owned(), json!({ "type": kind }));
            }
            Cow::Owned(json!({ "type": "object", "properties": fields }))
        }
        NodeKind::Note | NodeKind::Group => Cow::Owned(json!({})),
        NodeKind::Output | NodeKind::Condition | NodeKind::Switch | NodeKind::Merge | NodeKind::Transform | NodeKind::Delay => {
            Cow::Owned(json!({ "type": "object", "properties": fed() }))
        }
    }
}

/// What a node that hands on what it gets is fed, where the sources are not looked into.
#[must_use]
pub fn fed_names(definition: &Definition, node: &Node) -> Map<String, Value> {
    fed(definition.edges.iter().filter(|edge| edge.target == node.id), node, |_, _| json!({}))
}

fn fed<'e>(edges: impl Iterator<Item = &'e Edge>, node: &Node, schema: impl Fn(&Edge, &str) -> Value) -> Map<String, Value> {
    let mut fields: Map<String, Value> =
        node.config.inputs.iter().map(|(name, value)| (name.clone(), json!({ "type": types::kind_of(value) }))).collect();
    fields.extend(node.config.expressions.keys().map(|name| (name.clone(), json!({}))));
    for edge in edges {
        for (from, to) in edge.pairs() {
            // `customer.name` makes a field `customer` with fields of its own.
            match to.split_once('.') {
                Some((outer, _)) => fields.insert(outer.to_owned(), json!({})),
                None => fields.insert(to.to_owned(), schema(edge, from)),
            };
        }
    }
    fields
}

/// What every node of a definition gives, by its position in `nodes`.
#[must_use]
pub fn outputs<'a>(definition: &Definition, tools: &'a Catalog, order: &Order) -> Vec<Cow<'a, Value>> {
    let position: HashMap<&str, usize> = definition.nodes.iter().enumerate().map(|(i, node)| (node.id.as_str(), i)).collect();
    let mut incoming: Vec<Vec<&Edge>> = vec![Vec::new(); definition.nodes.len()];
    for edge in &definition.edges {
        if let Some(&target) = position.get(edge.target.as_str()) {
            incoming[target].push(edge);
        }
    }
    let mut found: Vec<Cow<'a, Value>> = vec![Cow::Owned(json!({})); definition.nodes.len()];
    for &index in order.layers.iter().flatten() {
        let node = &definition.nodes[index];
        let of_source = |edge: &Edge, path: &str| {
            let given = match position.get(edge.source.as_str()) {
                Some(_) if edge.branch() == Some(ERROR_BRANCH) => Cow::Owned(error_schema()),
                Some(&source) => Cow::Borrowed(&*found[source]),
                None => return json!({}),
            };
            Path::parse(path).ok().and_then(|path| types::at(&given, &path).ok().flatten()).unwrap_or_else(|| json!({}))
        };
        let output = output(definition, node, tools, || fed(incoming[index].iter().copied(), node, of_source));
        found[index] = output;
    }
    found
}
