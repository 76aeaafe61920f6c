//! What need be drawn: nodes near the part that is seen, and edges that cross it, even when both of their nodes lie outside. Elements are made
//! a few in each frame, what is nearest first; until then, and where they would be too many and too small to read, plain shapes are painted.

use super::{Point, Rect, Scene, Viewport};
use std::collections::HashSet;

/// How far beyond the rim elements are made already, on the screen. Little: what comes into sight is painted until it is made, and every element
/// that nobody sees makes each frame dearer.
const MARGIN: f64 = 8.0;
/// The part that is drawn jumps by this much on the screen, so that a pan of a few pixels changes nothing.
const STEP: f64 = 64.0;
/// Words are not read when they are smaller than this.
const LEGIBLE: f64 = 0.5;
/// A graph of so many nodes can be shown whole with cards.
const FEW: usize = 150;
/// A card is as dear as this many lines.
pub const CARD: usize = 3;

/// The part of the graph to draw for a screen of this size. The same for all viewports that are nearly the same.
#[must_use]
pub fn drawn(view: Viewport, width: f64, height: f64) -> Rect {
    let coarse = |value: f64| (value / STEP).round() * STEP;
    Viewport { x: coarse(view.x), y: coarse(view.y), zoom: view.zoom }.seen(width, height).grown((MARGIN + STEP / 2.0) / view.zoom)
}

/// Whether a graph of so many nodes is painted plainly at this zoom, without cards.
#[must_use]
pub fn is_plain(zoom: f64, nodes: usize) -> bool {
    zoom < LEGIBLE && nodes > FEW
}

/// Nodes and edges to draw, by their places in the scene and in its order.
#[must_use]
pub fn visible(scene: &Scene, drawn: Rect) -> (Vec<usize>, Vec<usize>) {
    let nodes = scene.shapes.iter().enumerate().filter(|(_, shape)| shape.rect.touches(drawn)).map(|(at, _)| at);
    let edges = scene.wires.iter().enumerate().filter(|(_, wire)| scene.around(wire).touches(drawn)).map(|(at, _)| at);
    (nodes.collect(), edges.collect())
}

/// Something that is to be an element.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    pub id: String,
    /// How far it is from the middle of what is seen.
    pub far: f64,
}

/// What is wanted of `places`, each with its distance from `middle`.
#[must_use]
pub fn wanted<'a>(places: &[usize], middle: Point, of: impl Fn(usize) -> Option<(&'a str, Rect)>) -> Vec<Wanted> {
    let one = |place: &usize| {
        let (id, rect) = of(*place)?;
        let (near, at) = (rect.middle(), middle);
        Some(Wanted { id: id.to_owned(), far: (near.x - at.x).abs().max((near.y - at.y).abs()) })
    };
    places.iter().filter_map(one).collect()
}

/// So much that nobody sees may wait until nothing else is to be made.
const SPARE: usize = 16;

/// The next list on the way from what there is to what is wanted. Either something goes or something comes, never both, and what comes stands at the
/// end: a keyed list that is told both moves most of what stays. At most `most` come, the nearest
/// first, and at most four times as many go; what the graph no longer holds goes at once.
#[must_use]
pub fn towards(now: &[String], wanted: &[Wanted], holds: impl Fn(&str) -> bool, most: usize) -> Vec<String> {
    let there: HashSet<&str> = now.iter().map(String::as_str).collect();
    let needed: HashSet<&str> = wanted.iter().map(|one| one.id.as_str()).collect();
    let mut missing: Vec<&Wanted> = wanted.iter().filter(|one| !there.contains(one.id.as_str())).collect();
    let spare: Vec<&str> = now.iter().map(String::as_str).filter(|id| !needed.contains(id)).collect();
    let gone: HashSet<&str> = spare.iter().copied().filter(|id| !holds(id)).collect();
    if !gone.is_empty() || spare.len() > SPARE || (missing.is_empty() && !spare.is_empty()) {
        let most = most.max(CARD).saturating_mul(4);
        let leave: HashSet<&str> = spare.into_iter().filter(|id| !gone.contains(id)).take(most).chain(gone.iter().copied()).collect();
        return now.iter().filter(|id| !leave.contains(id.as_str())).cloned().collect();
    }
    missing.sort_by(|a, b| a.far.total_cmp(&b.far));
    now.iter().cloned().chain(missing.into_iter().take(most).map(|one| one.id.clone())).collect()
}

/// How much is made in one frame: less after a long frame, a little more after a short one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace(usize);

impl Default for Pace {
    fn default() -> Self {
        Self(Self::FIRST)
    }
}

impl Pace {
    const FIRST: usize = 12;
    const LEAST: usize = 2 * CARD;
    const MOST: usize = 15;
    /// A card, and a line: lines look the same when they are painted.
    const MOVING: usize = CARD;

    /// What stands on an empty screen: nothing moves yet, and somebody waits to see it.
    pub const OPENING: Self = Self(200);

