//! The words of a note and the name of a group, written where they stand.

use super::{
    super::state::{BOARD, Editor},
    keep,
};
use crate::components::browser;
use leptos::{html, prelude::*};
use toolcrib::workflows::{
    canvas::annotations::MOST_TEXT,
    graph::{Node, NodeKind},
};

/// The words while they are written. Escape and a click elsewhere keep them; undo takes them back.
#[component]
pub(super) fn Writing(editor: Editor, id: String, node: Node) -> impl IntoView {
    let id = StoredValue::new(id);
    let close = move |text: String| {
        keep(editor, &id.get_value(), &text);
        browser::focus(BOARD);
    };
    let blur = move |text: String| {
        if editor.writing.try_with_untracked(Option::is_some) == Some(true) {
            keep(editor, &id.get_value(), &text);
        }
    };
    if node.kind == NodeKind::Group {
        let field = NodeRef::<html::Input>::new();
        Effect::new(move |_| {
            if let Some(field) = field.get() {
                let _ = field.focus();
                // Once its value is there.
                request_animation_frame(move || field.select());
            }
        });
        let own = node.label.unwrap_or_default();
        return view! {
            <input
                node_ref=field
                class="field pointer-events-auto m-1 w-[calc(100%-8px)] text-sm font-semibold"
                aria-label="Name of the group"
                maxlength="120"
                prop:value=own
                on:pointerdown=|event| event.stop_propagation()
                on:dblclick=|event| event.stop_propagation()
                on:keydown=move |event| {
                    event.stop_propagation();
                    if matches!(event.key().as_str(), "Enter" | "Escape") {
                        event.prevent_default();
                        close(event_target_value(&event));
                    }
                }
                on:blur=move |event| blur(event_target_value(&event))
            />
        }
        .into_any();
    }
    let field = NodeRef::<html::Textarea>::new();
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            let _ = field.focus();
        }
    });
    let own = node.config.text.unwrap_or_default();
    view! {
        <textarea
            node_ref=field
            class="pointer-events-auto size-full resize-none bg-transparent px-3 py-2 text-sm leading-snug outline-none"
            aria-label="Words of the note. Escape ends."
            placeholder="Why is this so? # makes a headline, - an item."
            maxlength=MOST_TEXT.to_string()
            prop:value=own
            on:pointerdown=|event| event.stop_propagation()
            on:dblclick=|event| event.stop_propagation()
            on:wheel=|event| event.stop_propagation()
            on:paste=|event| event.stop_propagation()
            on:copy=|event| event.stop_propagation()
            on:cut=|event| event.stop_propagation()
            on:keydown=move |event| {
                event.stop_propagation();
                let ends = event.key() == "Escape" || (event.key() == "Enter" && (event.ctrl_key() || event.meta_key()));
                if ends {
                    event.prevent_default();
                    close(event_target_value(&event));
                }
            }
            on:blur=move |event| blur(event_target_value(&event))
        ></textarea>
    }
    .into_any()
}
