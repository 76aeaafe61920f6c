//! The title of a card, and the input that takes its place while a step is named.

use super::{
    annotations as notes, keys,
    state::{BOARD, Editor},
};
use crate::components::browser;
use leptos::{html, prelude::*};
use toolcrib::workflows::graph::change::Change;

/// `F2`: the title of the chosen step becomes an input.
pub(super) fn begin(editor: Editor) {
    if let Some(id) = keys::written(editor) {
        notes::edit(editor, &id);
        return;
    }
    let Some(id) = editor.one() else {
        editor.tell("Choose the one step first that is to have another name.");
        return;
    };
    if editor.may_change {
        editor.reveal(&[id.clone()].into());
        editor.fields.renaming.set(Some(id));
    }
}

/// Whether there is a title at this place of the window.
pub(super) fn is_title(x: i32, y: i32) -> bool {
    #[allow(clippy::cast_precision_loss)]
    let under = document().element_from_point(x as f32, y as f32);
    under.and_then(|element| element.closest("[data-title]").ok().flatten()).is_some()
}

#[component]
pub(super) fn Title(editor: Editor, id: String, name: Memo<String>) -> impl IntoView {
    let own = id.clone();
    let writing = Memo::new(move |_| editor.fields.renaming.with(|renaming| renaming.as_ref() == Some(&own)));
    move || {
        if writing.get() {
            view! { <Writing editor=editor id=id.clone() /> }.into_any()
        } else {
            view! {
                <span class="block truncate font-medium" data-title="">
                    {name}
                </span>
            }
            .into_any()
        }
    }
}

#[component]
fn Writing(editor: Editor, id: String) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            // After the board, which takes the focus when it is pressed.
            request_animation_frame(move || {
                let _ = field.focus();
                field.select();
            });
        }
    });
    let title = editor.title(&id);
    let old = title.clone();
    let ended = StoredValue::new(false);
    let end = move |keep: bool| {
        // Leaving the field when it is taken away is no second end.
        if ended.try_get_value() != Some(false) {
            return;
        }
        ended.set_value(true);
        let label = field.get_untracked().map(|field| field.value()).unwrap_or_default();
        editor.fields.renaming.set(None);
        if keep && label.trim() != old {
            let words = format!("Renamed to {}", label.trim());
            editor.commit(Change::Rename { node: id.clone(), label }, words);
        }
    };
    let ends = end.clone();
    view! {
        <input
            node_ref=field
            class="field min-h-0 px-1.5 py-0 font-medium select-text"
            aria-label="Name of the step on its card"
            autocomplete="off"
            prop:value=title
            on:pointerdown=|event| event.stop_propagation()
            on:dblclick=|event| event.stop_propagation()
            on:copy=|event| event.stop_propagation()
            on:cut=|event| event.stop_propagation()
            on:paste=|event| event.stop_propagation()
            on:keyup=|event| event.stop_propagation()
            on:blur=move |_| ends(true)
            on:keydown=move |event| {
                event.stop_propagation();
                match event.key().as_str() {
                    "Enter" => end(true),
                    "Escape" => end(false),
                    _ => return,
                }
                event.prevent_default();
                browser::focus(BOARD);
            }
        />
    }
}
