//! An expression: typed with offers at the caret and a preview below.

use super::{
    area::OfferField,
    draft::Draft,
    offers::Offers,
    shown::{PreviewLine, follow},
    step::StepData,
};
use leptos::prelude::*;
use serde_json::Value;
use std::sync::Arc;
use toolcrib::workflows::{
    canvas::fields::{
        complete::{complete, in_quotes, names},
        dynamic,
    },
    graph::{change::Source, expression::Expression},
};
use web_sys::KeyboardEvent;

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
    let preview_id = format!("{id}-preview");
    let offers = Offers::new(data.editor, draft, &id);
    let look = move |asked: bool| {
        let Some((text, caret)) = offers.caret() else { return };
        let editor = data.editor;
        // A text inside the expression may name variables, where the step's tool fills them in.
        let filled = || untrack(|| data.fills());
        offers.show(if in_quotes(&text[..caret]) {
            filled().then(|| editor.fields.variables.with_untracked(|known| dynamic::complete(&text, caret, known))).flatten()
        } else {
            data.origins.with_untracked(|origins| {
                let known =
                    editor.fields.samples.with_untracked(|samples| editor.doc.with_value(|doc| names(doc, origins, samples, also, &text)));
                complete(&text, caret, &known, asked)
            })
        });
    };
    let keydown = move |event: KeyboardEvent| {
        match event.key().as_str() {
            " " if event.ctrl_key() => look(true),
            // It is one line, however long; what is typed is kept.
            "Enter" => {
                if let Some(text) = draft.left() {
                    entered(text);
                }
            }
            "ArrowDown" if draft.text.with_untracked(|text| text.trim().is_empty()) => look(true),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    view! {
        <div data-expression="">
            <OfferField
                offers=offers
                id=id
                label=label
                placeholder=placeholder
                class="font-mono text-xs"
                described_by=preview_id.clone()
                invalid=Signal::derive(move || wrong.with(Option::is_some))
                typed=move |()| {
                    wrong.set(None);
                    look(false);
                }
                // The fields of what was just named come next.
                taken=move |()| look(false)
                keydown=keydown
                keep=Arc::new(kept)
            />
            {move || wrong.get().map(|words| view! { <p class="mt-1 text-xs text-danger" role="alert">"Not kept: " {words}</p> })}
            <PreviewLine found=found id=preview_id />
        </div>
    }
    .into_any()
}
