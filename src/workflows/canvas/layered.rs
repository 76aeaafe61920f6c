//! A tidy drawing of the whole: layers from left to right, few crossings, straight edges (Sugiyama's method).
//! Why not a crate: docs/decisions/0200-layout.md.

use super::{Point, Rect, geometry, snap::to_grid};
use crate::workflows::graph::{Definition, NodeKind, order::order_of};
use std::collections::HashMap;

const GAP_X: f64 = 80.0;
const GAP_Y: f64 = 48.0;
/// The room that an edge takes where it passes a layer.
const LANE: f64 = 16.0;
const SWEEPS: usize = 24;

/// A node, or the place where a long edge passes a layer.
struct Cell {
    node: Option<usize>,
    height: f64,
    y: f64,
}

/// From a cell to one of the next layer, with how far below their tops it leaves and arrives.
#[derive(Clone, Copy)]
struct Link {
    from: usize,
    to: usize,
    out: f64,
    into: f64,
}

/// How far below the top of a group the edges of its steps leave and arrive, by edge.
#[derive(Default)]
pub(super) struct Ports {
    pub out: HashMap<String, f64>,
    pub into: HashMap<String, f64>,
}

struct Grid {
    cells: Vec<Cell>,
    layers: Vec<Vec<usize>>,
    /// By the layer they leave.
    links: Vec<Vec<Link>>,
}

/// Where each step of a definition without groups goes. The upper left corner of the whole stays where it was.
pub(super) fn arrange(definition: &Definition, ports: &Ports) -> Vec<(String, Point)> {
    let Some(old) = geometry::bounds(definition, |_| true) else {
        return Vec::new();
    };
    // The origin itself means "nowhere yet".
    let old = if old.corner() == Point::default() { Rect { x: 48.0, y: 48.0, ..old } } else { old };
    let mut grid = build(definition, ports);
    untangle(&mut grid);
    straighten(&mut grid);
    let top = grid.cells.iter().filter(|cell| cell.node.is_some()).map(|cell| cell.y).fold(f64::INFINITY, f64::min);
    let mut places = vec![Point::default(); definition.nodes.len()];
    let mut x = old.x;
    for layer in &grid.layers {
        let widths = layer.iter().filter_map(|&cell| grid.cells[cell].node).map(|node| geometry::width(&definition.nodes[node]));
        let width = widths.fold(geometry::NODE_WIDTH, f64::max);
        for &cell in layer {
            if let Some(node) = grid.cells[cell].node {
                places[node] = Point { x: to_grid(x), y: to_grid(old.y + grid.cells[cell].y - top) };
            }
        }
        x += width + GAP_X;
    }
    definition.nodes.iter().map(|node| node.id.clone()).zip(places).collect()
}

fn build(definition: &Definition, ports: &Ports) -> Grid {
    // Groups, which hold their steps already, are steps here.
    let order = order_of(definition, |_| true);
    let mut layer = vec![0; definition.nodes.len()];
    for (index, nodes) in order.layers.iter().enumerate() {
        nodes.iter().for_each(|&node| layer[node] = index);
    }
    // A circle has no beginning; it is drawn in its order, behind the rest.
    for (behind, &node) in order.cycle.iter().chain(&order.behind_cycle).enumerate() {
        layer[node] = order.layers.len() + behind;
    }
    let position: HashMap<&str, usize> = definition.nodes.iter().enumerate().map(|(i, node)| (node.id.as_str(), i)).collect();
    let ends = |edge: &crate::workflows::graph::Edge| Some((*position.get(edge.source.as_str())?, *position.get(edge.target.as_str())?));
    // What waits for nothing stands just before what takes it, not at the far left; the input begins.
    for &node in order.layers.first().into_iter().flatten() {
        let targets = definition.edges.iter().filter_map(ends).filter(|(from, _)| *from == node).map(|(_, to)| layer[to]);
        if definition.nodes[node].kind != NodeKind::Input
            && let Some(first) = targets.min()
        {
            layer[node] = first.saturating_sub(1);
        }
    }
    let depth = layer.iter().max().map_or(0, |last| last + 1);
    let mut grid = Grid { cells: Vec::new(), layers: vec![Vec::new(); depth], links: vec![Vec::new(); depth] };
    for (node, of) in definition.nodes.iter().enumerate() {
        grid.cells.push(Cell { node: Some(node), height: geometry::height(of), y: 0.0 });
        grid.layers[layer[node]].push(node);
    }
    for edge in &definition.edges {
        let Some((from, to)) = ends(edge).filter(|(from, to)| layer[*from] < layer[*to]) else { continue };
        let (mut last, mut out) =
            (from, ports.out.get(&edge.id).copied().unwrap_or_else(|| geometry::way_out(&definition.nodes[from], edge.branch()).y));
        for (between, cells) in grid.layers.iter_mut().enumerate().take(layer[to]).skip(layer[from] + 1) {
            let lane = grid.cells.len();
            grid.cells.push(Cell { node: None, height: LANE, y: 0.0 });
            cells.push(lane);
            grid.links[between - 1].push(Link { from: last, to: lane, out, into: LANE / 2.0 });
            (last, out) = (lane, LANE / 2.0);
        }
        grid.links[layer[to] - 1].push(Link {
            from: last,
            to,
            out,
            into: ports.into.get(&edge.id).copied().unwrap_or(geometry::way_in().y),
        });
    }
    grid
}

