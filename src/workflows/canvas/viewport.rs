//! Which part of the graph is seen, and how large. `x` and `y` are where the graph's origin lies on the screen.

use super::{Point, Rect};

pub const MIN_ZOOM: f64 = 0.1;
pub const MAX_ZOOM: f64 = 4.0;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    pub x: f64,
    pub y: f64,
    pub zoom: f64,
}

impl Default for Viewport {
    fn default() -> Self {
        Self { x: 0.0, y: 0.0, zoom: 1.0 }
    }
}

impl Viewport {
    #[must_use]
    pub fn to_graph(self, screen: Point) -> Point {
        Point { x: (screen.x - self.x) / self.zoom, y: (screen.y - self.y) / self.zoom }
    }

    #[must_use]
    pub fn to_screen(self, graph: Point) -> Point {
        Point { x: graph.x * self.zoom + self.x, y: graph.y * self.zoom + self.y }
    }

    #[must_use]
    pub fn panned(self, dx: f64, dy: f64) -> Self {
        Self { x: self.x + dx, y: self.y + dy, ..self }
    }

    /// Zooms so that what lies under `at` (on the screen) stays there.
    #[must_use]
    pub fn zoomed(self, at: Point, zoom: f64) -> Self {
        let zoom = if zoom.is_finite() { zoom.clamp(MIN_ZOOM, MAX_ZOOM) } else { self.zoom };
        let under = self.to_graph(at);
        Self { x: at.x - under.x * zoom, y: at.y - under.y * zoom, zoom }
    }

    /// Shows all of `bounds` in the middle of a screen of this size, not larger than `most`.
    #[must_use]
    pub fn fit(bounds: Rect, width: f64, height: f64, padding: f64, most: f64) -> Self {
        if width <= 0.0 || height <= 0.0 {
            return Self::default();
        }
        let room = |size: f64| (size - 2.0 * padding).max(size * 0.25);
        let zoom = (room(width) / bounds.width.max(1.0)).min(room(height) / bounds.height.max(1.0)).clamp(MIN_ZOOM, most);
        let middle = bounds.middle();
        Self { x: width / 2.0 - middle.x * zoom, y: height / 2.0 - middle.y * zoom, zoom }
    }

    /// The part of the graph that a screen of this size shows.
    #[must_use]
    pub fn seen(self, width: f64, height: f64) -> Rect {
        let corner = self.to_graph(Point::default());
        Rect { x: corner.x, y: corner.y, width: width / self.zoom, height: height / self.zoom }
    }

    /// Moved as little as needed for `bounds` to be seen with some room around it.
    #[must_use]
    pub fn revealing(self, bounds: Rect, width: f64, height: f64, room: f64) -> Self {
        let (from, to) = (self.to_screen(bounds.corner()), self.to_screen(bounds.end()));
        let shift = |low: f64, high: f64, size: f64| {
            if high - low > size - 2.0 * room {
                size / 2.0 - f64::midpoint(low, high)
            } else if low < room {
                room - low
            } else if high > size - room {
                size - room - high
            } else {
                0.0
            }
        };
        self.panned(shift(from.x, to.x, width), shift(from.y, to.y, height))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: Point, b: Point) -> bool {
        (a.x - b.x).abs() < 1e-9 && (a.y - b.y).abs() < 1e-9
    }

    #[test]
    fn what_lies_under_the_pointer_stays_under_it_when_zooming() {
        let view = Viewport { x: -120.0, y: 40.0, zoom: 0.8 };
        let at = Point { x: 333.0, y: 71.0 };
        let under = view.to_graph(at);
        for zoom in [0.01, 0.1, 1.0, 2.7, 4.0, 9.0, f64::NAN] {
            let zoomed = view.zoomed(at, zoom);
            assert!((MIN_ZOOM..=MAX_ZOOM).contains(&zoomed.zoom));
            assert!(near(zoomed.to_screen(under), at), "{zoom}");
        }
    }

    #[test]
    fn fitting_shows_everything_in_the_middle_and_never_blows_up_a_single_node() {
        let bounds = Rect { x: 1000.0, y: -500.0, width: 3000.0, height: 800.0 };
        let view = Viewport::fit(bounds, 1200.0, 700.0, 40.0, 1.0);
        let (from, to) = (view.to_screen(bounds.corner()), view.to_screen(bounds.end()));
        assert!(from.x >= 39.9 && to.x <= 1160.1 && from.y >= 39.9 && to.y <= 660.1);
        assert!(near(view.to_screen(bounds.middle()), Point { x: 600.0, y: 350.0 }));
        let one = Rect { x: 0.0, y: 0.0, width: 220.0, height: 64.0 };
        assert!((Viewport::fit(one, 1200.0, 700.0, 40.0, 1.0).zoom - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_node_beyond_the_rim_is_brought_in_and_one_that_is_seen_stays() {
        let view = Viewport::default();
        let seen = Rect { x: 100.0, y: 100.0, width: 220.0, height: 64.0 };
        assert_eq!(view.revealing(seen, 800.0, 600.0, 40.0), view);
        let beyond = Rect { x: 900.0, y: -200.0, width: 220.0, height: 64.0 };
        let moved = view.revealing(beyond, 800.0, 600.0, 40.0);
        assert!(near(moved.to_screen(beyond.corner()), Point { x: 540.0, y: 40.0 }));
    }
}
