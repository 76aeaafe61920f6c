//! Mouse, pen and fingers: what goes on while something is held, and what comes of it.

use super::{
    add, annotations as notes, connecting,
    hand::{Board, Gesture, HandRef, on_board},
    state::{Editor, PaletteAt},
};
use leptos::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use toolcrib::workflows::{
    canvas::{Point, Rect, annotations, curve, geometry, marquee, snap},
    graph::{Size, change::Change},
};
use web_sys::{MouseEvent, PointerEvent};

/// What is dropped so near to an edge, px, is dropped on it.
const DROP: f64 = 10.0;

pub(super) fn release(editor: Editor) {
    editor.drawing.set(None);
    editor.refused.set(BTreeMap::new());
    editor.frame.set(None);
    if editor.resizing.with_untracked(Option::is_some) {
        editor.resizing.set(None);
    }
    editor.lines.set((None, None));
    editor.panning.set(false);
}

pub(super) fn moved(editor: Editor, hand: HandRef, board: Board, event: &PointerEvent) {
    let at = on_board(board, event.client_x(), event.client_y());
    let view = editor.view.get_untracked();
    let graph = view.to_graph(at);
    editor.pointer.set_value(Some(graph));
    let (gesture, pointers) = hand
        .try_update_value(|hand| {
            if let Some(pointer) = hand.pointers.get_mut(&event.pointer_id()) {
                *pointer = at;
            }
            (hand.gesture.clone(), hand.pointers.values().copied().collect::<Vec<_>>())
        })
        .unwrap_or_default();
    match gesture {
        Gesture::None => {}
        Gesture::Pan { last } => {
            editor.view.set(view.panned(at.x - last.x, at.y - last.y));
            hand.update_value(|hand| hand.gesture = Gesture::Pan { last: at });
        }
        Gesture::Pinch { view, middle, apart } => {
            if let [a, b] = pointers.as_slice() {
                let now = Point { x: a.x.midpoint(b.x), y: a.y.midpoint(b.y) };
                let zoom = view.zoom * (a.x - b.x).hypot(a.y - b.y) / apart;
                editor.view.set(view.panned(now.x - middle.x, now.y - middle.y).zoomed(now, zoom));
            }
        }
        Gesture::Frame { start, before, adding } => {
            let frame = Rect::between(start, graph);
            editor.frame.set(Some(frame));
            let caught = editor.doc.with_value(|doc| marquee::caught(doc, frame, &before, adding));
            if editor.chosen.with_untracked(|chosen| *chosen != caught) {
                editor.chosen.set(caught);
            }
        }
        Gesture::Drag { start, origin, bounds, others, moved, pressed } => {
            let (dx, dy) = (graph.x - start.x, graph.y - start.y);
            if !moved && dx.hypot(dy) * view.zoom < 4.0 {
                return;
            }
            let there = Rect { x: bounds.x + dx, y: bounds.y + dy, ..bounds };
            let rest = snap::snap(there, if event.alt_key() { &[] } else { &others }, 6.0 / view.zoom, !event.alt_key());
            editor.nodes.with_value(|nodes| {
                for (id, from) in &origin {
                    if let Some(shown) = nodes.get(id) {
                        shown.at.set(Point { x: from.x + dx + rest.by.x, y: from.y + dy + rest.by.y });
                    }
                }
            });
            editor.lines.set((rest.upright, rest.level));
            editor.moves.update(|count| *count += 1);
            if !moved {
                editor.dragged.set(origin.iter().map(|(id, _)| id.clone()).collect());
                hand.update_value(|hand| hand.gesture = Gesture::Drag { start, origin, bounds, others, moved: true, pressed });
            }
        }
        Gesture::Resize { id, start, from } => {
            let whole = |value: f64| if event.alt_key() { value.round() } else { snap::to_grid(value) };
            let size = Size { width: whole(from.width + graph.x - start.x), height: whole(from.height + graph.y - start.y) };
            editor.resizing.set(Some((id, size)));
        }
        Gesture::Draw => {
            let from = editor.drawing.with_untracked(|drawing| drawing.as_ref().map(|drawing| drawing.from.node.clone()));
            let target = editor.doc.with_value(|doc| {
                geometry::node_at(doc, graph, 14.0 / view.zoom).map(|node| node.id.clone()).filter(|id| Some(id) != from.as_ref())
            });
            connecting::aim(editor, graph, target);
        }
    }
}

