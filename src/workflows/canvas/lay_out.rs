//! A tidy drawing of the whole with its groups and notes; how steps are laid out is in [`super::layered`].

use super::{
    Point, Rect, annotations, geometry,
    layered::{Ports, arrange},
    snap::to_grid,
};
use crate::workflows::graph::{Definition, Edge, Node, NodeKind, Size};
use std::collections::{HashMap, HashSet};

/// Lays a definition out: what stands in a group stays in it, and notes stay beside what they stood beside.
pub fn lay_out(definition: &mut Definition) {
    let before = definition.clone();
    let outermost = |node: &Node| {
        let groups = before.nodes.iter().filter(|group| annotations::is_in(node, group));
        groups.max_by(|a, b| area(a).total_cmp(&area(b))).map(|group| group.id.clone())
    };
    let home: HashMap<String, Option<String>> = before.nodes.iter().map(|node| (node.id.clone(), outermost(node))).collect();
    let at_home = |node: &Node, group: Option<&str>| home.get(&node.id).is_some_and(|home| home.as_deref() == group);
    // Each group by itself, as though it stood alone.
    let groups: Vec<&Node> = before.nodes.iter().filter(|node| node.kind == NodeKind::Group && at_home(node, None)).collect();
    let mut inside: HashMap<&str, (Definition, Rect)> = HashMap::new();
    for group in &groups {
        let mut inner = part(&before, |node| at_home(node, Some(&group.id)));
        lay_out(&mut inner);
        if let Some(bounds) = geometry::bounds(&inner, |_| true) {
            inside.insert(&group.id, (inner, bounds));
        }
    }
    // Then the whole, with every group as one large step.
    let mut outer = part(&before, |node| at_home(node, None) && node.kind != NodeKind::Note);
    for node in outer.nodes.iter_mut().filter(|node| node.kind == NodeKind::Group) {
        if let Some((_, bounds)) = inside.get(node.id.as_str()) {
            let frame = annotations::frame(*bounds);
            node.config.size = Some(Size { width: frame.width, height: frame.height });
        }
    }
    let name = |id: &str| home.get(id).and_then(Clone::clone).unwrap_or_else(|| id.to_owned());
    outer.edges = before.edges.iter().map(|edge| Edge { source: name(&edge.source), target: name(&edge.target), ..edge.clone() }).collect();
    outer.edges.retain(|edge| edge.source != edge.target);
    let inner_node = |id: &str| {
        let (inner, bounds) = inside.get(home.get(id)?.as_deref()?)?;
        inner.node(id).map(|node| (node, node.position.y - annotations::frame(*bounds).y))
    };
    let mut ports = Ports::default();
    for edge in &before.edges {
        if let Some((node, below)) = inner_node(&edge.source) {
            ports.out.insert(edge.id.clone(), below + geometry::way_out(node, edge.branch()).y);
        }
        if let Some((_, below)) = inner_node(&edge.target) {
            ports.into.insert(edge.id.clone(), below + geometry::way_in().y);
        }
    }
    for (index, (_, at)) in arrange(&outer, &ports).into_iter().enumerate() {
        outer.nodes[index].position = at;
    }
    for node in &mut definition.nodes {
        if let Some(placed) = outer.node(&node.id) {
            (node.position, node.config.size) = (placed.position, placed.config.size);
        } else if let Some(Some(group)) = home.get(&node.id)
            && let (Some(placed), Some((inner, bounds))) = (outer.node(group), inside.get(group.as_str()))
            && let Some(own) = inner.node(&node.id)
        {
            let frame = annotations::frame(*bounds);
            let at = Point { x: placed.position.x + own.position.x - frame.x, y: placed.position.y + own.position.y - frame.y };
            (node.position, node.config.size) = (at, own.config.size);
        }
    }
    for note in before.nodes.iter().filter(|node| node.kind == NodeKind::Note && at_home(node, None)) {
        move_note(&before, definition, note);
    }
}

