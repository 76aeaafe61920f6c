//! Steps switched off and on again.

use super::state::Editor;
use leptos::prelude::*;
use std::collections::BTreeSet;
use toolcrib::workflows::graph::{Node, change::Change};

/// `D`: switches what is chosen off; on again when all of it is off.
pub(super) fn toggle(editor: Editor, ids: &BTreeSet<String>) {
    let (nodes, all_off) = editor.doc.with_value(|doc| {
        let those: Vec<&Node> = doc.nodes.iter().filter(|node| ids.contains(&node.id) && node.kind.can_be_off()).collect();
        (those.iter().map(|node| node.id.clone()).collect::<Vec<_>>(), those.iter().all(|node| node.disabled))
    });
    let done = if all_off { "Enabled" } else { "Disabled" };
    let words = match nodes.as_slice() {
        [] if ids.is_empty() => return editor.tell("Choose a step first."),
        [] => return editor.tell("Input and output cannot be disabled."),
        [one] => format!("{done} {}", editor.title(one)),
        several => format!("{done} {} steps", several.len()),
    };
    editor.commit(Change::Disable { nodes, disabled: !all_off }, words);
}

/// Whether all that is chosen, and can be off, is off.
pub(super) fn all_off(editor: Editor) -> bool {
    editor.version.track();
    editor.chosen.with(|chosen| {
        editor.doc.with_value(|doc| {
            let mut those = doc.nodes.iter().filter(|node| chosen.contains(&node.id) && node.kind.can_be_off()).peekable();
            those.peek().is_some() && those.all(|node| node.disabled)
        })
    })
}
