//! What is not an element, painted: the whole graph where it is too small to read, and cards that come into sight until they are made.
//! A canvas takes a thousand shapes and as many curves in the time in which a browser makes ten cards.

mod draw;
mod inks;

use super::state::Editor;
use crate::components::browser;
use draw::paint;
use inks::Inks;
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

#[component]
pub(super) fn Painting(editor: Editor) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    let inks = StoredValue::new_local(Inks::default());
    let asked = StoredValue::new(false);
    let painted = StoredValue::new(false);
    let repaint = move || {
        if asked.try_get_value() != Some(false) {
            return;
        }
        asked.set_value(true);
        request_animation_frame(move || {
            // The page may be gone by now.
            if asked.try_set_value(false).is_some() {
                return;
            }
            let Some(element) = canvas.get_untracked() else { return };
            if inks.with_value(Inks::is_empty) {
                inks.set_value(Inks::read(&element));
            }
            let all_made = editor.elements.done.get_untracked() && !editor.is_plain();
            if all_made && !painted.get_value() {
                return;
            }
            let Some((context, ratio)) = sized(editor, &element) else { return };
            painted.set_value(inks.with_value(|inks| paint(editor, &context, ratio, inks)));
        });
    };
    Effect::new(move |_| {
        if canvas.get().is_some() {
            draw::track(editor);
            repaint();
        }
    });
    browser::on_theme(move || {
        if inks.try_set_value(Inks::default()).is_none() {
            painted.set_value(true);
            repaint();
        }
    });
    view! { <canvas node_ref=canvas class="pointer-events-none absolute inset-0 size-full" aria-hidden="true"></canvas> }
}

/// As many dots as the screen has under it, at most two for each pixel of the page.
fn sized(editor: Editor, element: &HtmlCanvasElement) -> Option<(CanvasRenderingContext2d, f64)> {
    let ratio = web_sys::window().map_or(1.0, |window| window.device_pixel_ratio()).clamp(1.0, 2.0);
    let (width, height) = editor.size.get_untracked();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let dots = |size: f64| (size * ratio).round().max(1.0) as u32;
    if element.width() != dots(width) {
        element.set_width(dots(width));
    }
    if element.height() != dots(height) {
        element.set_height(dots(height));
    }
    let context = element.get_context("2d").ok().flatten()?.dyn_into::<CanvasRenderingContext2d>().ok()?;
    Some((context, ratio))
}
