//! Notes and groups on the board: added, grouped, ungrouped, written on.

mod drawing;
mod panel;
mod writing;

pub(super) use drawing::Annotation;
pub(super) use panel::AnnotationPanel;

use super::state::Editor;
use leptos::prelude::*;
use std::collections::BTreeSet;
use toolcrib::workflows::{
    canvas::{Point, annotations},
    graph::{Node, NodeKind, change::Change},
};

/// What a note or a group is called where there is no room for all of it.
pub(super) fn name(node: &Node) -> String {
    let label = node.label.as_deref().map(str::trim).filter(|label| !label.is_empty());
    let first = node.config.text.as_deref().and_then(|text| text.lines().map(str::trim).find(|line| !line.is_empty()));
    let line = label.or(first).map(|line| line.trim_start_matches(['#', '-', ' ']));
    match line {
        Some(line) if line.chars().count() > 40 => line.chars().take(39).chain(['…']).collect(),
        Some(line) => line.to_owned(),
        None => super::cards::kind_name(node.kind).to_owned(),
    }
}

/// Begins to edit the words of a note, or the name of a group.
pub(super) fn edit(editor: Editor, id: &str) {
    if editor.may_change {
        editor.choose([id.to_owned()]);
        editor.writing.set(Some(id.to_owned()));
    }
}

/// A note where the pointer is, or in the middle of what is seen.
pub(super) fn add_note(editor: Editor, at: Option<Point>) {
    let (width, height) = editor.size.get_untracked();
    let view = editor.view.get_untracked();
    let seen = view.seen(width, height);
    let at = at.or_else(|| editor.pointer.get_value().filter(|at| seen.holds(*at)));
    let at = at.unwrap_or_else(|| view.to_graph(Point { x: width / 2.0 - 112.0, y: height / 2.0 - 64.0 }));
    let note = editor.doc.with_value(|doc| annotations::note(doc, at, ""));
    let id = note.id.clone();
    if editor.commit(Change::Insert { nodes: vec![note], edges: Vec::new() }, "Added a note") {
        editor.reveal(&[id.clone()].into());
        edit(editor, &id);
    }
}

/// A frame around what is chosen. Of a step that stands in a group: chooses that group; of a group: draws it close around what is in it.
pub(super) fn group(editor: Editor) {
    let chosen = editor.chosen.get_untracked();
    if let Some(id) = editor.one() {
        let (kind, around) = editor.doc.with_value(|doc| {
            (doc.node(&id).map(|node| node.kind), annotations::group_of(doc, &id).map(|group| (group.id.clone(), name(group))))
        });
        if kind == Some(NodeKind::Group) {
            fit(editor, &id);
            return;
        }
        if let Some((group, title)) = around {
            let count = editor.doc.with_value(|doc| annotations::members(doc, &group).len());
            editor.choose([group]);
            editor.said.set(format!("The group {title}, with {}", parts(count)));
            return;
        }
    }
    let Some(group) = editor.doc.with_value(|doc| annotations::group(doc, &chosen)) else {
        editor.tell("Choose first what the group is to hold.");
        return;
    };
    let (id, words) = (group.id.clone(), format!("Grouped {}", parts(chosen.len())));
    if editor.commit(Change::Insert { nodes: vec![group], edges: Vec::new() }, words) {
        edit(editor, &id);
    }
}

pub(super) fn fit(editor: Editor, id: &str) {
    match editor.doc.with_value(|doc| annotations::fit(doc, id)) {
        Some(patch) => {
            editor.commit(Change::Patch(Box::new(patch)), "Drew the group close");
        }
        None => editor.tell("The group is close around what stands in it."),
    }
}

/// Takes the frame away; what stood in it stays.
pub(super) fn ungroup(editor: Editor) {
    let groups: BTreeSet<String> = editor.doc.with_value(|doc| {
        let of = |id: &String| match doc.node(id) {
            Some(node) if node.kind == NodeKind::Group => Some(id.clone()),
            _ => annotations::group_of(doc, id).map(|group| group.id.clone()),
        };
        editor.chosen.with_untracked(|chosen| chosen.iter().filter_map(of).collect())
    });
    let inside: BTreeSet<String> =
        editor.doc.with_value(|doc| groups.iter().flat_map(|id| annotations::members(doc, id)).map(str::to_owned).collect());
    let words = match groups.len() {
        0 => {
            editor.tell("What is chosen stands in no group.");
            return;
        }
        1 => "Ungrouped".to_owned(),
        several => format!("Ungrouped {several} groups"),
    };
    if editor.commit(Change::Delete { nodes: groups.into_iter().collect(), edges: Vec::new() }, words) {
        editor.choose(inside);
    }
}

pub(super) fn parts(count: usize) -> String {
    crate::components::format::count(i64::try_from(count).unwrap_or(0), "part", "parts")
}

/// Keeps what was written. An empty note goes away again.
fn keep(editor: Editor, id: &str, text: &str) {
    if editor.writing.try_update(Option::take).flatten().as_deref() != Some(id) {
        return;
    }
    let Some(mut node) = editor.doc.with_value(|doc| doc.node(id).cloned()) else { return };
    let text = text.trim_end();
    let words = if node.kind == NodeKind::Group {
        node.label = Some(text.trim().to_owned()).filter(|label| !label.is_empty());
        format!("Named the group {text}")
    } else {
        if text.is_empty() {
            editor.commit(Change::Delete { nodes: vec![id.to_owned()], edges: Vec::new() }, "Deleted an empty note");
            return;
        }
        node.config.text = Some(text.to_owned());
        "Wrote a note".to_owned()
    };
    if let Some(patch) = editor.doc.with_value(|doc| annotations::put(doc, node)) {
        editor.commit(Change::Patch(Box::new(patch)), words);
    }
}
