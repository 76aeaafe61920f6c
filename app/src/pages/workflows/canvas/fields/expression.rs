//! An expression: typed with offers at the caret and a preview below.

use super::{
    draft::Draft,
    shown::{PreviewLine, follow},
    step::StepData,
};
use crate::components::browser;
use leptos::{html, prelude::*};
use serde_json::Value;
use std::sync::Arc;
use toolcrib::workflows::{
    canvas::fields::complete::{Completion, Offer, complete, names, take},
    graph::{change::Source, expression::Expression},
};
use web_sys::{HtmlTextAreaElement, KeyboardEvent};

/// Browsers count in units of UTF-16.
fn bytes(text: &str, units: u32) -> usize {
    let mut left = units as usize;
    for (at, c) in text.char_indices() {
        if left == 0 {
            return at;
        }
        left = left.saturating_sub(c.len_utf16());
    }
    text.len()
}

fn units(text: &str, bytes: usize) -> u32 {
    u32::try_from(text[..bytes].encode_utf16().count()).unwrap_or(u32::MAX)
}

/// Is given the text when it is whole, also after the panel has gone; says why not.
pub(super) type Keep = Arc<dyn Fn(String) -> Result<(), String> + Send + Sync>;

#[component]
pub(super) fn ExpressionField(
    data: StepData,
    #[prop(into)] id: String,
    #[prop(into)] label: String,
    stored: Memo<String>,
    #[prop(optional, into)] schema: Signal<Value>,
    /// Names that this place gives besides.
    #[prop(optional)]
    also: &'static [&'static str],
    #[prop(optional, into)] placeholder: String,
    keep: Keep,
) -> impl IntoView {
    let wrong = RwSignal::new(None::<String>);
    let kept = move |text: String| {
        let text = text.trim().to_owned();
        let judged = if text.is_empty() { Ok(()) } else { Expression::parse(&text).map(drop) };
        let done = judged.and_then(|()| keep(text));
        wrong.try_set(done.err());
    };
    let draft = Draft::new(stored, kept.clone());
    let (entered, kept) = (kept.clone(), kept);
    let source = Signal::derive(move || {
        let text = draft.text.get();
        if text.trim().is_empty() { Source::Nothing } else { Source::Expression(text) }
    });
    let found = follow(data, source, schema);
    let (list_id, preview_id) = (format!("{id}-offers"), format!("{id}-preview"));
    let offers = RwSignal::new(None::<Completion>);
    let active = RwSignal::new(0_usize);
    let field = NodeRef::<html::Textarea>::new();
    let look = move |element: &HtmlTextAreaElement, asked: bool| {
        let text = element.value();
        let caret = bytes(&text, element.selection_start().ok().flatten().unwrap_or_default());
        let editor = data.editor;
        let made = data.origins.with_untracked(|origins| {
            let known =
                editor.fields.samples.with_untracked(|samples| editor.doc.with_value(|doc| names(doc, origins, samples, also, &text)));
            complete(&text, caret, &known, asked)
        });
        active.set(0);
        if let Some(made) = made.as_ref().filter(|_| offers.with_untracked(Option::is_none)) {
            let many = i64::try_from(made.offers.len()).unwrap_or(0);
            editor.said.set(format!("{}. Arrow keys choose, Enter takes.", crate::components::format::count(many, "offer", "offers")));
        }
        if made.is_some() || offers.with_untracked(Option::is_some) {
            offers.set(made);
        }
    };
    let accept = move |index: usize| {
        let (Some(element), Some(completion)) = (field.get_untracked(), offers.get_untracked()) else { return };
        let Some(offer) = completion.offers.get(index) else { return };
        let (text, caret) = take(&element.value(), &completion, offer);
        element.set_value(&text);
        let caret = units(&text, caret);
        let _ = element.set_selection_range(caret, caret);
        let _ = element.focus();
        draft.typed(text);
        offers.set(None);
        data.editor.said.set(format!("{} taken", offer.label));
        // The fields of what was just named come next.
        look(&element, false);
    };
    let walk = move |by: isize| {
        let count = offers.with_untracked(|offers| offers.as_ref().map_or(0, |found| found.offers.len()));
        if count > 0 {
            active.update(|active| *active = active.saturating_add_signed(by).min(count - 1));
        }
    };
    let row_id = {
        let list_id = list_id.clone();
        move |index: usize| format!("{list_id}-{index}")
    };
    let scroll = {
        let row_id = row_id.clone();
        move || browser::scroll_into_view(&row_id(active.get_untracked()))
    };
    let keydown = move |event: KeyboardEvent| {
        let open = offers.with_untracked(Option::is_some);
        match event.key().as_str() {
            "ArrowDown" if open => {
                walk(1);
                scroll();
            }
            "ArrowUp" if open => {
                walk(-1);
                scroll();
            }
            "Enter" | "Tab" if open && !event.shift_key() => accept(active.get_untracked()),
            "Escape" if open => offers.set(None),
            " " if event.ctrl_key() => {
                if let Some(element) = field.get_untracked() {
                    look(&element, true);
                }
            }
            // It is one line, however long; what is typed is kept.
            "Enter" => {
                if let Some(text) = draft.left() {
                    entered(text);
                }
            }
            "ArrowDown" if draft.text.with_untracked(|text| text.trim().is_empty()) => {
                if let Some(element) = field.get_untracked() {
                    look(&element, true);
                }
            }
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let rows = {
        let (list_id, row_id) = (list_id.clone(), row_id.clone());
        move || {
            offers.get().map(|found| {
                let rows = found
                    .offers
                    .into_iter()
                    .enumerate()
                    .map(|(index, offer)| view! { <OfferRow id=row_id(index) index=index offer=offer active=active take=Callback::new(accept) /> })
                    .collect_view();
                view! {
                    <ul id=list_id.clone() role="listbox" aria-label="What could follow" class="mt-1 max-h-44 overflow-y-auto rounded-md border border-line bg-raised p-1 shadow-pop">
                        {rows}
                    </ul>
                }
            })
        }
    };
    let current = move || offers.with(Option::is_some).then(|| row_id(active.get()));
    view! {
        <div data-expression="">
            <textarea
                node_ref=field
                id=id
                class="field canvas-grows font-mono text-xs"
                rows="1"
                aria-label=label
                aria-autocomplete="list"
                aria-haspopup="listbox"
                aria-controls=list_id.clone()
                aria-activedescendant=current
                aria-describedby=preview_id.clone()
                aria-invalid=move || wrong.with(Option::is_some).then_some("true")
                placeholder=placeholder
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                prop:value=draft.text
                on:input=move |event| {
                    wrong.set(None);
                    draft.typed(event_target_value(&event));
                    if let Some(element) = field.get_untracked() {
                        look(&element, false);
                    }
                }
                on:keydown=keydown
                on:click=move |_| offers.set(None)
                on:blur=move |_| offers.set(None)
                on:change=move |_| {
                    if let Some(text) = draft.left() {
                        kept(text);
                    }
                }
            ></textarea>
            {rows}
            {move || wrong.get().map(|words| view! { <p class="mt-1 text-xs text-danger" role="alert">"Not kept: " {words}</p> })}
            <PreviewLine found=found id=preview_id />
        </div>
    }
    .into_any()
}

#[component]
fn OfferRow(id: String, index: usize, offer: Offer, active: RwSignal<usize>, take: Callback<usize>) -> impl IntoView {
    view! {
        <li
            id=id
            role="option"
            aria-selected=move || if active.get() == index { "true" } else { "false" }
            class="menu-item cursor-pointer gap-2 text-xs"
            // The field keeps the focus.
            on:pointerdown=move |event| event.prevent_default()
            on:click=move |_| take.run(index)
        >
            <span class="font-mono">{offer.label}</span>
            <span class="min-w-0 flex-1 truncate text-muted">{offer.about}</span>
            <span class="text-2xs text-muted">{offer.what}</span>
        </li>
    }
}
