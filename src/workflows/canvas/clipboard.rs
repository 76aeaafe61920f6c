//! Parts of a workflow as text: what is copied can be pasted into another workflow, into a file, into a chat.

use super::{Point, annotations, geometry, snap::to_grid};
use crate::workflows::graph::{Definition, Edge, Node, NodeKind, change::fresh};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};

/// The chosen nodes, of groups with what stands in them, and the edges between them.
#[must_use]
pub fn part(definition: &Definition, chosen: &BTreeSet<String>) -> Definition {
    let chosen = annotations::with_members(definition, chosen);
    Definition {
        nodes: definition.nodes.iter().filter(|node| chosen.contains(&node.id)).cloned().collect(),
        edges: definition.edges.iter().filter(|edge| chosen.contains(&edge.source) && chosen.contains(&edge.target)).cloned().collect(),
    }
}

#[must_use]
pub fn write(part: &Definition) -> String {
    let text = json!({ "toolcrib": "workflow", "nodes": part.nodes, "edges": part.edges });
    serde_json::to_string_pretty(&text).unwrap_or_default()
}

/// What the text means; `Err` says politely why it cannot be pasted.
pub fn read(text: &str) -> Result<Definition, String> {
    let value: Value = serde_json::from_str(text.trim()).map_err(|_| "The clipboard holds no steps of a workflow.".to_owned())?;
    let Value::Object(mut fields) = value else {
        return Err("The clipboard holds JSON, but no steps of a workflow.".to_owned());
    };
    if fields.contains_key("nodes") && fields.contains_key("connections") {
        return Err(
            "This is a workflow of n8n. Its nodes run n8n's own code, so they cannot be pasted here: make a tool for each service \
                    it calls (a curl command or an OpenAPI document is enough), then connect those."
                .to_owned(),
        );
    }
    fields.remove("toolcrib");
    if !fields.contains_key("nodes") {
        return Err("The clipboard holds JSON, but no steps of a workflow.".to_owned());
    }
    let found: Definition =
        serde_json::from_value(Value::Object(fields)).map_err(|error| format!("These steps cannot be read: {error}."))?;
    if found.nodes.is_empty() { Err("There is no step in what was copied.".to_owned()) } else { Ok(found) }
}

/// The part with ids that are free here. Its upper left corner comes to `at`; `None` puts it a little beside where it was. The input and the
/// output are there once: edges to and from a second one are those of the first.
#[must_use]
pub fn place(definition: &Definition, part: Definition, at: Option<Point>) -> (Vec<Node>, Vec<Edge>) {
    let bounds = geometry::bounds(&part, |_| true).unwrap_or_default();
    let corner = bounds.corner();
    // A group a little beside itself would hold half of the steps of both.
    let grouped = part.nodes.iter().any(|node| node.kind == NodeKind::Group);
    let beside = if grouped { Point { x: to_grid(bounds.width + 48.0), y: 0.0 } } else { Point { x: 32.0, y: 32.0 } };
    let shift = at.map_or(beside, |at| Point { x: at.x - corner.x, y: at.y - corner.y });
    let mut taken: BTreeSet<String> = definition.nodes.iter().map(|node| node.id.clone()).collect();
    let mut names: HashMap<String, String> = HashMap::new();
    let mut nodes = Vec::new();
    for mut node in part.nodes {
        let once = matches!(node.kind, NodeKind::Input | NodeKind::Output);
        if let Some(there) = definition.nodes.iter().find(|other| once && other.kind == node.kind) {
            names.insert(node.id, there.id.clone());
            continue;
        }
        let id = fresh(base(&node.id), |id| taken.contains(id));
        let id = if taken.contains(&node.id) { id } else { node.id.clone() };
        taken.insert(id.clone());
        names.insert(std::mem::replace(&mut node.id, id.clone()), id);
        node.position = Point { x: node.position.x + shift.x, y: node.position.y + shift.y };
        nodes.push(node);
    }
    let fresh_node = |id: &String| nodes.iter().any(|node| node.id == *id);
    let mut used: BTreeSet<String> = definition.edges.iter().map(|edge| edge.id.clone()).collect();
    let mut edges = Vec::new();
    for mut edge in part.edges {
        let (Some(source), Some(target)) = (names.get(&edge.source), names.get(&edge.target)) else { continue };
        // The workflow's own input and output may be fed otherwise by now: only what is new brings its edges.
        if !fresh_node(source) && !fresh_node(target) {
            continue;
        }
        (edge.source, edge.target) = (source.clone(), target.clone());
        edge.id = fresh(&format!("{}_to_{}", edge.source, edge.target), |id| used.contains(id));
        used.insert(edge.id.clone());
        edges.push(edge);
    }
    (nodes, edges)
}

/// `sum_2` is another `sum`.
fn base(id: &str) -> &str {
    id.rsplit_once('_').filter(|(_, number)| number.chars().all(|c| c.is_ascii_digit())).map_or(id, |(base, _)| base)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definition() -> Definition {
        serde_json::from_value(json!({
            "nodes": [{ "id": "in", "type": "input" }, { "id": "sum", "type": "transform", "position": { "x": 100.0, "y": 50.0 } },
                { "id": "sum_2", "type": "transform", "position": { "x": 400.0, "y": 50.0 } }],
            "edges": [{ "id": "e", "source": "in", "target": "sum", "mapping": { "rows": "rows" } },
                { "id": "f", "source": "sum", "target": "sum_2" }] }))
        .expect("definition")
    }

    #[test]
    fn what_was_copied_is_pasted_under_free_names_with_its_edges() {
        let definition = definition();
        let all = definition.nodes.iter().map(|node| node.id.clone()).collect();
        let read = read(&write(&part(&definition, &all))).expect("read");
        let (nodes, edges) = place(&definition, read, None);
        assert_eq!(nodes.iter().map(|node| node.id.as_str()).collect::<Vec<_>>(), ["sum_3", "sum_4"]);
        assert_eq!(nodes[0].position, Point { x: 132.0, y: 82.0 });
        let ends: Vec<_> = edges.iter().map(|edge| (edge.source.as_str(), edge.target.as_str())).collect();
        assert_eq!(ends, [("in", "sum_3"), ("sum_3", "sum_4")]);
        assert_eq!(edges[0].mapping.len(), 1);
    }

    #[test]
    fn in_another_workflow_names_stay_and_the_corner_comes_to_the_pointer() {
        let chosen = BTreeSet::from(["sum".to_owned(), "sum_2".to_owned()]);
        let (nodes, edges) = place(&Definition::default(), part(&definition(), &chosen), Some(Point { x: 0.0, y: 10.0 }));
        assert_eq!((nodes[0].id.as_str(), nodes[0].position), ("sum", Point { x: 0.0, y: 10.0 }));
        assert_eq!((nodes[1].position.x, edges.len()), (300.0, 1));
    }

    #[test]
    fn foreign_text_is_refused_politely() {
        for (text, words) in [
            ("hello", "no steps"),
            ("[1]", "no steps"),
            (r#"{"a": 1}"#, "no steps"),
            (r#"{"nodes": [], "connections": {}}"#, "n8n"),
            (r#"{"nodes": [{"name": "x"}]}"#, "cannot be read"),
            (r#"{"nodes": []}"#, "no step"),
        ] {
            let refused = read(text).expect_err(text);
            assert!(refused.contains(words), "{refused}");
        }
    }
}
