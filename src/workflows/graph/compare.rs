//! What is not the same in two definitions, step by step. Where a step stands on the canvas is no difference.

use super::{Definition, Position};
use crate::{diff::side_by_side, problem::Difference, tools::comparison::FieldChange};

/// Every step and connection with its text, in the order of the definition.
fn parts(definition: &Definition) -> Vec<(String, String)> {
    let nodes = definition.nodes.iter().map(|node| {
        let mut node = node.clone();
        node.position = Position::default();
        (format!("Step {}", node.id), pretty(&node))
    });
    nodes.chain(definition.edges.iter().map(|edge| (format!("Connection {}", edge.id), pretty(edge)))).collect()
}

fn pretty(value: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// What is in one of the two only, or not the same in both: names as people read them, and both texts. In the order of the first.
fn differing(first: &Definition, second: &Definition) -> Vec<(String, String, String)> {
    let (first, second) = (parts(first), parts(second));
    let text = |parts: &[(String, String)], name: &str| {
        parts.iter().find(|(other, _)| other == name).map(|(_, text)| text.clone()).unwrap_or_default()
    };
    let added = second.iter().filter(|(name, _)| !first.iter().any(|(other, _)| other == name));
    let names = first.iter().chain(added).map(|(name, _)| name.clone());
    let both = names.map(|name| (text(&first, &name), text(&second, &name), name));
    both.filter(|(left, right, _)| left != right).map(|(left, right, name)| (name, left, right)).collect()
}

/// What is stored now beside what was sent.
#[must_use]
pub fn differences(stored: &Definition, sent: &Definition) -> Vec<Difference> {
    differing(stored, sent).into_iter().map(|(field, stored, sent)| Difference { field, stored, sent }).collect()
}

/// The same by lines, for reading side by side.
#[must_use]
pub fn changes(from: &Definition, to: &Definition) -> Vec<FieldChange> {
    differing(from, to).into_iter().map(|(name, from, to)| FieldChange { name, lines: side_by_side(&from, &to) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn definition(value: serde_json::Value) -> Definition {
        serde_json::from_value(value).expect("definition")
    }

    #[test]
    fn what_was_added_changed_or_removed_is_named_and_where_it_stands_is_not() {
        let old = definition(json!({
            "nodes": [{"id": "a", "type": "delay", "config": {"ms": 1}}, {"id": "b", "type": "merge"}, {"id": "gone", "type": "merge"}],
            "edges": [{"id": "e", "source": "a", "target": "b"}]}));
        let new = definition(json!({
            "nodes": [{"id": "b", "type": "merge", "position": {"x": 9, "y": 9}}, {"id": "a", "type": "delay", "config": {"ms": 2}},
                {"id": "new", "type": "merge"}],
            "edges": [{"id": "e", "source": "a", "target": "new"}]}));
        let found = differences(&old, &new);
        assert_eq!(
            found.iter().map(|difference| difference.field.as_str()).collect::<Vec<_>>(),
            ["Step a", "Step gone", "Connection e", "Step new"]
        );
        assert!(found[0].stored.contains("\"ms\": 1") && found[0].sent.contains("\"ms\": 2"));
        assert!(!found[1].stored.is_empty() && found[1].sent.is_empty());
        assert_eq!(differences(&new, &new), []);
        assert_eq!(changes(&old, &new).len(), 4);
    }
}
