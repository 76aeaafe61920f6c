//! Which nodes may follow which, what the edge between them would carry, and why not.

use super::geometry;
use crate::workflows::graph::{
    Catalog, Definition, ERROR_BRANCH, Edge, Node, NodeKind, change::fresh, order::descendants, patch::Patch, propose, shape, types,
};
use std::collections::BTreeMap;

/// Where an edge that is being drawn begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct From {
    pub node: String,
    pub branch: Option<String>,
}

/// What becomes of an edge if it ends at this node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It feeds these fields.
    Feeds(Vec<String>),
    /// It may end here and carries order alone, for this reason.
    OrderOnly(String),
    Refused(String),
}

/// Why an edge may not lead from `from` to `to`. `None`: it may.
#[must_use]
pub fn refusal(definition: &Definition, tools: &Catalog, from: &From, to: &str) -> Option<String> {
    let (Some(source), Some(target)) = (definition.node(&from.node), definition.node(to)) else {
        return Some("This step is not there any more.".to_owned());
    };
    let (first, then) = (source.title(tools), target.title(tools));
    if source.id == target.id {
        return Some("A step cannot follow itself.".to_owned());
    }
    if source.kind.is_annotation() || target.kind.is_annotation() {
        return Some("Notes and groups are not connected.".to_owned());
    }
    if !geometry::has_way_in(target) {
        return Some("The input is where a workflow begins: nothing leads to it.".to_owned());
    }
    if source.kind == NodeKind::Output {
        return Some("The output is where a workflow ends: nothing follows it.".to_owned());
    }
    let same = |edge: &&Edge| edge.source == source.id && edge.target == target.id && edge.branch() == from.branch.as_deref();
    if definition.edges.iter().any(|edge| same(&edge)) {
        return Some(format!("{then} follows {first} already."));
    }
    if descendants(definition, &target.id).contains(source.id.as_str()) {
        return Some(format!("That would be a circle: {then} leads to {first} already."));
    }
    None
}

#[must_use]
pub fn judge(definition: &Definition, tools: &Catalog, from: &From, to: &str) -> Verdict {
    if let Some(why) = refusal(definition, tools, from, to) {
        return Verdict::Refused(why);
    }
    let (Some(source), Some(target)) = (definition.node(&from.node), definition.node(to)) else {
        return Verdict::Refused("This step is not there any more.".to_owned());
    };
    let fields: Vec<String> = mapping(definition, tools, from, to).into_values().collect();
    if fields.is_empty() { Verdict::OrderOnly(why_nothing(definition, tools, source, target)) } else { Verdict::Feeds(fields) }
}

fn why_nothing(definition: &Definition, tools: &Catalog, source: &Node, target: &Node) -> String {
    let then = target.title(tools);
    let Some(wanted) = shape::input(target, tools) else {
        return format!("Order only. Choose in {then} what it takes.");
    };
    let given = shape::output(definition, source, tools, || shape::fed_names(definition, source));
    let (given, wanted) = (types::fields(&given), types::fields(&wanted));
    if wanted.is_empty() {
        return format!("Order only: {then} takes no input.");
    }
    let fits = |(_, to): &(&str, &serde_json::Value)| given.iter().any(|(_, from)| types::fits(from, to).is_ok());
    if !given.is_empty() && !wanted.iter().any(fits) {
        let kinds: Vec<String> = wanted.iter().filter_map(|(_, schema)| types::kinds(schema)).flatten().collect();
        let mut kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
        kinds.sort_unstable();
        kinds.dedup();
        return format!("Order only: {then} takes {}, and nothing here is of that type.", kinds.join(" or "));
    }
    format!("Order only: nothing here is named like a field of {then}. Choose in {then} what it takes.")
}

fn mapping(definition: &Definition, tools: &Catalog, from: &From, to: &str) -> BTreeMap<String, String> {
    // What failed gives no output to take fields from.
    if from.branch.as_deref() == Some(ERROR_BRANCH) { BTreeMap::new() } else { propose::mapping(definition, tools, &from.node, to) }
}

/// The edge, with what it best carries.
#[must_use]
pub fn edge(definition: &Definition, tools: &Catalog, from: &From, to: &str) -> Edge {
    Edge {
        id: fresh(&format!("{}_to_{to}", from.node), |id| definition.edges.iter().any(|edge| edge.id == id)),
        source: from.node.clone(),
        target: to.to_owned(),
        source_handle: from.branch.clone(),
        target_handle: None,
        mapping: mapping(definition, tools, from, to),
    }
}

