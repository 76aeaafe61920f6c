//! Two versions of a workflow in one drawing: what the second has, what only the first had as ghosts, and what became of each part.

use super::{Point, geometry};
use crate::{
    problem::Difference,
    workflows::graph::{Catalog, Definition, Edge, Node},
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What became of a step or a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    Added,
    Removed,
    Changed,
    /// The same, elsewhere.
    Moved,
}

impl Mark {
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Moved => "moved",
        }
    }
}

/// A part that differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Node(String),
    Edge(String),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Compared {
    /// All that is drawn: the second version with the ghosts of the first.
    pub both: Definition,
    pub nodes: BTreeMap<String, Mark>,
    pub edges: BTreeMap<String, Mark>,
    /// Where moved and changed nodes stood.
    pub before: BTreeMap<String, Point>,
    /// What differs, from left to right.
    pub order: Vec<Part>,
}

#[must_use]
pub fn compare(from: &Definition, to: &Definition) -> Compared {
    let mut found = Compared { both: to.clone(), ..Compared::default() };
    for node in &to.nodes {
        match from.node(&node.id) {
            None => {
                found.nodes.insert(node.id.clone(), Mark::Added);
            }
            Some(old) => {
                let elsewhere = old.position != node.position;
                let same = Node { position: old.position, ..node.clone() } == *old;
                if !same || elsewhere {
                    found.nodes.insert(node.id.clone(), if same { Mark::Moved } else { Mark::Changed });
                }
                if elsewhere {
                    found.before.insert(node.id.clone(), old.position);
                }
            }
        }
    }
    for node in from.nodes.iter().filter(|node| to.node(&node.id).is_none()) {
        found.nodes.insert(node.id.clone(), Mark::Removed);
        let mut ghost = node.clone();
        ghost.position = free(&found.both, &ghost);
        found.both.nodes.push(ghost);
    }
    for edge in &to.edges {
        match from.edges.iter().find(|old| old.id == edge.id) {
            None => {
                found.edges.insert(edge.id.clone(), Mark::Added);
            }
            Some(old) if old != edge => {
                found.edges.insert(edge.id.clone(), Mark::Changed);
            }
            Some(_) => {}
        }
    }
    for edge in from.edges.iter().filter(|edge| !to.edges.iter().any(|new| new.id == edge.id)) {
        found.edges.insert(edge.id.clone(), Mark::Removed);
        found.both.edges.push(edge.clone());
    }
    found.order = order(&found);
    found
}

/// Where a ghost stood, or below what stands there now.
fn free(drawn: &Definition, ghost: &Node) -> Point {
    let mut at = ghost.position;
    // Bounded: every turn passes at least one node.
    for _ in 0..=drawn.nodes.len() {
        let rect = geometry::rect(ghost, at).grown(8.0);
        let Some(other) = drawn.nodes.iter().map(|node| geometry::rect(node, node.position)).find(|other| other.touches(rect)) else {
            break;
        };
        at.y = other.end().y + 24.0;
    }
    at
}

fn order(found: &Compared) -> Vec<Part> {
    let at = |id: &str| found.both.node(id).map(|node| node.position).unwrap_or_default();
    // A connection comes after the step that it leaves.
    let nodes = found.nodes.keys().map(|id| (at(id), 0, Part::Node(id.clone())));
    let source = |id: &String| found.both.edges.iter().find(|edge| edge.id == *id).map(|edge| at(&edge.source)).unwrap_or_default();
    let edges = found.edges.keys().map(|id| (source(id), 1, Part::Edge(id.clone())));
    let mut all: Vec<_> = nodes.chain(edges).collect();
    all.sort_by(|a, b| a.0.x.total_cmp(&b.0.x).then(a.0.y.total_cmp(&b.0.y)).then(a.1.cmp(&b.1)).then_with(|| a.2.cmp(&b.2)));
    all.into_iter().map(|(_, _, part)| part).collect()
}

impl Compared {
    #[must_use]
    pub fn count(&self, mark: Mark) -> usize {
        self.nodes.values().chain(self.edges.values()).filter(|one| **one == mark).count()
    }

