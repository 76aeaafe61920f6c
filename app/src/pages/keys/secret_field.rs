//! The field for a value that is entered once. Not a password field: a browser would offer to keep that one, and so would password
//! managers. An area, since certificates have lines; masked by the style, never filled in, never put back.

use crate::components::field::FieldFrame;
use leptos::prelude::*;

#[component]
pub fn SecretField(
    #[prop(into)] label: String,
    /// Holds the word “secret”: a form that is refused before the script arrives is kept for a while, without such fields.
    name: &'static str,
    #[prop(into)] error: Signal<Option<String>>,
    #[prop(into)] hint: String,
) -> impl IntoView {
    let id = format!("f-{name}");
    view! {
        <FieldFrame id=id.clone() label=label hint=hint error=error required=true>
            <textarea
                id=id.clone()
                name=name
                rows=2
                class="field field-secret font-mono"
                required=true
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                data-1p-ignore="true"
                data-lpignore="true"
                data-bwignore="true"
                data-form-type="other"
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=format!("{id}-error {id}-hint")
            ></textarea>
        </FieldFrame>
    }
    .into_any()
}
