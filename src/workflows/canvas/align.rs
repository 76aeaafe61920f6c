//! Rows and columns of what is chosen.

use super::{Point, Rect};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Centre,
    Right,
    Top,
    Middle,
    Bottom,
    /// The same room between each two, from left to right.
    Across,
    /// The same from top to bottom.
    Down,
}

/// Where each of them goes; only those that move.
#[must_use]
pub fn align(nodes: &[(String, Rect)], how: Align) -> Vec<(String, Point)> {
    let Some(all) = nodes.iter().map(|(_, rect)| *rect).reduce(Rect::with) else {
        return Vec::new();
    };
    let moved: Vec<(String, Point)> = match how {
        Align::Across => spread(nodes, all.x, all.width, |r| (r.x, r.width), |r, x| Point { x, y: r.y }),
        Align::Down => spread(nodes, all.y, all.height, |r| (r.y, r.height), |r, y| Point { x: r.x, y }),
        _ => nodes
            .iter()
            .map(|(id, rect)| {
                let (end, middle) = (all.end(), all.middle());
                let at = match how {
                    Align::Left => Point { x: all.x, y: rect.y },
                    Align::Centre => Point { x: middle.x - rect.width / 2.0, y: rect.y },
                    Align::Right => Point { x: end.x - rect.width, y: rect.y },
                    Align::Top => Point { x: rect.x, y: all.y },
                    Align::Middle => Point { x: rect.x, y: middle.y - rect.height / 2.0 },
                    Align::Bottom => Point { x: rect.x, y: end.y - rect.height },
                    Align::Across | Align::Down => rect.corner(),
                };
                (id.clone(), at)
            })
            .collect(),
    };
    moved.into_iter().filter(|(id, at)| nodes.iter().any(|(other, rect)| other == id && rect.corner() != *at)).collect()
}

fn spread(
    nodes: &[(String, Rect)],
    start: f64,
    room: f64,
    of: impl Fn(&Rect) -> (f64, f64),
    place: impl Fn(&Rect, f64) -> Point,
) -> Vec<(String, Point)> {
    let mut sorted: Vec<&(String, Rect)> = nodes.iter().collect();
    sorted.sort_by(|a, b| of(&a.1).0.total_cmp(&of(&b.1).0));
    let used: f64 = sorted.iter().map(|(_, rect)| of(rect).1).sum();
    let gap = (room - used) / (sorted.len().max(2) - 1) as f64;
    let mut at = start;
    sorted
        .into_iter()
        .map(|(id, rect)| {
            let here = at;
            at += of(rect).1 + gap;
            (id.clone(), place(rect, here))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes() -> Vec<(String, Rect)> {
        [("a", 0.0, 0.0, 64.0), ("b", 300.0, 50.0, 64.0), ("c", 900.0, 10.0, 164.0)]
            .map(|(id, x, y, height)| (id.to_owned(), Rect { x, y, width: 224.0, height }))
            .into()
    }

    #[test]
    fn aligning_moves_only_what_is_not_there_yet() {
        let moved = align(&nodes(), Align::Top);
        assert_eq!(moved, [("b".to_owned(), Point { x: 300.0, y: 0.0 }), ("c".to_owned(), Point { x: 900.0, y: 0.0 })]);
        assert!(align(&[], Align::Left).is_empty());
    }

    #[test]
    fn distributing_leaves_the_outer_ones_and_makes_the_gaps_equal() {
        assert_eq!(align(&nodes(), Align::Across), [("b".to_owned(), Point { x: 450.0, y: 50.0 })]);
    }

    #[test]
    fn middles_stand_on_one_line() {
        let moved = align(&nodes(), Align::Middle);
        let middles: Vec<f64> = nodes()
            .iter()
            .map(|(id, rect)| moved.iter().find(|(other, _)| other == id).map_or(rect.y, |(_, at)| at.y) + rect.height / 2.0)
            .collect();
        assert!(middles.iter().all(|middle| (middle - middles[0]).abs() < 1e-9), "{middles:?}");
    }
}
