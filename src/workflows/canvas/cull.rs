//! What need be drawn: nodes near the part that is seen, and edges that cross it, even when both of their nodes lie outside.

use super::{Point, Rect, Viewport, curve, geometry};
use crate::workflows::graph::{Definition, Node};
use std::collections::HashMap;

/// How far beyond the rim things are drawn already, on the screen: panning then shows no holes.
const MARGIN: f64 = 240.0;
/// The part that is drawn jumps by this much on the screen, so that a pan of a few pixels changes nothing.
const STEP: f64 = 160.0;

/// The part of the graph to draw for a screen of this size. The same for all viewports that are nearly the same.
#[must_use]
pub fn drawn(view: Viewport, width: f64, height: f64) -> Rect {
    let coarse = |value: f64| (value / STEP).round() * STEP;
    Viewport { x: coarse(view.x), y: coarse(view.y), zoom: view.zoom }.seen(width, height).grown((MARGIN + STEP) / view.zoom)
}

/// The ids of nodes and of edges to draw, in the order of the definition.
#[must_use]
pub fn visible(definition: &Definition, drawn: Rect) -> (Vec<String>, Vec<String>) {
    let places: HashMap<&str, (&Node, Point)> = definition.nodes.iter().map(|node| (node.id.as_str(), (node, node.position))).collect();
    let nodes = definition.nodes.iter().filter(|node| geometry::rect(node, node.position).touches(drawn)).map(|node| node.id.clone());
    let edges = definition.edges.iter().filter(|edge| {
        let (Some((source, from)), Some((_, to))) = (places.get(edge.source.as_str()), places.get(edge.target.as_str())) else {
            return false;
        };
        let (from, to) = geometry::ends(edge, source, *from, *to);
        curve::bounds(from, to).touches(drawn)
    });
    (nodes.collect(), edges.map(|edge| edge.id.clone()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_edge_that_only_crosses_what_is_seen_is_drawn_without_its_nodes() {
        let definition: Definition = serde_json::from_value(json!({
            "nodes": [{ "id": "left", "position": { "x": -5000.0, "y": 0.0 } }, { "id": "right", "position": { "x": 5000.0, "y": 0.0 } },
                { "id": "here", "position": { "x": 100.0, "y": 100.0 } }, { "id": "below", "position": { "x": 0.0, "y": 9000.0 } }],
            "edges": [{ "id": "across", "source": "left", "target": "right" }, { "id": "away", "source": "below", "target": "below" }] }))
        .expect("definition");
        let part = drawn(Viewport::default(), 800.0, 600.0);
        assert_eq!(visible(&definition, part), (vec!["here".to_owned()], vec!["across".to_owned()]));
    }

    #[test]
    fn a_small_pan_draws_the_same_part_and_always_more_than_is_seen() {
        let view = |x| Viewport { x, y: 0.0, zoom: 0.5 };
        assert_eq!(drawn(view(10.0), 800.0, 600.0), drawn(view(40.0), 800.0, 600.0));
        for x in 0..400 {
            let x = f64::from(x);
            let (seen, drawn) = (view(x).seen(800.0, 600.0), drawn(view(x), 800.0, 600.0));
            assert!(drawn.holds(seen.corner()) && drawn.holds(seen.end()), "{x}");
        }
    }
}
