//! Where a drawing puts nodes and edges: layers from left to right.

use super::{Definition, Position, order::order};
use serde::{Deserialize, Serialize};

/// Sizes of a drawing, in its own units.
pub const NODE_WIDTH: f64 = 160.0;
pub const NODE_HEIGHT: f64 = 44.0;
const GAP_X: f64 = 28.0;
const GAP_Y: f64 = 30.0;
const MARGIN: f64 = 12.0;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Drawing {
    pub width: f64,
    pub height: f64,
    /// Node id and its upper left corner.
    pub nodes: Vec<(String, Position)>,
    /// The curve of each edge as an SVG path, with the number of fields it carries.
    pub edges: Vec<(String, usize)>,
}

/// Layers from top to bottom, each centred: readable in a narrow column.
#[must_use]
pub fn draw(definition: &Definition) -> Drawing {
    let order = order(definition);
    let mut layers = order.layers;
    let left: Vec<usize> = order.cycle.into_iter().chain(order.behind_cycle).collect();
    if !left.is_empty() {
        layers.push(left);
    }
    let widest = layers.iter().map(Vec::len).max().unwrap_or(0) as f64;
    let width = MARGIN * 2.0 + widest * NODE_WIDTH + (widest - 1.0).max(0.0) * GAP_X;
    let height = MARGIN * 2.0 + layers.len() as f64 * NODE_HEIGHT + (layers.len() as f64 - 1.0).max(0.0) * GAP_Y;
    let mut places = vec![Position::default(); definition.nodes.len()];
    let mut nodes = Vec::new();
    for (row, layer) in layers.iter().enumerate() {
        let used = layer.len() as f64 * NODE_WIDTH + (layer.len() as f64 - 1.0).max(0.0) * GAP_X;
        for (column, &node) in layer.iter().enumerate() {
            let x = (width - used) / 2.0 + column as f64 * (NODE_WIDTH + GAP_X);
            let y = MARGIN + row as f64 * (NODE_HEIGHT + GAP_Y);
            places[node] = Position { x, y };
            nodes.push((definition.nodes[node].id.clone(), places[node]));
        }
    }
    let place = |id: &str| definition.nodes.iter().position(|node| node.id == id).map(|i| places[i]);
    let edges = definition
        .edges
        .iter()
        .filter_map(|edge| {
            let (from, to) = (place(&edge.source)?, place(&edge.target)?);
            let (x1, y1, x2, y2) = (from.x + NODE_WIDTH / 2.0, from.y + NODE_HEIGHT, to.x + NODE_WIDTH / 2.0, to.y);
            let bend = ((y2 - y1) / 2.0).abs().max(12.0);
            Some((format!("M{x1:.0} {y1:.0} C{x1:.0} {:.0} {x2:.0} {:.0} {x2:.0} {y2:.0}", y1 + bend, y2 - bend), edge.pairs().count()))
        })
        .collect();
    Drawing { width, height, nodes, edges }
}

/// Gives every node that stands at the origin a place, layers from left to right as on a canvas.
pub fn arrange(definition: &mut Definition) {
    let order = order(definition);
    for (column, layer) in order.layers.iter().enumerate() {
        for (row, &node) in layer.iter().enumerate() {
            let node = &mut definition.nodes[node];
            if node.position == Position::default() {
                node.position = Position { x: 40.0 + column as f64 * 280.0, y: 40.0 + row as f64 * 120.0 };
            }
        }
    }
}