pub(super) fn up(editor: Editor, hand: HandRef, board: Board, event: &PointerEvent) {
    if event.button() == 1 {
        editor.middle.set_value(js_sys::Date::now());
    }
    let at = on_board(board, event.client_x(), event.client_y());
    let gesture = hand
        .try_update_value(|hand| {
            hand.pointers.remove(&event.pointer_id());
            let gesture = std::mem::take(&mut hand.gesture);
            // The finger that stays goes on moving the paper.
            if let (Gesture::Pinch { .. }, Some(last)) = (&gesture, hand.pointers.values().next()) {
                hand.gesture = Gesture::Pan { last: *last };
            }
            gesture
        })
        .unwrap_or_default();
    match gesture {
        Gesture::Drag { origin, moved: true, .. } => {
            let places: Vec<(String, Point)> = editor.nodes.with_value(|nodes| {
                let whole = |at: Point| Point { x: at.x.round(), y: at.y.round() };
                origin.iter().filter_map(|(id, _)| nodes.get(id).map(|shown| (id.clone(), whole(shown.at.get_untracked())))).collect()
            });
            editor.dragged.set(BTreeSet::new());
            let words = match places.as_slice() {
                [(id, _)] => format!("Moved {}", editor.title(id)),
                several => format!("Moved {} steps", several.len()),
            };
            editor.commit_quietly(Change::Place { places }, words);
        }
        Gesture::Drag { pressed: Some(node), .. } => editor.choose([node]),
        Gesture::Resize { .. } => {
            if let Some((id, size)) = editor.resizing.get_untracked()
                && let Some(patch) = editor.doc.with_value(|doc| annotations::resized(doc, &id, size))
            {
                editor.commit(Change::Patch(Box::new(patch)), format!("Changed the size of {}", editor.title(&id)));
            }
        }
        Gesture::Draw => {
            let Some(drawing) = editor.drawing.get_untracked() else { return };
            if drawing.target.is_some() {
                connecting::connect(editor);
            } else if drawing.old.is_none() {
                release(editor);
                // On empty paper: what should follow? A mere click on a handle asks the same.
                let graph = editor.view.get_untracked().to_graph(at);
                editor.palette.set(Some(PaletteAt { screen: at, graph, after: Some(drawing.from), edge: None, swap: None }));
            }
        }
        _ => {}
    }
    release(editor);
}

pub(super) fn cancelled(editor: Editor, hand: HandRef, event: &PointerEvent) {
    hand.update_value(|hand| {
        hand.pointers.remove(&event.pointer_id());
        hand.gesture = Gesture::None;
    });
    let_go(editor);
}

/// Ends what is done without doing it: what was dragged stands where it stood.
pub(super) fn let_go(editor: Editor) {
    editor.dragged.set(BTreeSet::new());
    editor.show(editor.doc.get_value());
    release(editor);
}

/// The edge at most so many px from a point.
pub(super) fn edge_at(editor: Editor, graph: Point, room: f64) -> Option<String> {
    let room = room / editor.view.get_untracked().zoom;
    editor.doc.with_value(|doc| {
        doc.edges
            .iter()
            .find(|edge| {
                let (Some(source), Some(target)) = (doc.node(&edge.source), doc.node(&edge.target)) else { return false };
                let (from, to) = geometry::ends(edge, source, source.position, target.position);
                curve::bounds(from, to).grown(room).holds(graph) && curve::distance(from, to, graph) <= room
            })
            .map(|edge| edge.id.clone())
    })
}

pub(super) fn double(editor: Editor, board: Board, event: &MouseEvent) {
    let screen = on_board(board, event.client_x(), event.client_y());
    let graph = editor.view.get_untracked().to_graph(screen);
    if let Some(node) = editor.doc.with_value(|doc| geometry::node_at(doc, graph, 0.0).map(|node| node.id.clone())) {
        editor.choose([node]);
        if super::rename::is_title(event.client_x(), event.client_y()) {
            super::rename::begin(editor);
        } else {
            super::panel::enter(editor);
        }
    } else if let Some(id) = editor.doc.with_value(|doc| annotations::taken_at(doc, graph).map(|node| node.id.clone())) {
        notes::edit(editor, &id);
    } else if editor.may_change {
        editor.palette.set(Some(PaletteAt { screen, graph, after: None, edge: edge_at(editor, graph, DROP), swap: None }));
    }
}

/// Something was dragged here from the palette.
pub(super) fn dropped(editor: Editor, board: Board, event: &web_sys::DragEvent) {
    event.prevent_default();
    if super::exchange::dropped(editor, event) {
        return;
    }
    let Some(text) = event.data_transfer().and_then(|data| data.get_data("text/plain").ok()) else { return };
    let screen = on_board(board, event.client_x(), event.client_y());
    let graph = editor.view.get_untracked().to_graph(screen);
    let place = PaletteAt { screen, graph, after: None, edge: edge_at(editor, graph, DROP), swap: None };
    editor.palette.set(None);
    if let Some(choice) = add::choices(editor).into_iter().find(|choice| choice.key == text) {
        add::add(editor, choice, place);
    }
}
