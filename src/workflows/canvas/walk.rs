//! From node to node by arrow keys: along an edge where one leads that way, else to the nearest.

use super::{Point, Rect, geometry};
use crate::workflows::graph::{Definition, Node, NodeKind};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Left,
    Right,
    Up,
    Down,
}

/// Where the key leads from `from`. Without a node to start from, to the one that stands first.
#[must_use]
pub fn walk<'a>(definition: &'a Definition, from: Option<&str>, direction: Direction) -> Option<&'a str> {
    let Some(here) = from.and_then(|id| definition.node(id)) else {
        return first(definition);
    };
    let start = geometry::rect(here, here.position).middle();
    let level = |id: &str| definition.node(id).map(|node| (geometry::rect(node, node.position).middle().y - start.y).abs());
    let along = |ids: Vec<&'a str>| {
        let known = ids.into_iter().filter_map(|id| level(id).map(|level| (level, id)));
        known.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, id)| id)
    };
    let edges = definition.edges.iter();
    let led = match direction {
        Direction::Right => along(edges.filter(|edge| edge.source == here.id).map(|edge| edge.target.as_str()).collect()),
        Direction::Left => along(edges.filter(|edge| edge.target == here.id).map(|edge| edge.source.as_str()).collect()),
        Direction::Up | Direction::Down => None,
    };
    led.or_else(|| nearest(definition, &here.id, start, direction))
}

/// A group lies below what stands in it; a key of its own leads there.
fn walked(node: &&Node) -> bool {
    node.kind != NodeKind::Group
}

fn first(definition: &Definition) -> Option<&str> {
    let places = definition.nodes.iter().filter(walked).map(|node| (node.position.x + node.position.y, node.id.as_str()));
    places.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, id)| id)
}

/// Sideways counts twice: what lies straight ahead is meant before what lies closer and askew.
fn nearest<'a>(definition: &'a Definition, own: &str, start: Point, direction: Direction) -> Option<&'a str> {
    let ahead = definition.nodes.iter().filter(walked).filter(|node| node.id != own).filter_map(|node| {
        let middle = Rect::middle(geometry::rect(node, node.position));
        let (dx, dy) = (middle.x - start.x, middle.y - start.y);
        let (forward, aside) = match direction {
            Direction::Left => (-dx, dy),
            Direction::Right => (dx, dy),
            Direction::Up => (-dy, dx),
            Direction::Down => (dy, dx),
        };
        (forward > 1.0).then(|| (forward + 2.0 * aside.abs(), node.id.as_str()))
    });
    ahead.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, id)| id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn arrows_follow_edges_first_and_then_the_eye() {
        let definition: Definition = serde_json::from_value(json!({
            "nodes": [{ "id": "a", "position": { "x": 1.0, "y": 100.0 } }, { "id": "near", "position": { "x": 260.0, "y": 120.0 } },
                { "id": "fed", "position": { "x": 600.0, "y": 300.0 } }, { "id": "below", "position": { "x": 1.0, "y": 400.0 } }],
            "edges": [{ "id": "e", "source": "a", "target": "fed" }] }))
        .expect("definition");
        let go = |from, direction| walk(&definition, Some(from), direction);
        assert_eq!(go("a", Direction::Right), Some("fed"));
        assert_eq!(go("fed", Direction::Left), Some("a"));
        assert_eq!(go("near", Direction::Left), Some("a"));
        assert_eq!(go("a", Direction::Down), Some("below"));
        assert_eq!(go("a", Direction::Up), None);
        assert_eq!(walk(&definition, None, Direction::Right), Some("a"));
        assert_eq!(walk(&Definition::default(), None, Direction::Up), None);
    }
}
