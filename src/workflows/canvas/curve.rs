//! How an edge runs: a smooth curve to the right; around the nodes where it must go back.

use super::{Point, Rect};

/// As an SVG path.
#[must_use]
pub fn path(from: Point, to: Point) -> String {
    let (a, b) = controls(from, to);
    format!("M{:.1} {:.1}C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}", from.x, from.y, a.x, a.y, b.x, b.y, to.x, to.y)
}

/// The two points that pull it: out of its beginning, into its end.
#[must_use]
pub fn controls(from: Point, to: Point) -> (Point, Point) {
    let distance = to.x - from.x;
    // Backwards it swings out further the further it must go, so that it is seen to leave and to arrive.
    let reach = if distance >= 0.0 { (distance * 0.5).max(24.0) } else { 48.0 + (-distance).sqrt() * 6.0 };
    (Point { x: from.x + reach, y: from.y }, Point { x: to.x - reach, y: to.y })
}

/// Half way along it: where its words stand.
#[must_use]
pub fn middle(from: Point, to: Point) -> Point {
    at(from, to, 0.5)
}

fn at(from: Point, to: Point, t: f64) -> Point {
    let (a, b) = controls(from, to);
    let u = 1.0 - t;
    let mix = |p: f64, q: f64, r: f64, s: f64| u * u * u * p + 3.0 * u * u * t * q + 3.0 * u * t * t * r + t * t * t * s;
    Point { x: mix(from.x, a.x, b.x, to.x), y: mix(from.y, a.y, b.y, to.y) }
}

/// A curve never leaves the frame around its ends and controls.
#[must_use]
pub fn bounds(from: Point, to: Point) -> Rect {
    let (a, b) = controls(from, to);
    Rect::between(from, to).with(Rect::between(a, b))
}

/// How far a point is from the curve, near enough to say what is under a pointer.
#[must_use]
pub fn distance(from: Point, to: Point, point: Point) -> f64 {
    let steps = 24_u32;
    let points: Vec<Point> = (0..=steps).map(|step| at(from, to, f64::from(step) / f64::from(steps))).collect();
    points.windows(2).map(|pair| to_line(pair[0], pair[1], point)).fold(f64::INFINITY, f64::min)
}

fn to_line(a: Point, b: Point, point: Point) -> f64 {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let length = dx * dx + dy * dy;
    let t = if length == 0.0 { 0.0 } else { (((point.x - a.x) * dx + (point.y - a.y) * dy) / length).clamp(0.0, 1.0) };
    (point.x - a.x - t * dx).hypot(point.y - a.y - t * dy)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FROM: Point = Point { x: 0.0, y: 0.0 };

    #[test]
    fn a_curve_leaves_and_arrives_level_and_passes_its_middle() {
        let to = Point { x: 200.0, y: 100.0 };
        assert_eq!(path(FROM, to), "M0.0 0.0C100.0 0.0 100.0 100.0 200.0 100.0");
        assert_eq!(middle(FROM, to), Point { x: 100.0, y: 50.0 });
        assert!(distance(FROM, to, Point { x: 100.0, y: 50.0 }) < 0.5);
        assert!(distance(FROM, to, Point { x: 0.0, y: 100.0 }) > 50.0);
    }

    #[test]
    fn a_curve_that_goes_back_swings_out_at_both_ends_and_stays_in_its_bounds() {
        let to = Point { x: -300.0, y: 80.0 };
        let bounds = bounds(FROM, to);
        assert!(bounds.x < -340.0 && bounds.end().x > 40.0);
        assert!((0..=20).all(|step| bounds.holds(at(FROM, to, f64::from(step) / 20.0))));
    }
}
