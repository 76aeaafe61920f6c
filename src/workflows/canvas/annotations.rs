//! Notes, and groups: frames around what stands in them. A group has no list of members: whatever lies wholly inside its frame is in it, so a step
//! joins when it is put there and leaves when it is taken out.

use super::{
    Point, Rect, geometry,
    snap::{GRID, to_grid},
};
use crate::workflows::graph::{Definition, Node, NodeKind, Size, Tint, change::fresh, patch::Patch};
use std::collections::BTreeSet;

const NOTE: Size = Size { width: 224.0, height: 128.0 };
const GROUP: Size = Size { width: 320.0, height: 192.0 };
/// Nothing is smaller, nor larger.
pub const LEAST: Size = Size { width: 96.0, height: 64.0 };
pub const MOST: f64 = 20_000.0;
/// Between the frame of a group and what stands in it.
pub const ROOM: f64 = 24.0;
/// The line with the name of a group.
pub const HEAD: f64 = 40.0;
/// What a note may say.
pub const MOST_TEXT: usize = 4_000;

#[must_use]
pub fn size(node: &Node) -> Size {
    let own = node.config.size.unwrap_or(if node.kind == NodeKind::Group { GROUP } else { NOTE });
    held(own)
}

#[must_use]
pub fn tint(node: &Node) -> Tint {
    node.config.tint.unwrap_or(if node.kind == NodeKind::Group { Tint::Grey } else { Tint::Yellow })
}

/// Within what can be seen and taken hold of.
#[must_use]
pub fn held(size: Size) -> Size {
    let within = |value: f64, least: f64| if value.is_finite() { value.clamp(least, MOST) } else { least };
    Size { width: within(size.width, LEAST.width), height: within(size.height, LEAST.height) }
}

/// Whether `node` stands in `group`. A group stands in a larger one.
#[must_use]
pub fn is_in(node: &Node, group: &Node) -> bool {
    let (inner, outer) = (geometry::rect(node, node.position), geometry::rect(group, group.position));
    let smaller = node.kind != NodeKind::Group || inner.width * inner.height < outer.width * outer.height;
    group.kind == NodeKind::Group && node.id != group.id && smaller && outer.grown(1.0).contains(inner)
}

/// All that stands in a group, in the order of the definition.
#[must_use]
pub fn members<'a>(definition: &'a Definition, group: &str) -> Vec<&'a str> {
    let Some(group) = definition.node(group) else { return Vec::new() };
    definition.nodes.iter().filter(|node| is_in(node, group)).map(|node| node.id.as_str()).collect()
}

/// The smallest group that a node stands in.
#[must_use]
pub fn group_of<'a>(definition: &'a Definition, node: &str) -> Option<&'a Node> {
    let node = definition.node(node)?;
    let around = definition.nodes.iter().filter(|group| is_in(node, group));
    around.min_by(|a, b| area(a).total_cmp(&area(b)))
}

fn area(node: &Node) -> f64 {
    let Size { width, height } = size(node);
    width * height
}

/// The note, or the group by the line with its name, that a point takes hold of.
#[must_use]
pub fn taken_at(definition: &Definition, point: Point) -> Option<&Node> {
    let held = |node: &&Node| {
        let rect = geometry::rect(node, node.position);
        match node.kind {
            NodeKind::Note => rect.holds(point),
            NodeKind::Group => Rect { height: HEAD, ..rect }.holds(point),
            _ => false,
        }
    };
    // Notes lie on groups, small groups on large ones.
    definition
        .nodes
        .iter()
        .filter(held)
        .min_by(|a, b| (a.kind == NodeKind::Group).cmp(&(b.kind == NodeKind::Group)).then(area(a).total_cmp(&area(b))))
}

/// What moves when these are moved: with a group all that stands in it.
#[must_use]
pub fn with_members(definition: &Definition, chosen: &BTreeSet<String>) -> BTreeSet<String> {
    let mut all = chosen.clone();
    for group in definition.nodes.iter().filter(|node| node.kind == NodeKind::Group && chosen.contains(&node.id)) {
        all.extend(definition.nodes.iter().filter(|node| is_in(node, group)).map(|node| node.id.clone()));
    }
    all
}

/// A frame around these rectangles, with room for the name, on the grid.
#[must_use]
pub fn frame(around: Rect) -> Rect {
    let down = |value: f64| (value / GRID).floor() * GRID;
    let up = |value: f64| (value / GRID).ceil() * GRID;
    let (x, y) = (down(around.x - ROOM), down(around.y - HEAD - ROOM / 2.0));
    Rect { x, y, width: up(around.end().x + ROOM) - x, height: up(around.end().y + ROOM) - y }
}

/// A new group around these. `None`: none of them is there.
#[must_use]
pub fn group(definition: &Definition, chosen: &BTreeSet<String>) -> Option<Node> {
    let frame = frame(geometry::bounds(definition, |node| chosen.contains(&node.id))?);
    let mut group = Node::new(free_id(definition, NodeKind::Group), NodeKind::Group);
    let count = definition.nodes.iter().filter(|node| node.kind == NodeKind::Group).count();
    group.label = Some(if count == 0 { "Group".to_owned() } else { format!("Group {}", count + 1) });
    group.position = settled(frame.corner());
    group.config.size = Some(Size { width: frame.width, height: frame.height });
    Some(group)
}

/// A new note with its upper left corner here.
#[must_use]
pub fn note(definition: &Definition, at: Point, text: &str) -> Node {
    let mut note = Node::new(free_id(definition, NodeKind::Note), NodeKind::Note);
    note.position = settled(Point { x: to_grid(at.x), y: to_grid(at.y) });
    note.config.text = Some(text.to_owned());
    note
}

