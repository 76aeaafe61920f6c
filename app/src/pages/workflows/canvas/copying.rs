//! Copy, cut, paste and duplicate, through the clipboard of the system.

use super::{
    keys::{delete, steps},
    state::Editor,
};
use leptos::prelude::*;
use std::collections::BTreeSet;
use toolcrib::workflows::{
    canvas::{Point, clipboard},
    graph::change::Change,
};
use web_sys::ClipboardEvent;

pub(super) fn duplicate(editor: Editor) {
    let chosen = editor.chosen.get_untracked();
    let part = editor.doc.with_value(|doc| clipboard::part(doc, &chosen));
    insert(editor, part, None, "Duplicated");
}

pub(super) fn insert(editor: Editor, part: toolcrib::workflows::graph::Definition, at: Option<Point>, verb: &str) {
    let (nodes, edges) = editor.doc.with_value(|doc| clipboard::place(doc, part, at));
    if nodes.is_empty() {
        return;
    }
    let ids: BTreeSet<String> = nodes.iter().map(|node| node.id.clone()).collect();
    if editor.commit(Change::Insert { nodes, edges }, format!("{verb} {}", steps(ids.len()))) {
        editor.choose(ids.clone());
        editor.reveal(&ids);
    }
}

pub(super) fn copy(editor: Editor, event: &ClipboardEvent, cut: bool) {
    let chosen = editor.chosen.get_untracked();
    let part = editor.doc.with_value(|doc| clipboard::part(doc, &chosen));
    if part.nodes.is_empty() {
        return;
    }
    let text = clipboard::write(&part);
    if event.clipboard_data().is_some_and(|data| data.set_data("text/plain", &text).is_ok()) {
        event.prevent_default();
        if cut {
            delete(editor);
        } else {
            editor.said.set(format!("Copied {}", steps(part.nodes.len())));
        }
    }
}

pub(super) fn paste(editor: Editor, event: &ClipboardEvent) {
    event.prevent_default();
    // On some systems the middle button, which moves the paper here, pastes what was marked last.
    if js_sys::Date::now() - editor.middle.get_value() < 500.0 {
        return;
    }
    let text = event.clipboard_data().and_then(|data| data.get_data("text/plain").ok()).unwrap_or_default();
    if super::exchange::offered(editor, &text) {
        return;
    }
    match clipboard::read(&text) {
        Ok(part) => {
            // Where the pointer is, if it is on what is seen; else a little beside where it was.
            let (width, height) = editor.size.get_untracked();
            let seen = editor.view.get_untracked().seen(width, height);
            insert(editor, part, editor.pointer.get_value().filter(|at| seen.holds(*at)), "Pasted");
        }
        Err(why) => editor.tell(why),
    }
}