    /// `3 added, 1 removed, 2 changed`.
    #[must_use]
    pub fn summary(&self) -> String {
        let marks = [Mark::Added, Mark::Removed, Mark::Changed, Mark::Moved];
        let parts: Vec<String> = marks
            .into_iter()
            .map(|mark| (self.count(mark), mark))
            .filter(|(count, _)| *count > 0)
            .map(|(count, mark)| format!("{count} {}", mark.words()))
            .collect();
        if parts.is_empty() { "Nothing differs".to_owned() } else { parts.join(", ") }
    }
}

/// What is not the same in two states of a step, field by field. One of them may not be there.
#[must_use]
pub fn node_fields(old: Option<&Node>, new: Option<&Node>, tools: &Catalog) -> Vec<Difference> {
    pairs(old.map(|node| facts_of_node(node, tools)), new.map(|node| facts_of_node(node, tools)))
}

/// The same of a connection.
#[must_use]
pub fn edge_fields(old: Option<&Edge>, new: Option<&Edge>) -> Vec<Difference> {
    pairs(old.map(facts_of_edge), new.map(facts_of_edge))
}

type Facts = Vec<(String, String)>;

fn pairs(old: Option<Facts>, new: Option<Facts>) -> Vec<Difference> {
    let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
    let value =
        |facts: &Facts, name: &str| facts.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone()).unwrap_or_default();
    let only_new = new.iter().filter(|(name, _)| !old.iter().any(|(other, _)| other == name));
    let names: Vec<String> = old.iter().chain(only_new).map(|(name, _)| name.clone()).collect();
    let both = names.into_iter().map(|field| Difference { stored: value(&old, &field), sent: value(&new, &field), field });
    both.filter(|one| one.stored != one.sent).collect()
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(_) | Value::Object(_) => serde_json::to_string_pretty(value).unwrap_or_default(),
        other => other.to_string(),
    }
}

fn facts_of_node(node: &Node, tools: &Catalog) -> Facts {
    let mut facts = vec![("Type".to_owned(), node.kind.as_str().to_owned()), ("Name".to_owned(), node.label.clone().unwrap_or_default())];
    if let Some(id) = node.tool_id {
        facts.push(("Tool".to_owned(), tools.get(&id).map_or_else(|| id.to_string(), |tool| tool.name.clone())));
    }
    facts.extend(node.disabled.then(|| ("Disabled".to_owned(), "Yes".to_owned())));
    let known = ["id", "type", "toolId", "label", "position", "disabled", "config"];
    let whole = serde_json::to_value(node).unwrap_or_default();
    let config = whole.get("config").and_then(Value::as_object).cloned().unwrap_or_default();
    flatten(&config, &mut facts);
    let other: Map<String, Value> = whole
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| !known.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    flatten(&other, &mut facts);
    facts.push(("Place".to_owned(), format!("{:.0}, {:.0}", node.position.x, node.position.y)));
    facts
}

/// Constants and expressions are fields of their own; all else is a setting each.
fn flatten(config: &Map<String, Value>, facts: &mut Facts) {
    for (name, value) in config {
        match value {
            Value::Object(fields) if matches!(name.as_str(), "inputs" | "expressions" | "each") => {
                let of = match name.as_str() {
                    "inputs" => "constant",
                    "each" => "for each item",
                    _ => "expression",
                };
                facts.extend(fields.iter().map(|(field, value)| (format!("{field} ({of})"), text(value))));
            }
            Value::Array(cases) if name == "cases" => {
                let case = |case: &Value, field: &str| case.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
                facts.extend(cases.iter().map(|one| (format!("Case {}", case(one, "handle")), case(one, "when"))));
            }
            Value::Array(fields) if name == "fields" => {
                let named = |field: &Value| field.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
                facts.extend(fields.iter().map(|field| (format!("Input {}", named(field)), text(field))));
            }
            value => facts.push((name.clone(), text(value))),
        }
    }
}

