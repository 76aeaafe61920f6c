//! Something is pressed: what it is, and what begins with it.

use super::{
    connecting,
    hand::{Board, Gesture, HandRef, on_board},
    pointer::{edge_at, let_go},
    state::Editor,
    touch,
};
use leptos::prelude::*;
use std::collections::BTreeSet;
use toolcrib::workflows::{
    canvas::{Point, annotations, connect::From, geometry},
    graph::NodeKind,
};
use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent};

fn closest(event: &PointerEvent, selector: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(selector).ok().flatten()
}

/// The node that is pressed, be it a card or painted.
fn taken(editor: Editor, event: &PointerEvent, graph: Point) -> Option<String> {
    let card = closest(event, "[data-node]").and_then(|element| element.get_attribute("data-node"));
    card.or_else(|| {
        let under = editor.doc.with_value(|doc| {
            geometry::node_at(doc, graph, 0.0).or_else(|| annotations::taken_at(doc, graph)).map(|node| node.id.clone())
        })?;
        // A card would have been pressed itself, or lies below something else.
        (editor.glide.is_on() || !editor.elements.nodes.with_untracked(|nodes| nodes.contains(&under))).then_some(under)
    })
}

pub(super) fn down(editor: Editor, hand: HandRef, board: Board, event: &PointerEvent) {
    let at = on_board(board, event.client_x(), event.client_y());
    editor.palette.set(None);
    hand.update_value(|hand| {
        hand.pointers.insert(event.pointer_id(), at);
        hand.presses += 1;
    });
    if let Some(element) = board.get_untracked() {
        let _ = element.set_pointer_capture(event.pointer_id());
        let _ = element.focus();
    }
    let pointers: Vec<Point> = hand.with_value(|hand| hand.pointers.values().copied().collect());
    if let [a, b] = pointers.as_slice() {
        // A second finger moves and zooms the paper; what the first one held stands where it stood.
        let_go(editor);
        let (middle, apart) = (Point { x: a.x.midpoint(b.x), y: a.y.midpoint(b.y) }, (a.x - b.x).hypot(a.y - b.y).max(1.0));
        hand.update_value(|hand| hand.gesture = Gesture::Pinch { view: editor.view.get_untracked(), middle, apart });
        return;
    }
    let before = editor.chosen.get_untracked();
    let gesture = begin(editor, event, at);
    if event.pointer_type() == "touch" && matches!(gesture, Gesture::Drag { .. } | Gesture::Pan { .. }) {
        let node = taken(editor, event, editor.view.get_untracked().to_graph(at));
        touch::pressed(editor, hand, event.pointer_id(), at, node, before);
    }
    if matches!(gesture, Gesture::Pan { .. }) {
        editor.panning.set(true);
        event.prevent_default();
    }
    hand.update_value(|hand| hand.gesture = gesture);
}

fn begin(editor: Editor, event: &PointerEvent, at: Point) -> Gesture {
    let graph = editor.view.get_untracked().to_graph(at);
    if event.button() == 1 || (event.button() == 0 && editor.space.get_untracked()) {
        return Gesture::Pan { last: at };
    }
    if event.button() != 0 {
        return Gesture::None;
    }
    let adding = event.shift_key() || event.ctrl_key() || event.meta_key();
    if let Some(end) = closest(event, "[data-edge-end]").filter(|_| editor.may_change) {
        let id = end.get_attribute("data-edge-end").unwrap_or_default();
        let old = editor.doc.with_value(|doc| doc.edges.iter().find(|edge| edge.id == id).cloned());
        if let Some(old) = old {
            let from = From { node: old.source.clone(), branch: old.branch().map(str::to_owned) };
            connecting::begin_drawing(editor, from, graph, Some(old), false);
            return Gesture::Draw;
        }
    }
    if let Some(corner) = closest(event, "[data-resize]").filter(|_| editor.may_change) {
        let id = corner.get_attribute("data-resize").unwrap_or_default();
        let from = editor.doc.with_value(|doc| doc.node(&id).map(annotations::size));
        editor.choose([id.clone()]);
        return from.map_or(Gesture::None, |from| Gesture::Resize { id, start: graph, from });
    }
    let node = taken(editor, event, graph);
    if let (Some(node), Some(way)) = (&node, closest(event, "[data-way]").filter(|_| editor.may_change)) {
        let branch = way.get_attribute("data-way").filter(|way| !way.is_empty());
        connecting::begin_drawing(editor, From { node: node.clone(), branch }, graph, None, false);
        return Gesture::Draw;
    }
    if let Some(node) = node {
        let mut pressed = None;
        let known = editor.chosen.with_untracked(|chosen| chosen.contains(&node));
        match (adding, known) {
            (true, _) => editor.chosen.update(|chosen| {
                if !chosen.remove(&node) {
                    chosen.insert(node.clone());
                }
            }),
            (false, false) => editor.choose([node.clone()]),
            (false, true) => pressed = Some(node.clone()),
        }
        if !editor.may_change {
            return Gesture::None;
        }
        return drag(editor, graph, pressed);
    }
    let edge = closest(event, "[data-edge]").and_then(|element| element.get_attribute("data-edge"));
    if let Some(edge) = edge.or_else(|| if editor.is_plain() { edge_at(editor, graph, 2.0) } else { None }) {
        editor.choose([]);
        editor.chosen_edge.set(Some(edge));
        return Gesture::None;
    }
    // A finger moves the paper; a mouse draws a frame.
    if event.pointer_type() == "touch" {
        editor.choose([]);
        return Gesture::Pan { last: at };
    }
    let before = editor.chosen.get_untracked();
    if !adding {
        editor.choose([]);
    }
    Gesture::Frame { start: graph, before: if adding { before } else { BTreeSet::new() }, adding }
}

fn drag(editor: Editor, start: Point, pressed: Option<String>) -> Gesture {
    let (width, height) = editor.size.get_untracked();
    let seen = editor.view.get_untracked().seen(width, height);
    editor.doc.with_value(|doc| {
        let chosen = editor.chosen.with_untracked(|chosen| annotations::with_members(doc, chosen));
        let held = |node: &&toolcrib::workflows::graph::Node| chosen.contains(&node.id);
        let origin: Vec<(String, Point)> = doc.nodes.iter().filter(held).map(|node| (node.id.clone(), node.position)).collect();
        let others =
            doc.nodes.iter().filter(|node| !held(node) && node.kind != NodeKind::Group).map(|node| geometry::rect(node, node.position));
        let others = others.filter(|rect| rect.touches(seen)).collect();
        match geometry::bounds(doc, |node| chosen.contains(&node.id)) {
            Some(bounds) => Gesture::Drag { start, origin, bounds, others, moved: false, pressed },
            None => Gesture::None,
        }
    })
}