/// Orders each layer by the middle of what its cells are linked to, to and fro, and keeps the order with the fewest crossings.
fn untangle(grid: &mut Grid) {
    let mut best = grid.layers.clone();
    let mut fewest = crossings(grid, &best);
    for sweep in 0..SWEEPS {
        if fewest == 0 {
            break;
        }
        let forward = sweep % 2 == 0;
        let turns: Vec<usize> =
            if forward { (1..grid.layers.len()).collect() } else { (0..grid.layers.len().saturating_sub(1)).rev().collect() };
        for index in turns {
            let (other, links) = if forward { (index - 1, index - 1) } else { (index + 1, index) };
            let place: HashMap<usize, usize> = grid.layers[other].iter().enumerate().map(|(place, &cell)| (cell, place)).collect();
            let mut sums: HashMap<usize, (f64, f64)> = HashMap::new();
            for link in &grid.links[links] {
                let (own, far, handle) = if forward { (link.to, link.from, link.out) } else { (link.from, link.to, link.into) };
                let sum = sums.entry(own).or_default();
                // Handles of one node lie below each other: that decides between edges of the same node.
                sum.0 += place.get(&far).map_or(0.0, |&place| place as f64) + handle / 10_000.0;
                sum.1 += 1.0;
            }
            let own: HashMap<usize, f64> = grid.layers[index]
                .iter()
                .enumerate()
                .map(|(place, cell)| (*cell, sums.get(cell).map_or(place as f64, |(sum, count)| sum / count)))
                .collect();
            grid.layers[index].sort_by(|a, b| own[a].total_cmp(&own[b]));
        }
        let now = crossings(grid, &grid.layers);
        if now < fewest {
            (best, fewest) = (grid.layers.clone(), now);
        }
    }
    grid.layers = best;
}

fn crossings(grid: &Grid, layers: &[Vec<usize>]) -> usize {
    let mut place = vec![0_usize; grid.cells.len()];
    layers.iter().for_each(|layer| layer.iter().enumerate().for_each(|(at, &cell)| place[cell] = at));
    let mut count = 0;
    for links in &grid.links {
        let mut ends: Vec<(usize, f64, usize)> = links.iter().map(|link| (place[link.from], link.out, place[link.to])).collect();
        ends.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
        for (index, a) in ends.iter().enumerate() {
            count += ends[index + 1..].iter().filter(|b| b.2 < a.2).count();
        }
    }
    count
}

/// Moves each cell to where its edges run straight, as far as its neighbours in the layer leave room.
fn straighten(grid: &mut Grid) {
    for layer in &grid.layers {
        let mut y = 0.0;
        for &cell in layer {
            grid.cells[cell].y = y;
            y += grid.cells[cell].height + GAP_Y;
        }
    }
    for sweep in 0..SWEEPS {
        let turns: Vec<usize> = if sweep % 2 == 0 { (0..grid.layers.len()).collect() } else { (0..grid.layers.len()).rev().collect() };
        for index in turns {
            let mut wants: HashMap<usize, (f64, f64)> = HashMap::new();
            let mut want = |cell: usize, y: f64, strength: f64| {
                let sum = wants.entry(cell).or_default();
                sum.0 += y * strength;
                sum.1 += strength;
            };
            // Long edges bend rather at their ends than on their way.
            let strength = |a: usize, b: usize| match (grid.cells[a].node, grid.cells[b].node) {
                (Some(_), Some(_)) => 1.0,
                (None, None) => 8.0,
                _ => 2.0,
            };
            if index > 0 {
                for link in &grid.links[index - 1] {
                    want(link.to, grid.cells[link.from].y + link.out - link.into, strength(link.from, link.to));
                }
            }
            for link in &grid.links[index] {
                want(link.from, grid.cells[link.to].y + link.into - link.out, strength(link.from, link.to));
            }
            settle(grid, index, &wants);
        }
    }
}