fn free_id(definition: &Definition, kind: NodeKind) -> String {
    fresh(kind.as_str(), |id| definition.nodes.iter().any(|node| node.id == id))
}

/// The origin means "nowhere yet".
fn settled(at: Point) -> Point {
    if at == Point::default() { Point { x: 1.0, y: 0.0 } } else { at }
}

/// The group drawn close around what stands in it. `None`: nothing does, or it is already.
#[must_use]
pub fn fit(definition: &Definition, group: &str) -> Option<Patch> {
    let old = definition.node(group)?;
    let frame = frame(geometry::bounds(definition, |node| is_in(node, old))?);
    put(definition, Node { position: settled(frame.corner()), ..sized(old, frame.width, frame.height) })
}

/// The same node with another size.
#[must_use]
pub fn resized(definition: &Definition, id: &str, size: Size) -> Option<Patch> {
    let size = held(size);
    put(definition, sized(definition.node(id)?, size.width.round(), size.height.round()))
}

fn sized(node: &Node, width: f64, height: f64) -> Node {
    let mut node = node.clone();
    node.config.size = Some(Size { width, height });
    node
}

/// One node in another state.
#[must_use]
pub fn put(definition: &Definition, node: Node) -> Option<Patch> {
    let index = definition.nodes.iter().position(|old| old.id == node.id)?;
    let changed = definition.nodes[index] != node;
    changed.then(|| Patch { put_nodes: vec![(u32::try_from(index).unwrap_or(u32::MAX), node)], ..Patch::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn definition() -> Definition {
        serde_json::from_value(json!({ "nodes": [
            { "id": "a", "type": "transform", "position": { "x": 100.0, "y": 100.0 } },
            { "id": "b", "type": "transform", "position": { "x": 400.0, "y": 100.0 } },
            { "id": "far", "type": "transform", "position": { "x": 1600.0, "y": 100.0 } }] }))
        .expect("definition")
    }

    fn chosen(ids: &[&str]) -> BTreeSet<String> {
        ids.iter().map(|&id| id.to_owned()).collect()
    }

    fn grouped() -> Definition {
        let mut definition = definition();
        let group = group(&definition, &chosen(&["a", "b"])).expect("group");
        definition.nodes.push(group);
        definition
    }

    #[test]
    fn a_group_holds_what_lies_in_its_frame_and_moves_with_it() {
        let mut definition = grouped();
        assert_eq!(members(&definition, "group"), ["a", "b"]);
        assert_eq!(group_of(&definition, "a").map(|group| group.id.as_str()), Some("group"));
        assert_eq!(group_of(&definition, "far"), None);
        let head = definition.node("group").expect("group").position;
        assert_eq!(taken_at(&definition, Point { x: head.x + 9.0, y: head.y + 9.0 }).map(|node| node.id.as_str()), Some("group"));
        assert_eq!(taken_at(&definition, Point { x: head.x + 9.0, y: head.y + 90.0 }), None, "inside it is paper");
        assert_eq!(with_members(&definition, &chosen(&["group"])), chosen(&["a", "b", "group"]));
        // Taken out, it is in it no longer.
        definition.nodes[1].position.x = 900.0;
        assert_eq!(members(&definition, "group"), ["a"]);
    }

    #[test]
    fn groups_stand_in_groups_and_the_smallest_is_named() {
        let mut definition = grouped();
        let outer = group(&definition, &chosen(&["group", "far"])).expect("group");
        assert_eq!((outer.id.as_str(), outer.label.as_deref()), ("group_2", Some("Group 2")));
        definition.nodes.push(outer);
        assert_eq!(group_of(&definition, "a").map(|group| group.id.as_str()), Some("group"));
        assert_eq!(members(&definition, "group_2"), ["a", "b", "far", "group"]);
        assert_eq!(members(&definition, "group"), ["a", "b"], "the larger one does not stand in the smaller");
    }

    #[test]
    fn a_group_is_drawn_close_around_what_is_left_in_it() {
        let mut definition = grouped();
        assert_eq!(fit(&definition, "group"), None, "it is close already");
        definition.nodes[1].position.x = 900.0;
        fit(&definition, "group").expect("patch").apply(&mut definition);
        assert_eq!(members(&definition, "group"), ["a"]);
        assert!(size(definition.node("group").expect("group")).width < 300.0);
        definition.nodes[0].position.x = 900.0;
        assert_eq!(fit(&definition, "group"), None, "an empty one stays as it is");
    }

    #[test]
    fn a_size_is_never_absurd() {
        let mut node = Node::new("n", NodeKind::Note);
        node.config.size = Some(Size { width: -5.0, height: 1e12 });
        assert_eq!(size(&node), Size { width: LEAST.width, height: MOST });
        node.config.size = None;
        assert_eq!((size(&node), tint(&node)), (NOTE, Tint::Yellow));
    }

    #[test]
    fn notes_and_groups_are_not_judged_and_not_run() {
        let mut definition = grouped();
        definition.nodes.push(note(&definition, Point { x: 3.0, y: 500.0 }, "Why this is so"));
        let bare = definition.without_annotations();
        assert_eq!(bare.nodes.len(), 3);
        let order = crate::workflows::graph::order::order(&definition);
        assert_eq!(order.layers.concat(), [0, 1, 2]);
        let tools = crate::workflows::graph::Catalog::default();
        let findings = crate::workflows::graph::validate::validate(&definition, &tools);
        assert!(findings.iter().all(|finding| !matches!(finding.node.as_deref(), Some("note" | "group"))), "{findings:?}");
    }
}
