//! Where a dragged node comes to rest: on a line with a neighbour first, else on the grid.

use super::{Point, Rect};

pub const GRID: f64 = 16.0;

/// Where the dragged frame goes, and the lines to show: `x` of upright ones, `y` of level ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapped {
    pub by: Point,
    pub upright: Option<f64>,
    pub level: Option<f64>,
}

#[must_use]
pub fn to_grid(value: f64) -> f64 {
    (value / GRID).round() * GRID
}

/// `moving`: the dragged frame where the pointer has it. `near`: how close it must be to a neighbour's line. `grid` is off while the user
/// holds the key that says so.
#[must_use]
pub fn snap(moving: Rect, others: &[Rect], near: f64, grid: bool) -> Snapped {
    let lines = |low: f64, size: f64| [low, low + size / 2.0, low + size];
    let closest = |own: [f64; 3], theirs: &dyn Fn(&Rect) -> [f64; 3]| {
        let pairs = others.iter().flat_map(|other| {
            let theirs = theirs(other);
            // Edge to edge and middle to middle; an edge on a middle looks like a mistake.
            (0..3).flat_map(move |i| (0..3).filter(move |j| (i == 1) == (*j == 1)).map(move |j| (own[i], theirs[j])))
        });
        pairs.map(|(own, line)| (line - own, line)).filter(|(by, _)| by.abs() <= near).min_by(|a, b| a.0.abs().total_cmp(&b.0.abs()))
    };
    let upright = closest(lines(moving.x, moving.width), &|other| lines(other.x, other.width));
    let level = closest(lines(moving.y, moving.height), &|other| lines(other.y, other.height));
    let rest = |found: Option<(f64, f64)>, value: f64| match found {
        Some((by, _)) => by,
        None if grid => to_grid(value) - value,
        None => 0.0,
    };
    Snapped {
        by: Point { x: rest(upright, moving.x), y: rest(level, moving.y) },
        upright: upright.map(|(_, line)| line),
        level: level.map(|(_, line)| line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(x: f64, y: f64) -> Rect {
        Rect { x, y, width: 224.0, height: 64.0 }
    }

    #[test]
    fn a_neighbours_line_is_stronger_than_the_grid() {
        let found = snap(frame(503.0, 207.0), &[frame(100.0, 210.0)], 6.0, true);
        assert_eq!(found, Snapped { by: Point { x: -7.0, y: 3.0 }, upright: None, level: Some(210.0) });
    }

    #[test]
    fn without_neighbours_it_rests_on_the_grid_unless_that_is_off() {
        assert_eq!(snap(frame(7.0, 25.0), &[], 6.0, true).by, Point { x: -7.0, y: 7.0 });
        assert_eq!(snap(frame(7.0, 25.0), &[], 6.0, false), Snapped::default());
    }

    #[test]
    fn middles_meet_middles() {
        let tall = Rect { x: 0.0, y: 0.0, width: 224.0, height: 164.0 };
        let found = snap(frame(400.0, 52.0), &[tall], 6.0, true);
        assert_eq!((found.by.y, found.level), (-2.0, Some(82.0)));
    }
}
