//! Lines that are pulled by mouse, pen or finger.

use super::{
    Mapping, Pulled,
    from::{self, Row},
};
use crate::components::browser;
use leptos::prelude::*;
use toolcrib::workflows::canvas::Point;
use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent};

fn on_frame(mapping: Mapping, x: f64, y: f64) -> Option<Point> {
    let rect = mapping.frame.get_untracked()?.get_bounding_client_rect();
    Some(Point { x: x - rect.left(), y: y - rect.top() })
}

pub(super) fn down(mapping: Mapping, row: &Row, event: &PointerEvent) {
    if !mapping.editor.may_change || event.button() != 0 {
        return;
    }
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let at_dot = target.as_ref().is_some_and(|target| target.closest("[data-dot]").ok().flatten().is_some());
    let row_element = target.and_then(|target| target.closest("[data-from]").ok().flatten());
    let Some(rect) = row_element.map(|row| row.get_bounding_client_rect()) else { return };
    mapping.held.set(Some(from::held(row)));
    // A finger that is on the words scrolls; it takes the field when it is lifted there.
    if event.pointer_type() == "touch" && !at_dot {
        mapping.say(format!("{} taken. Choose a field on the right.", row.place.path));
        return;
    }
    let (Some(start), Some(end)) = (
        on_frame(mapping, rect.right() - 12.0, rect.top() + rect.height() / 2.0),
        on_frame(mapping, f64::from(event.client_x()), f64::from(event.client_y())),
    ) else {
        return;
    };
    if let Some(frame) = mapping.frame.get_untracked() {
        let _ = frame.set_pointer_capture(event.pointer_id());
    }
    mapping.pulled.set(Some(Pulled { start, end, moved: false }));
}

fn below(event: &PointerEvent) -> Option<String> {
    #[allow(clippy::cast_precision_loss)]
    let element = document().element_from_point(event.client_x() as f32, event.client_y() as f32)?;
    element.closest("[data-to]").ok().flatten()?.get_attribute("data-to")
}

pub(super) fn moved(mapping: Mapping, event: &PointerEvent) {
    let Some(pulled) = mapping.pulled.get_untracked() else { return };
    let Some(end) = on_frame(mapping, f64::from(event.client_x()), f64::from(event.client_y())) else { return };
    let moved = pulled.moved || (end.x - pulled.end.x).hypot(end.y - pulled.end.y) > 4.0;
    if !moved {
        return;
    }
    mapping.pulled.set(Some(Pulled { end, moved, ..pulled }));
    let over = below(event);
    if mapping.over.with_untracked(|known| *known != over) {
        mapping.over.set(over);
    }
}

pub(super) fn up(mapping: Mapping, event: &PointerEvent) {
    let Some(pulled) = mapping.pulled.get_untracked() else { return };
    let over = below(event);
    release(mapping);
    match over {
        Some(field) if pulled.moved => mapping.connect(&field),
        // Let go over nothing: nothing is held any more.
        None if pulled.moved => mapping.held.set(None),
        // A mere click takes the field, for a click on the right.
        _ => {
            let path = mapping.held.with_untracked(|held| held.as_ref().map(|held| held.path.clone())).unwrap_or_default();
            mapping.say(format!("{path} taken. Choose a field on the right; Escape lets go."));
            browser::focus(from::LIST);
        }
    }
}

pub(super) fn release(mapping: Mapping) {
    mapping.pulled.set(None);
    mapping.over.set(None);
}