/// As far as the step or group that it stood closest to, and then below what stands there now.
fn move_note(before: &Definition, after: &mut Definition, note: &Node) {
    let own = geometry::rect(note, note.position);
    let steps = before.nodes.iter().filter(|node| node.kind != NodeKind::Note);
    let far = |node: &Node| {
        let middle = geometry::rect(node, node.position).middle();
        (middle.x - own.middle().x).hypot(middle.y - own.middle().y)
    };
    let Some(beside) = steps.min_by(|a, b| far(a).total_cmp(&far(b))) else { return };
    let moved = after.node(&beside.id).map_or(beside.position, |node| node.position);
    let mut at = Point { x: note.position.x + moved.x - beside.position.x, y: note.position.y + moved.y - beside.position.y };
    // Bounded: every turn passes at least one node.
    for _ in 0..=after.nodes.len() {
        let there = geometry::rect(note, at).grown(8.0);
        let others = after.nodes.iter().filter(|other| other.id != note.id).map(|other| geometry::rect(other, other.position));
        let Some(other) = others.into_iter().find(|other| other.touches(there)) else { break };
        at.y = to_grid(other.end().y + 24.0);
    }
    if let Some(node) = after.nodes.iter_mut().find(|node| node.id == note.id) {
        node.position = Point { x: to_grid(at.x), y: at.y };
    }
}

fn part(definition: &Definition, these: impl Fn(&Node) -> bool) -> Definition {
    let nodes: Vec<Node> = definition.nodes.iter().filter(|node| these(node)).cloned().collect();
    let there: HashSet<&str> = nodes.iter().map(|node| node.id.as_str()).collect();
    let edges = definition.edges.iter().filter(|edge| there.contains(edge.source.as_str()) && there.contains(edge.target.as_str()));
    let edges = edges.cloned().collect();
    Definition { nodes, edges }
}

fn area(node: &Node) -> f64 {
    let Size { width, height } = annotations::size(node);
    width * height
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn graph(count: usize, edges: &[(usize, usize)]) -> Definition {
        let nodes: Vec<_> = (0..count).map(|i| json!({ "id": format!("n{i}"), "type": "transform" })).collect();
        let edges: Vec<_> = edges
            .iter()
            .enumerate()
            .map(|(i, (a, b))| json!({ "id": format!("e{i}"), "source": format!("n{a}"), "target": format!("n{b}") }))
            .collect();
        serde_json::from_value(json!({ "nodes": nodes, "edges": edges })).expect("definition")
    }

    #[test]
    fn a_group_keeps_its_own_and_nothing_else_and_notes_stay_beside_their_step() {
        let mut definition = graph(7, &[(0, 1), (1, 2), (2, 3), (0, 4), (4, 5), (5, 6), (3, 6)]);
        lay_out(&mut definition);
        for id in ["n1", "n2"] {
            let node = definition.nodes.iter_mut().find(|node| node.id == id).expect("node");
            node.position.y += 2000.0;
        }
        let chosen = ["n1", "n2"].iter().map(|&id| id.to_owned()).collect();
        let group = annotations::group(&definition, &chosen).expect("group");
        definition.nodes.push(group);
        let inside = definition.node("n1").expect("n1").position;
        definition.nodes.push(annotations::note(&definition, Point { x: inside.x, y: inside.y + 66.0 }, "outside below"));
        lay_out(&mut definition);
        assert_eq!(annotations::members(&definition, "group"), ["n1", "n2"]);
        let rect = |id: &str| definition.node(id).map(|node| geometry::rect(node, node.position)).expect("node");
        for other in ["n0", "n3", "n4", "n5", "n6"] {
            assert!(!rect(other).touches(rect("group")), "{other}");
        }
        assert!(rect("n0").end().x < rect("group").x && rect("group").end().x < rect("n3").x);
        assert!((rect("note").middle().y - rect("group").middle().y).abs() < 400.0);
        let again = {
            let mut again = definition.clone();
            lay_out(&mut again);
            again
        };
        assert_eq!(annotations::members(&again, "group"), ["n1", "n2"]);
    }
}