/// Puts a new node between the ends of an edge. Fields that the new node does not give go on coming from where they came.
#[must_use]
pub fn insert(definition: &Definition, tools: &Catalog, edge_id: &str, node: Node) -> Option<Patch> {
    let old = definition.edges.iter().find(|edge| edge.id == edge_id)?.clone();
    let mut after = definition.clone();
    let id = node.id.clone();
    let place = after.nodes.iter().position(|node| node.id == old.target).unwrap_or(after.nodes.len());
    let (comes_in, goes_out) = (geometry::has_way_in(&node), geometry::ways_out(&node).first().map(|way| way.map(str::to_owned)));
    after.nodes.insert(place, node);
    after.edges.retain(|edge| edge.id != edge_id);
    let branch = old.branch().map(str::to_owned);
    if comes_in {
        let first = edge(&after, tools, &From { node: old.source.clone(), branch }, &id);
        after.edges.push(first);
    }
    if let Some(way) = goes_out {
        let second = edge(&after, tools, &From { node: id, branch: way }, &old.target);
        let taken: Vec<String> = second.mapping.values().cloned().collect();
        after.edges.push(second);
        let mut rest = old;
        rest.mapping.retain(|_, field| !taken.contains(field));
        if rest.target_handle.as_ref().is_some_and(|field| taken.contains(field)) {
            (rest.source_handle, rest.target_handle) = (None, None);
        }
        if rest.pairs().next().is_some() {
            after.edges.push(rest);
        }
    }
    Some(Patch::between(definition, &after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ids::ToolId, workflows::graph::ToolShape};
    use serde_json::{Value, json};

    fn tool(number: u128, name: &str, input: Value, output: Value) -> (ToolId, ToolShape) {
        let id = ToolId(uuid::Uuid::from_u128(number));
        let (name, text) = (name.to_owned(), String::new);
        let shape = ToolShape {
            id,
            display_name: name.clone(),
            name,
            kind: text(),
            status: "active".to_owned(),
            input_schema: input,
            output_schema: output,
            fixed: Vec::new(),
        };
        (id, shape)
    }

    fn fields(fields: &Value) -> Value {
        json!({ "type": "object", "properties": fields })
    }

    fn scene() -> (Definition, Catalog) {
        let tools = [
            tool(1, "load", fields(&json!({})), fields(&json!({ "rows": { "type": "array" }, "count": { "type": "integer" } }))),
            tool(2, "sum", fields(&json!({ "rows": { "type": "array" } })), fields(&json!({ "total": { "type": "number" } }))),
            tool(3, "say", fields(&json!({ "text": { "type": "string" } })), fields(&json!({}))),
        ];
        let id = |number| uuid::Uuid::from_u128(number).to_string();
        let definition = json!({
            "nodes": [{ "id": "load", "toolId": id(1) }, { "id": "sum", "toolId": id(2) }, { "id": "say", "toolId": id(3) },
                { "id": "in", "type": "input" }, { "id": "out", "type": "output" }],
            "edges": [{ "id": "e", "source": "sum", "target": "say" }] });
        (serde_json::from_value(definition).expect("definition"), tools.into_iter().collect())
    }

    fn from(node: &str) -> From {
        From { node: node.to_owned(), branch: None }
    }

    #[test]
    fn fields_of_one_name_and_type_are_carried_and_others_are_explained() {
        let (definition, tools) = scene();
        let judge = |a, b| judge(&definition, &tools, &from(a), b);
        assert_eq!(judge("load", "sum"), Verdict::Feeds(vec!["rows".to_owned()]));
        let Verdict::OrderOnly(why) = judge("load", "say") else { panic!("{:?}", judge("load", "say")) };
        assert_eq!(why, "Order only: say takes string, and nothing here is of that type.");
        assert_eq!(edge(&definition, &tools, &from("load"), "sum").mapping, [("rows".to_owned(), "rows".to_owned())].into());
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_the_reason() {
        let (definition, tools) = scene();
        for (a, b, words) in [
            ("load", "load", "itself"),
            ("say", "sum", "circle"),
            ("sum", "say", "already"),
            ("load", "in", "begins"),
            ("out", "sum", "ends"),
            ("load", "nowhere", "not there"),
        ] {
            let Verdict::Refused(why) = judge(&definition, &tools, &from(a), b) else { panic!("{a} → {b}") };
            assert!(why.contains(words), "{why}");
        }
    }

    #[test]
    fn a_node_dropped_on_an_edge_stands_between_and_takes_no_field_away() {
        let (mut definition, tools) = scene();
        definition.edges[0].source = "load".to_owned();
        definition.edges[0].mapping = [("count".to_owned(), "text".to_owned())].into();
        let patch = insert(&definition, &tools, "e", Node::new("wait", NodeKind::Delay)).expect("patch");
        patch.apply(&mut definition);
        let ends: Vec<(&str, &str, usize)> =
            definition.edges.iter().map(|edge| (edge.source.as_str(), edge.target.as_str(), edge.pairs().count())).collect();
        for expected in [("load", "wait", 0), ("wait", "say", 0), ("load", "say", 1)] {
            assert!(ends.contains(&expected), "{ends:?}");
        }
    }
}