/// As near as possible to what each wants, in order and with the gaps kept: neighbours that would overlap are moved together.
fn settle(grid: &mut Grid, index: usize, wants: &HashMap<usize, (f64, f64)>) {
    // (sum of wishes, strength, how many): a run of cells that touch.
    let mut runs: Vec<(f64, f64, usize)> = Vec::new();
    let mut offsets = Vec::new();
    let mut offset = 0.0;
    for (place, &cell) in grid.layers[index].iter().enumerate() {
        if let Some(&before) = place.checked_sub(1).and_then(|before| grid.layers[index].get(before)) {
            let gap = if grid.cells[before].node.is_some() && grid.cells[cell].node.is_some() { GAP_Y } else { LANE };
            offset += grid.cells[before].height + gap;
        }
        offsets.push(offset);
        let (sum, strength) = wants.get(&cell).copied().unwrap_or((grid.cells[cell].y * 0.01, 0.01));
        runs.push((sum - offset * strength, strength, 1));
        while let [.., a, b] = runs.as_slice() {
            if a.0 / a.1 <= b.0 / b.1 {
                break;
            }
            let joined = (a.0 + b.0, a.1 + b.1, a.2 + b.2);
            runs.truncate(runs.len() - 2);
            runs.push(joined);
        }
    }
    let starts = runs.into_iter().flat_map(|(sum, strength, count)| std::iter::repeat_n(sum / strength, count));
    for ((&cell, offset), start) in grid.layers[index].iter().zip(offsets).zip(starts) {
        grid.cells[cell].y = start + offset;
    }
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

    fn placed(definition: &Definition) -> Vec<Rect> {
        let places = arrange(definition, &Ports::default());
        definition.nodes.iter().zip(places).map(|(node, (_, at))| geometry::rect(node, at)).collect()
    }

    fn apart(rects: &[Rect]) -> bool {
        rects.iter().enumerate().all(|(i, a)| rects[i + 1..].iter().all(|b| !a.grown(8.0).touches(*b)))
    }

    #[test]
    fn a_chain_is_one_straight_line() {
        let rects = placed(&graph(4, &[(0, 1), (1, 2), (2, 3)]));
        assert!(rects.windows(2).all(|pair| pair[0].y == pair[1].y && pair[0].end().x < pair[1].x));
    }

    #[test]
    fn a_fork_stands_around_the_middle_and_crossed_lines_are_uncrossed() {
        let rects = placed(&graph(4, &[(0, 1), (0, 2), (1, 3), (2, 3)]));
        assert!((rects[1].y - rects[0].y + (rects[2].y - rects[0].y)).abs() <= 16.0, "{rects:?}");
        let rects = placed(&graph(4, &[(0, 3), (1, 2)]));
        assert_eq!((rects[0].y < rects[1].y), (rects[3].y < rects[2].y));
    }

    #[test]
    fn a_long_edge_does_not_run_through_the_nodes_it_passes() {
        let rects = placed(&graph(4, &[(0, 1), (1, 2), (2, 3), (0, 3)]));
        assert!(apart(&rects));
        let lane = rects[0].y.midpoint(rects[3].y) + 32.0;
        assert!((rects[1].y - rects[0].y).abs() < 160.0 && (lane - rects[1].y).abs() < 200.0);
    }

    #[test]
    fn nothing_overlaps_in_a_large_graph_nor_in_a_circle() {
        let edges: Vec<(usize, usize)> = (1..300).flat_map(|i| [(i / 3, i), ((i * 7) % i, i)]).filter(|(a, b)| a < b).collect();
        assert!(apart(&placed(&graph(300, &edges))));
        assert!(apart(&placed(&graph(4, &[(0, 1), (1, 2), (2, 0), (2, 3)]))));
        assert!(arrange(&Definition::default(), &Ports::default()).is_empty());
    }

    #[test]
    fn arranging_twice_changes_nothing() {
        let mut definition = graph(9, &[(0, 1), (0, 2), (0, 3), (1, 4), (2, 5), (3, 6), (4, 7), (5, 7), (6, 8), (7, 8)]);
        for (id, at) in arrange(&definition, &Ports::default()) {
            definition.nodes.iter_mut().filter(|node| node.id == id).for_each(|node| node.position = at);
        }
        let again = arrange(&definition, &Ports::default());
        assert!(definition.nodes.iter().zip(again).all(|(node, (_, at))| node.position == at));
    }
}
