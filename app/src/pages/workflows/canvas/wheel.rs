//! The wheel moves the paper, and zooms with Control.

use super::{
    hand::{Board, on_board},
    state::Editor,
};
use leptos::prelude::*;
use std::time::Duration;
use web_sys::WheelEvent;

/// So long after its last turn a wheel is taken to stand still.
const REST: Duration = Duration::from_millis(120);

/// Whether the wheel turns. Meanwhile nothing on the paper answers to the pointer that stands above it: to find out, for every turn, what lies there
/// and to light it up costs as much as a tenth of a frame.
#[derive(Clone, Copy)]
pub(super) struct Glide {
    on: RwSignal<bool>,
    turns: StoredValue<u32>,
}

impl Glide {
    pub fn new() -> Self {
        Self { on: RwSignal::new(false), turns: StoredValue::new(0) }
    }

    fn begin(self) {
        self.turns.update_value(|turns| *turns = turns.wrapping_add(1));
        if !self.on.get_untracked() {
            self.on.set(true);
            self.rest();
        }
    }

    /// Ends when no turn came meanwhile.
    fn rest(self) {
        let before = self.turns.get_value();
        set_timeout(
            move || match self.turns.try_get_value() {
                Some(turns) if turns == before => {
                    self.on.try_set(false);
                }
                Some(_) => self.rest(),
                None => {}
            },
            REST,
        );
    }

    pub fn is_on(self) -> bool {
        self.on.get_untracked()
    }
}

/// Lies over the paper while the wheel turns.
#[component]
pub(super) fn Cover(editor: Editor) -> impl IntoView {
    view! { <div class="absolute inset-0" class:hidden=move || !editor.glide.on.get()></div> }
}

impl Editor {
    /// Whether the paper moves, by the wheel or in somebody's hand.
    pub fn is_gliding(self) -> bool {
        self.glide.is_on() || self.panning.get_untracked()
    }
}

pub(super) fn turned(editor: Editor, board: Board, event: &WheelEvent) {
    event.prevent_default();
    editor.palette.set(None);
    editor.glide.begin();
    // Lines and pages are turned into pixels.
    let unit = match event.delta_mode() {
        1 => 16.0,
        2 => 400.0,
        _ => 1.0,
    };
    let (dx, dy) = (event.delta_x() * unit, event.delta_y() * unit);
    if event.ctrl_key() || event.meta_key() {
        let at = on_board(board, event.client_x(), event.client_y());
        editor.view.update(|view| *view = view.zoomed(at, view.zoom * (-dy * 0.01).clamp(-0.5, 0.5).exp()));
    } else if event.shift_key() && dx == 0.0 {
        editor.view.update(|view| *view = view.panned(-dy, 0.0));
    } else {
        editor.view.update(|view| *view = view.panned(-dx, -dy));
    }
}
