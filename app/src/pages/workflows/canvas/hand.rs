//! What the pointers that are down do, and where they are.

use leptos::{html, prelude::*};
use std::collections::{BTreeMap, BTreeSet};
use toolcrib::workflows::{
    canvas::{Point, Rect, Viewport},
    graph::Size,
};

pub(super) type Board = NodeRef<html::Div>;

/// What the pointers that are down do.
#[derive(Clone, Debug, Default)]
pub(super) enum Gesture {
    #[default]
    None,
    Pan {
        last: Point,
    },
    Frame {
        start: Point,
        before: BTreeSet<String>,
        adding: bool,
    },
    Drag {
        start: Point,
        /// Where the dragged nodes stood.
        origin: Vec<(String, Point)>,
        bounds: Rect,
        others: Vec<Rect>,
        moved: bool,
        /// The node that was pressed, when it was one of several: a mere click chooses it alone.
        pressed: Option<String>,
    },
    Draw,
    /// A note or a group at its corner.
    Resize {
        id: String,
        start: Point,
        from: Size,
    },
    Pinch {
        view: Viewport,
        middle: Point,
        apart: f64,
    },
}

#[derive(Default)]
pub(super) struct Hand {
    pub gesture: Gesture,
    pub pointers: BTreeMap<i32, Point>,
    /// Counts what came down: a finger that comes back has another number of its own.
    pub presses: u32,
}

impl Hand {
    /// Where this pointer is, when it is the only one that is down and has been since press number `press`.
    pub fn alone(&self, pointer: i32, press: u32) -> Option<Point> {
        let only = self.pointers.len() == 1 && self.presses == press;
        self.pointers.get(&pointer).copied().filter(|_| only)
    }
}

pub(super) type HandRef = StoredValue<Hand, LocalStorage>;

/// Where this place of the window lies on the board, px.
pub(super) fn on_board(board: Board, x: i32, y: i32) -> Point {
    let Some(element) = board.get_untracked() else { return Point::default() };
    let rect = element.get_bounding_client_rect();
    Point { x: f64::from(x) - rect.left(), y: f64::from(y) - rect.top() }
}
