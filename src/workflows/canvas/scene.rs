//! The whole graph as shapes and wires: what is painted where cards would be too many or too small to read, and what culling looks through.

use super::{Point, Rect, annotations, curve, geometry};
use crate::workflows::graph::{Definition, ERROR_BRANCH, NodeKind, Tint};
use std::collections::HashMap;

/// A node as it is painted.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    pub id: String,
    pub rect: Rect,
    pub kind: NodeKind,
    /// It is disabled.
    pub off: bool,
    pub tint: Tint,
}

/// An edge as it is painted. `source` and `target` are places in [`Scene::shapes`]; `out` and `into` count from the corners of these.
#[derive(Clone, Debug, PartialEq)]
pub struct Wire {
    pub id: String,
    pub source: usize,
    pub target: usize,
    pub out: Point,
    pub into: Point,
    /// It is taken after an error.
    pub failure: bool,
}

/// Both in the order of the definition. An edge whose nodes are not there is not in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    pub shapes: Vec<Shape>,
    pub wires: Vec<Wire>,
    nodes: HashMap<String, usize>,
    edges: HashMap<String, usize>,
}

impl Scene {
    #[must_use]
    pub fn of(definition: &Definition) -> Self {
        let shapes: Vec<Shape> = definition
            .nodes
            .iter()
            .map(|node| Shape {
                id: node.id.clone(),
                rect: geometry::rect(node, node.position),
                kind: node.kind,
                off: node.is_off(),
                tint: annotations::tint(node),
            })
            .collect();
        let nodes: HashMap<String, usize> = shapes.iter().enumerate().map(|(at, shape)| (shape.id.clone(), at)).collect();
        let wires: Vec<Wire> = definition
            .edges
            .iter()
            .filter_map(|edge| {
                let (source, target) = (*nodes.get(&edge.source)?, *nodes.get(&edge.target)?);
                Some(Wire {
                    id: edge.id.clone(),
                    source,
                    target,
                    out: geometry::way_out(definition.nodes.get(source)?, edge.branch()),
                    into: geometry::way_in(),
                    failure: edge.branch() == Some(ERROR_BRANCH),
                })
            })
            .collect();
        let edges = wires.iter().enumerate().map(|(at, wire)| (wire.id.clone(), at)).collect();
        Self { shapes, wires, nodes, edges }
    }

    /// Puts a node elsewhere: all else of it stays.
    pub fn put(&mut self, id: &str, at: Point) {
        if let Some(shape) = self.node(id).and_then(|place| self.shapes.get_mut(place)) {
            (shape.rect.x, shape.rect.y) = (at.x, at.y);
        }
    }

    /// Where a node stands among the shapes.
    #[must_use]
    pub fn node(&self, id: &str) -> Option<usize> {
        self.nodes.get(id).copied()
    }

    /// Where an edge stands among the wires.
    #[must_use]
    pub fn edge(&self, id: &str) -> Option<usize> {
        self.edges.get(id).copied()
    }

    /// Both ends of a wire when its nodes stand `at` these places.
    #[must_use]
    pub fn ends(wire: &Wire, at: impl Fn(usize) -> Point) -> (Point, Point) {
        let (from, to) = (at(wire.source), at(wire.target));
        (Point { x: from.x + wire.out.x, y: from.y + wire.out.y }, Point { x: to.x + wire.into.x, y: to.y + wire.into.y })
    }

    /// A frame that a wire never leaves.
    #[must_use]
    pub fn around(&self, wire: &Wire) -> Rect {
        let (from, to) = Self::ends(wire, |place| self.shapes.get(place).map_or_else(Point::default, |shape| shape.rect.corner()));
        curve::bounds(from, to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn shapes_and_wires_stand_where_cards_and_curves_would() {
        let definition: Definition = serde_json::from_value(json!({
            "nodes": [{ "id": "a", "position": { "x": 10.0, "y": 20.0 }, "config": { "onError": "branch" } }, { "id": "b", "position": { "x": 500.0, "y": 20.0 } }],
            "edges": [{ "id": "wrong", "source": "a", "target": "b", "sourceHandle": "error" }, { "id": "lost", "source": "a", "target": "gone" }] }))
        .expect("definition");
        let scene = Scene::of(&definition);
        assert_eq!((scene.node("b"), scene.node("gone"), scene.edge("lost")), (Some(1), None, None));
        let [wire] = scene.wires.as_slice() else { panic!("one wire: {:?}", scene.wires) };
        let at = |place: usize| scene.shapes[place].rect.corner();
        let edge = &definition.edges[0];
        assert_eq!(
            Scene::ends(wire, at),
            geometry::ends(edge, &definition.nodes[0], definition.nodes[0].position, definition.nodes[1].position)
        );
        assert_eq!((wire.failure, edge.branch()), (true, Some(ERROR_BRANCH)));

        let mut moved = definition.clone();
        moved.nodes[1].position = Point { x: 700.0, y: -40.0 };
        let mut scene = scene;
        scene.put("b", moved.nodes[1].position);
        assert_eq!(scene, Scene::of(&moved), "a node that is put elsewhere takes its wires along");
    }
}