fn facts_of_edge(edge: &Edge) -> Facts {
    let mut facts = vec![("From".to_owned(), edge.source.clone()), ("To".to_owned(), edge.target.clone())];
    facts.extend(edge.branch().map(|branch| ("Branch".to_owned(), branch.to_owned())));
    facts.extend(edge.pairs().map(|(path, field)| (format!("Feeds {field}"), path.to_owned())));
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn definition(value: serde_json::Value) -> Definition {
        serde_json::from_value(value).expect("definition")
    }

    fn two() -> (Definition, Definition) {
        let old = definition(json!({
            "nodes": [{ "id": "a", "type": "delay", "position": { "x": 0.0, "y": 16.0 }, "config": { "ms": 1 } },
                { "id": "b", "type": "merge", "position": { "x": 300.0, "y": 16.0 } },
                { "id": "gone", "type": "transform", "position": { "x": 600.0, "y": 16.0 }, "config": { "inputs": { "x": 1 } } }],
            "edges": [{ "id": "e", "source": "a", "target": "b" }, { "id": "f", "source": "b", "target": "gone", "mapping": { "x": "y" } }] }));
        let new = definition(json!({
            "nodes": [{ "id": "a", "type": "delay", "position": { "x": 0.0, "y": 16.0 }, "config": { "ms": 2 } },
                { "id": "b", "type": "merge", "position": { "x": 300.0, "y": 160.0 } },
                { "id": "new", "type": "transform", "position": { "x": 600.0, "y": 16.0 }, "config": { "inputs": { "x": 1 } } }],
            "edges": [{ "id": "e", "source": "a", "target": "b", "mapping": { "ms": "wait" } }, { "id": "g", "source": "b", "target": "new" }] }));
        (old, new)
    }

    #[test]
    fn every_part_says_what_became_of_it_and_what_is_gone_stands_there_as_a_ghost() {
        let (old, new) = two();
        let found = compare(&old, &new);
        let marks: Vec<_> = found.nodes.iter().map(|(id, mark)| (id.as_str(), *mark)).collect();
        assert_eq!(marks, [("a", Mark::Changed), ("b", Mark::Moved), ("gone", Mark::Removed), ("new", Mark::Added)]);
        let marks: Vec<_> = found.edges.iter().map(|(id, mark)| (id.as_str(), *mark)).collect();
        assert_eq!(marks, [("e", Mark::Changed), ("f", Mark::Removed), ("g", Mark::Added)]);
        assert_eq!(found.summary(), "2 added, 2 removed, 2 changed, 1 moved");
        // The ghost makes room for what stands in its place.
        let rect = |id: &str| found.both.node(id).map(|node| geometry::rect(node, node.position)).expect(id);
        assert!(!rect("gone").touches(rect("new")));
        assert_eq!(found.before["b"], Point { x: 300.0, y: 16.0 });
        let order: Vec<_> = found
            .order
            .iter()
            .map(|part| match part {
                Part::Node(id) | Part::Edge(id) => id.as_str(),
            })
            .collect();
        assert_eq!(order, ["a", "e", "b", "f", "g", "new", "gone"]);
    }

    #[test]
    fn nothing_differs_from_itself() {
        let (old, _) = two();
        let found = compare(&old, &old);
        assert_eq!((found.summary().as_str(), found.order.len(), found.both == old), ("Nothing differs", 0, true));
    }

    #[test]
    fn both_values_of_each_field_stand_side_by_side() {
        let (old, new) = two();
        let tools = Catalog::default();
        let fields = node_fields(old.node("a"), new.node("a"), &tools);
        assert_eq!(fields.len(), 1);
        assert_eq!((fields[0].field.as_str(), fields[0].stored.as_str(), fields[0].sent.as_str()), ("ms", "1", "2"));
        let moved = node_fields(old.node("b"), new.node("b"), &tools);
        assert_eq!((moved.len(), moved[0].field.as_str()), (1, "Place"));
        let gone = node_fields(old.node("gone"), None, &tools);
        assert!(gone.iter().any(|field| field.field == "x (constant)" && field.stored == "1" && field.sent.is_empty()));
        let edge = edge_fields(old.edges.first(), new.edges.first());
        assert_eq!((edge.len(), edge[0].field.as_str(), edge[0].sent.as_str()), (1, "Feeds wait", "ms"));
    }
}
