//! A field whose text grows over several lines, with offers at the caret below it.

use super::offers::{OfferList, Offers};
use leptos::prelude::*;
use std::sync::Arc;
use web_sys::KeyboardEvent;

#[component]
pub(super) fn OfferField(
    offers: Offers,
    id: String,
    label: String,
    placeholder: String,
    /// What it looks like besides.
    class: &'static str,
    #[prop(default = "1")] rows: &'static str,
    /// The id of what explains it.
    described_by: String,
    #[prop(into)] invalid: Signal<bool>,
    /// Told with every letter.
    #[prop(into)]
    typed: Callback<()>,
    /// Told when an offer was taken.
    #[prop(into)]
    taken: Callback<()>,
    /// The keys that the list has no use for.
    #[prop(optional, into)]
    keydown: Option<Callback<KeyboardEvent>>,
    /// Given the text when it is whole.
    keep: Arc<dyn Fn(String) + Send + Sync>,
) -> impl IntoView {
    let draft = offers.draft;
    view! {
        <textarea
            node_ref=offers.field
            id=id
            class=format!("field canvas-grows {class}")
            rows=rows
            aria-label=label
            aria-autocomplete="list"
            aria-haspopup="listbox"
            aria-controls=move || offers.controls()
            aria-activedescendant=move || offers.current()
            aria-describedby=described_by
            aria-invalid=move || invalid.get().then_some("true")
            placeholder=placeholder
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            prop:value=draft.text
            on:input=move |event| {
                draft.typed(event_target_value(&event));
                typed.run(());
            }
            on:keydown=move |event| {
                if !offers.key(&event, || taken.run(())) && let Some(keydown) = keydown {
                    keydown.run(event);
                }
            }
            on:click=move |_| offers.close()
            on:blur=move |_| offers.close()
            on:change=move |_| {
                if let Some(text) = draft.left() {
                    keep(text);
                }
            }
        ></textarea>
        <OfferList offers=offers taken=taken />
    }
    .into_any()
}
