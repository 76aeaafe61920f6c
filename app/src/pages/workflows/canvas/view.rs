//! Which part of the graph is seen, and how large.

use super::state::Editor;
use leptos::prelude::*;
use std::collections::BTreeSet;
use toolcrib::workflows::canvas::{Point, Viewport, geometry};

/// The dots of the paper. They move as a whole: the browser draws them anew only when they stand closer or further apart.
#[component]
pub(super) fn Dots(editor: Editor) -> impl IntoView {
    let gap = Memo::new(move |_| {
        // Never denser than the eye likes.
        let zoom = editor.view.with(|view| view.zoom);
        let mut gap = 16.0 * zoom;
        while gap < 12.0 {
            gap *= 2.0;
        }
        gap
    });
    let shift = move || {
        let gap = gap.get();
        editor.view.with(|view| format!("translate({}px,{}px)", view.x.rem_euclid(gap), view.y.rem_euclid(gap)))
    };
    view! {
        <div
            class="canvas-dots pointer-events-none absolute -inset-20"
            aria-hidden="true"
            style:background-size=move || format!("{0}px {0}px", gap.get())
            style:background-position="80px 80px"
            style:transform=shift
        ></div>
    }
}

impl Editor {
    /// Brings nodes into the part that is seen.
    pub fn reveal(self, ids: &BTreeSet<String>) {
        let Some(bounds) = self.doc.with_value(|doc| geometry::bounds(doc, |node| ids.contains(&node.id))) else { return };
        let (_, height) = self.size.get_untracked();
        let moved = self.view.get_untracked().revealing(bounds, self.free_width(), height, 48.0);
        if moved != self.view.get_untracked() {
            self.view.set(moved);
        }
    }

    /// What the panel, which lies over the right of a wide screen, leaves of the board.
    fn free_width(self) -> f64 {
        let (width, _) = self.size.get_untracked();
        if self.panel_over() { width - 388.0 } else { width }
    }

    /// Whether the panel of a step covers the right of the board.
    pub fn panel_over(self) -> bool {
        self.size.with_untracked(|(width, _)| *width >= 760.0) && (self.one().is_some() || self.panel.get_untracked())
    }

    /// All, as it opens; of what would be too small to read then, the beginning.
    pub fn open(self) {
        self.fit(false);
        let (_, height) = self.size.get_untracked();
        if self.view.get_untracked().zoom >= 0.45 {
            return;
        }
        let first = self.doc.with_value(|doc| {
            let rects = doc.nodes.iter().map(|node| geometry::rect(node, node.position));
            rects.min_by(|a, b| (a.x + a.y).total_cmp(&(b.x + b.y)))
        });
        if let Some(first) = first {
            let zoom = 0.7;
            self.view.set(Viewport { x: 24.0 - first.x * zoom, y: height / 2.0 - first.middle().y * zoom, zoom });
        }
    }

    /// Shows all, or all that is chosen.
    pub fn fit(self, only_chosen: bool) {
        let chosen = self.chosen.get_untracked();
        let bounds = self.doc.with_value(|doc| geometry::bounds(doc, |node| !only_chosen || chosen.contains(&node.id)));
        if let Some(bounds) = bounds {
            let (width, height) = self.size.get_untracked();
            let padding = if width < 640.0 { 24.0 } else { 64.0 };
            self.view.set(Viewport::fit(bounds, self.free_width(), height, padding, if only_chosen { 1.5 } else { 1.0 }));
        }
    }

    pub fn zoom_by(self, factor: f64) {
        let (width, height) = self.size.get_untracked();
        let middle = Point { x: width / 2.0, y: height / 2.0 };
        self.view.update(|view| *view = view.zoomed(middle, view.zoom * factor));
    }
}
