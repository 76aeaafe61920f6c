//! Where nodes and their handles are. Sizes are known without asking a browser: that is what makes it fast.

use super::{Point, annotations};
use crate::workflows::graph::{Definition, Edge, Node, NodeKind};

pub const NODE_WIDTH: f64 = 224.0;
const HEAD: f64 = 64.0;
/// A branch by its name takes a line of its own.
const BRANCH: f64 = 24.0;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Rect {
    #[must_use]
    pub fn between(a: Point, b: Point) -> Self {
        Self { x: a.x.min(b.x), y: a.y.min(b.y), width: (a.x - b.x).abs(), height: (a.y - b.y).abs() }
    }

    #[must_use]
    pub fn corner(self) -> Point {
        Point { x: self.x, y: self.y }
    }

    #[must_use]
    pub fn end(self) -> Point {
        Point { x: self.x + self.width, y: self.y + self.height }
    }

    #[must_use]
    pub fn middle(self) -> Point {
        Point { x: self.x + self.width / 2.0, y: self.y + self.height / 2.0 }
    }

    #[must_use]
    pub fn grown(self, by: f64) -> Self {
        Self { x: self.x - by, y: self.y - by, width: self.width + 2.0 * by, height: self.height + 2.0 * by }
    }

    #[must_use]
    pub fn touches(self, other: Self) -> bool {
        self.x <= other.x + other.width
            && other.x <= self.x + self.width
            && self.y <= other.y + other.height
            && other.y <= self.y + self.height
    }

    #[must_use]
    pub fn holds(self, point: Point) -> bool {
        let end = self.end();
        (self.x..=end.x).contains(&point.x) && (self.y..=end.y).contains(&point.y)
    }

    /// Whether all of the other lies in it.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.holds(other.corner()) && self.holds(other.end())
    }

    #[must_use]
    pub fn with(self, other: Self) -> Self {
        let (a, b) = (self.end(), other.end());
        Self::between(Point { x: self.x.min(other.x), y: self.y.min(other.y) }, Point { x: a.x.max(b.x), y: a.y.max(b.y) })
    }
}

/// Left is where things come in, right where they go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    In,
    Out,
}

/// The ways out of a node: `None` is the plain one. Nothing leaves the output.
#[must_use]
pub fn ways_out(node: &Node) -> Vec<Option<&str>> {
    let names = node.branch_names();
    match node.kind {
        NodeKind::Output | NodeKind::Note | NodeKind::Group => Vec::new(),
        kind if kind.branches() => names.into_iter().map(Some).collect(),
        _ => std::iter::once(None).chain(names.into_iter().map(Some)).collect(),
    }
}

/// Whether anything may lead to it.
#[must_use]
pub fn has_way_in(node: &Node) -> bool {
    !matches!(node.kind, NodeKind::Input | NodeKind::Note | NodeKind::Group)
}

#[must_use]
pub fn height(node: &Node) -> f64 {
    if node.kind.is_annotation() {
        return annotations::size(node).height;
    }
    let ways = ways_out(node).len();
    if ways <= 1 { HEAD } else { HEAD + 4.0 + BRANCH * ways as f64 }
}

#[must_use]
pub fn width(node: &Node) -> f64 {
    if node.kind.is_annotation() { annotations::size(node).width } else { NODE_WIDTH }
}

/// Its place when it stands at `at`.
#[must_use]
pub fn rect(node: &Node, at: Point) -> Rect {
    Rect { x: at.x, y: at.y, width: width(node), height: height(node) }
}

/// From its upper left corner to where edges come in.
#[must_use]
pub fn way_in() -> Point {
    Point { x: 0.0, y: HEAD / 2.0 }
}

/// From its upper left corner to where edges leave by `branch`. A branch that it does not have leaves by the first.
#[must_use]
pub fn way_out(node: &Node, branch: Option<&str>) -> Point {
    let ways = ways_out(node);
    if ways.len() <= 1 {
        return Point { x: NODE_WIDTH, y: HEAD / 2.0 };
    }
    let at = ways.iter().position(|way| *way == branch).unwrap_or(0);
    Point { x: NODE_WIDTH, y: HEAD + BRANCH * (at as f64 + 0.5) }
}

/// Both ends of an edge, given where its nodes stand.
#[must_use]
pub fn ends(edge: &Edge, source: &Node, from: Point, to: Point) -> (Point, Point) {
    let (out, way_in) = (way_out(source, edge.branch()), way_in());
    (Point { x: from.x + out.x, y: from.y + out.y }, Point { x: to.x + way_in.x, y: to.y + way_in.y })
}

/// Around all nodes that `these` says yes to.
#[must_use]
pub fn bounds(definition: &Definition, these: impl Fn(&Node) -> bool) -> Option<Rect> {
    definition.nodes.iter().filter(|node| these(node)).map(|node| rect(node, node.position)).reduce(Rect::with)
}

/// The step under a point; the one that is drawn last lies on top.
#[must_use]
pub fn node_at(definition: &Definition, point: Point, room: f64) -> Option<&Node> {
    let steps = definition.nodes.iter().rev().filter(|node| !node.kind.is_annotation());
    steps.into_iter().find(|node| rect(node, node.position).grown(room).holds(point))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_branch_has_a_handle_of_its_own_inside_the_node() {
        let mut node: Node = serde_json::from_value(json!({ "id": "s", "type": "switch",
            "config": { "cases": [{ "handle": "eu", "when": "true" }, { "handle": "us", "when": "true" }], "onError": "branch" } }))
        .expect("node");
        assert_eq!(ways_out(&node), [Some("eu"), Some("us"), Some("default"), Some("error")]);
        let handles: Vec<f64> = ways_out(&node).into_iter().map(|way| way_out(&node, way).y).collect();
        assert!(handles.is_sorted_by(|a, b| a < b) && handles.iter().all(|y| *y < height(&node)));
        node.kind = NodeKind::Output;
        assert_eq!(ways_out(&node).len(), 0);
        assert!(!has_way_in(&Node::new("in", NodeKind::Input)));
    }

    #[test]
    fn a_tool_with_an_error_branch_keeps_its_plain_way_out() {
        let node: Node = serde_json::from_value(json!({ "id": "t", "config": { "onError": "branch" } })).expect("node");
        assert_eq!(ways_out(&node), [None, Some("error")]);
        assert!(way_out(&node, None).y < way_out(&node, Some("error")).y);
    }

    #[test]
    fn the_node_on_top_is_the_one_under_the_pointer() {
        let definition: Definition = serde_json::from_value(json!({ "nodes": [
            { "id": "below", "position": { "x": 10.0, "y": 10.0 } }, { "id": "above", "position": { "x": 50.0, "y": 20.0 } }] }))
        .expect("definition");
        let at = |x, y| node_at(&definition, Point { x, y }, 0.0).map(|node| node.id.as_str());
        assert_eq!((at(100.0, 40.0), at(20.0, 20.0), at(500.0, 20.0)), (Some("above"), Some("below"), None));
    }
}
