//! A fixed text. Where its step's tool fills variables in they are offered after `{{`, and what they mean stands below.

use super::{area::OfferField, draft::Draft, offers::Offers, step::StepData};
use crate::components::icon::Icon;
use leptos::prelude::*;
use std::sync::Arc;
use toolcrib::workflows::canvas::fields::dynamic::{complete, notes};

#[component]
pub(super) fn FixedText(
    data: StepData,
    id: String,
    label: String,
    placeholder: String,
    /// JSON is written in letters of one width.
    json: bool,
    draft: Draft,
    wrong: RwSignal<Option<String>>,
    keep: Arc<dyn Fn(String) + Send + Sync>,
) -> impl IntoView {
    let editor = data.editor;
    let offers = Offers::new(editor, draft, &id);
    let look = move |()| {
        if let Some((text, caret)) = offers.caret().filter(|_| untrack(|| data.fills())) {
            offers.show(editor.fields.variables.with_untracked(|known| complete(&text, caret, known)));
        }
    };
    let told = Memo::new(move |_| {
        data.node.with(|node| {
            let Some(node) = node else { return Vec::new() };
            let known = editor.fields.variables;
            editor.catalog.with(|tools| known.with(|known| draft.text.with(|text| notes(node, tools, text, known))))
        })
    });
    let notes_id = format!("{id}-variables");
    let (class, rows) = if json { ("font-mono text-xs", "3") } else { ("", "1") };
    view! {
        <OfferField
            offers=offers
            id=id
            label=label
            placeholder=placeholder
            class=class
            rows=rows
            described_by=notes_id.clone()
            invalid=Signal::derive(move || wrong.with(Option::is_some))
            typed=look
            taken=|()| ()
            keep=keep
        />
        <ul id=notes_id aria-label="Variables in this text" class="mt-1 space-y-1 text-xs empty:hidden">
            {move || {
                told.get()
                    .into_iter()
                    .map(|note| {
                        let (icon, badge, ink) = if note.fails {
                            (icondata_lu::LuTriangleAlert, "bg-warning-soft text-warning", "text-warning")
                        } else {
                            (icondata_lu::LuBraces, "bg-info-soft text-info", "text-muted")
                        };
                        view! {
                            <li data-variable=note.name.clone() class="flex flex-wrap items-center gap-x-2 gap-y-0.5">
                                <span class=format!("inline-flex items-center gap-1 rounded-sm px-1.5 py-0.5 font-mono font-medium {badge}")>
                                    <Icon icon=icon size=12 />
                                    {note.name.clone()}
                                </span>
                                <span class=ink>{note.words}</span>
                            </li>
                        }
                    })
                    .collect_view()
            }}
        </ul>
    }
    .into_any()
}