    /// After a frame that took so long, ms.
    #[must_use]
    pub fn after(self, frame: f64) -> Self {
        Self(if frame > 20.0 { (self.0 / 2).clamp(Self::LEAST, Self::MOST) } else { (self.0 + 1).min(Self::MOST) })
    }

    /// While the paper moves: what it shows is painted anew in every frame, and much of what would be made is out of sight before it was read.
    #[must_use]
    pub fn moving(self) -> Self {
        Self(self.0.min(Self::MOVING))
    }

    /// How many cards and how many lines: lines take what cards leave, and a third in any case.
    #[must_use]
    pub fn shares(self, cards: usize) -> (usize, usize) {
        let cards = cards.min((self.0 * 2 / 3 / CARD).max(1));
        (cards, (self.0 - (cards * CARD).min(self.0)).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflows::graph::Definition;
    use serde_json::json;

    #[test]
    fn an_edge_that_only_crosses_what_is_seen_is_drawn_without_its_nodes() {
        let definition: Definition = serde_json::from_value(json!({
            "nodes": [{ "id": "left", "position": { "x": -5000.0, "y": 0.0 } }, { "id": "right", "position": { "x": 5000.0, "y": 0.0 } },
                { "id": "here", "position": { "x": 100.0, "y": 100.0 } }, { "id": "below", "position": { "x": 0.0, "y": 9000.0 } }],
            "edges": [{ "id": "across", "source": "left", "target": "right" }, { "id": "away", "source": "below", "target": "below" }] }))
        .expect("definition");
        let part = drawn(Viewport::default(), 800.0, 600.0);
        assert_eq!(visible(&Scene::of(&definition), part), (vec![2], vec![0]));
    }

    #[test]
    fn a_small_pan_draws_the_same_part_and_always_more_than_is_seen() {
        let view = |x| Viewport { x, y: 0.0, zoom: 0.5 };
        assert_eq!(drawn(view(10.0), 800.0, 600.0), drawn(view(30.0), 800.0, 600.0));
        for x in 0..400 {
            let x = f64::from(x);
            let (seen, drawn) = (view(x).seen(800.0, 600.0), drawn(view(x), 800.0, 600.0));
            assert!(drawn.holds(seen.corner()) && drawn.holds(seen.end()), "{x}");
        }
    }

    fn all(ids: &[&str]) -> Vec<Wanted> {
        ids.iter().enumerate().map(|(order, id)| Wanted { id: (*id).to_owned(), far: (order as f64 - 2.0).abs() }).collect()
    }

    #[test]
    fn a_few_come_in_each_frame_the_nearest_first_and_none_is_moved() {
        let wanted = all(&["a", "b", "c", "d", "e"]);
        let mut now = Vec::new();
        let mut steps = Vec::new();
        while now.len() < wanted.len() {
            now = towards(&now, &wanted, |_| true, 2);
            steps.push(now.join(""));
        }
        assert_eq!(steps, ["cb", "cbda", "cbdae"]);
        assert_eq!(towards(&now, &wanted, |_| true, 2), now);
    }

    #[test]
    fn what_is_out_of_sight_goes_when_nothing_else_is_to_come_and_what_is_deleted_goes_first() {
        let now: Vec<String> = ["x", "c", "y"].map(str::to_owned).into();
        let wanted = all(&["a", "b", "c"]);
        let next = towards(&now, &wanted, |id| id != "y", 5);
        assert_eq!(next, ["c"], "what goes does not come with what comes");
        assert_eq!(towards(&next, &wanted, |_| true, 5), ["c", "b", "a"]);
        let next = towards(&now, &wanted, |_| true, 5);
        assert_eq!(next, ["x", "c", "y", "b", "a"], "a few that nobody sees may stay for a while");
        assert_eq!(towards(&next, &wanted, |_| true, 0), ["c", "b", "a"], "what goes needs no room in the frame");
        let many: Vec<String> = (0..30).map(|at| at.to_string()).collect();
        assert_eq!(towards(&many, &wanted, |_| true, 5).len(), 10, "many may not");
    }

    #[test]
    fn the_pace_slows_after_a_long_frame_and_never_stops() {
        let mut pace = Pace::default();
        for _ in 0..9 {
            pace = pace.after(80.0);
        }
        assert!(pace.shares(100).0 >= 1 && pace.shares(100).1 >= 1);
        assert!(pace.after(16.0).shares(0).1 > pace.shares(0).1);
        assert!(Pace::default().shares(0).1 > Pace::default().shares(100).1, "lines take what cards leave");
        assert!(Pace::default().moving().shares(100).0 < Pace::default().shares(100).0, "less is made while the paper moves");
        assert!(Pace::OPENING.shares(100).0 > 10 * Pace::default().shares(100).0, "an empty screen is filled at once");
        assert_eq!(Pace::OPENING.after(80.0).shares(100), Pace(Pace::MOST).shares(100), "and what follows takes its time");
    }

    #[test]
    fn only_a_large_graph_that_is_too_small_to_read_is_painted_plainly() {
        assert_eq!((is_plain(0.1, 1_000), is_plain(0.1, 20), is_plain(0.6, 1_000)), (true, false, false));
    }
}
