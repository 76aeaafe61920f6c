//! Edges while they are drawn, by hand or by keys: from where, to where, and what would become of them there.

use super::{
    pointer::release,
    state::{Drawing, Editor},
};
use leptos::prelude::*;
use std::collections::BTreeMap;
use toolcrib::workflows::{
    canvas::{
        Point,
        connect::{self, From, Verdict},
        fields::automap::question,
        geometry,
    },
    graph::{Definition, change::Change, patch::Patch},
};

pub(super) fn begin_drawing(editor: Editor, from: From, end: Point, old: Option<toolcrib::workflows::graph::Edge>, by_keys: bool) {
    let without = without(editor, old.as_ref());
    let refused: BTreeMap<String, String> = editor.catalog.with_untracked(|tools| {
        let all = without.nodes.iter();
        all.filter_map(|node| connect::refusal(&without, tools, &from, &node.id).map(|why| (node.id.clone(), why))).collect()
    });
    let start = without.node(&from.node).map(|node| {
        let out = geometry::way_out(node, from.branch.as_deref());
        Point { x: node.position.x + out.x, y: node.position.y + out.y }
    });
    editor.refused.set(refused);
    let start = start.unwrap_or(end);
    let end = if by_keys { Point { x: start.x + 60.0, y: start.y } } else { end };
    editor.drawing.set(Some(Drawing { from, start, end, target: None, old, by_keys }));
}

/// The graph without the edge whose end is in the hand.
fn without(editor: Editor, old: Option<&toolcrib::workflows::graph::Edge>) -> Definition {
    let mut doc = editor.doc.get_value();
    if let Some(old) = old {
        doc.edges.retain(|edge| edge.id != old.id);
    }
    doc
}

/// Says what would become of the edge at `target`.
pub(super) fn aim(editor: Editor, end: Point, target: Option<String>) {
    let Some(drawing) = editor.drawing.get_untracked() else { return };
    let same = drawing.target.as_ref().map(|(id, _)| id) == target.as_ref();
    let target = if same {
        drawing.target
    } else {
        let doc = without(editor, drawing.old.as_ref());
        target.map(|id| {
            let verdict = editor.catalog.with_untracked(|tools| connect::judge(&doc, tools, &drawing.from, &id));
            (id, verdict)
        })
    };
    editor.drawing.update(|drawing| {
        if let Some(drawing) = drawing {
            (drawing.end, drawing.target) = (end, target);
        }
    });
}

/// Ends the edge at the node it aims at.
pub(super) fn connect(editor: Editor) {
    let Some(drawing) = editor.drawing.get_untracked() else { return };
    release(editor);
    let Some((to, verdict)) = drawing.target else { return };
    if let Verdict::Refused(why) = verdict {
        editor.tell(why);
        return;
    }
    let doc = without(editor, drawing.old.as_ref());
    let edge = editor.catalog.with_untracked(|tools| connect::edge(&doc, tools, &drawing.from, &to));
    let words = format!("Connected {} to {}", editor.title(&drawing.from.node), editor.title(&to));
    match drawing.old {
        Some(old) if old.target == to => {}
        Some(old) => {
            let patch = Patch {
                drop_edges: vec![old.id],
                put_edges: vec![(u32::try_from(doc.edges.len()).unwrap_or(u32::MAX), edge)],
                ..Patch::default()
            };
            editor.commit(Change::Patch(Box::new(patch)), words);
        }
        None => {
            editor.commit(Change::Insert { nodes: Vec::new(), edges: vec![edge] }, words);
        }
    }
    // Who draws by keys stays on the board.
    if !drawing.by_keys {
        ask(editor, &drawing.from.node, &to);
    }
}

/// What the edge carries is not plain: the panel opens where it is chosen.
fn ask(editor: Editor, from: &str, to: &str) {
    let field = editor.catalog.with_untracked(|tools| editor.doc.with_value(|doc| question(doc, tools, from, to)));
    if let Some(field) = field {
        editor.choose([to.to_owned()]);
        editor.runs.tab.set(super::runs::Tab::Settings);
        editor.panel.set(true);
        editor.fields.wanted.set(Some(field));
    }
}
