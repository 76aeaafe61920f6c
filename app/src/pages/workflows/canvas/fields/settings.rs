//! All settings as JSON: what a type of step needs beyond what the fields show.

use super::{super::state::Editor, draft::Draft, step::StepData};
use crate::pages::workflows::step::hint;
use leptos::prelude::*;
use toolcrib::workflows::graph::{NodeConfig, NodeKind, change::Change, patch::Patch};

#[component]
pub(in super::super) fn SettingsField(data: StepData, kind: NodeKind) -> impl IntoView {
    let (editor, id) = (data.editor, data.id.get_value());
    let stored = Memo::new(move |_| {
        data.node.with(|node| node.as_ref().map(|node| serde_json::to_string_pretty(&node.config).unwrap_or_default()).unwrap_or_default())
    });
    let wrong = RwSignal::new(None::<String>);
    let keep = move |text: String| match serde_json::from_str::<NodeConfig>(&text) {
        Ok(config) => {
            wrong.try_set(None);
            if !editor.version.is_disposed() {
                let words = format!("Changed {}", editor.title(&id));
                editor.commit(Change::SetConfig { node: id.clone(), config: Box::new(config) }, words);
            }
        }
        Err(error) => {
            wrong.try_set(Some(format!("These are no settings: {error}.")));
        }
    };
    let draft = Draft::new(stored, keep.clone());
    view! {
        <details class="border-t border-line pt-3">
            <summary class="cursor-pointer text-sm text-muted">"Settings as JSON"</summary>
            <textarea
                class="field mt-2 font-mono text-xs"
                rows="8"
                aria-label="Settings as JSON"
                spellcheck="false"
                prop:value=draft.text
                on:input=move |event| draft.typed(event_target_value(&event))
                on:change=move |_| {
                    if let Some(text) = draft.left() {
                        keep(text);
                    }
                }
            ></textarea>
            <p class="mt-1 text-xs text-muted">{hint(kind)}</p>
            {move || wrong.get().map(|words| view! { <p class="mt-1 text-xs text-danger" role="alert">{words}</p> })}
        </details>
    }
    .into_any()
}

/// Renames a case with the edges that leave by it.
pub(super) fn rename_case(editor: Editor, id: &str, old: &str, new: &str) {
    let change = editor.doc.with_value(|doc| {
        let mut after = doc.clone();
        let node = after.nodes.iter_mut().find(|node| node.id == id)?;
        let taken = node.config.cases.iter().any(|case| case.handle == new) || new == "default";
        if taken {
            return None;
        }
        node.config.cases.iter_mut().filter(|case| case.handle == old).for_each(|case| case.handle = new.to_owned());
        let leaving = after.edges.iter_mut().filter(|edge| edge.source == id && edge.branch() == Some(old));
        leaving.for_each(|edge| edge.source_handle = Some(new.to_owned()));
        Some(Change::Patch(Box::new(Patch::between(doc, &after))))
    });
    match change {
        Some(change) => {
            editor.commit(change, format!("Renamed the case {old} to {new}"));
        }
        None => editor.tell(format!("There is a case “{new}” already.")),
    }
}
