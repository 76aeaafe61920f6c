//! A word of explanation on hover and on focus.

use leptos::prelude::*;

/// `text` shows above the children. `id` ties it to them; what is inside should be focusable.
#[component]
pub fn Tooltip(#[prop(into)] id: String, #[prop(into)] text: String, children: Children) -> impl IntoView {
    view! {
        <span class="has-tip relative inline-flex" aria-describedby=id>
            {children()}
            <span id=id.clone() role="tooltip" class="tip">
                {text}
            </span>
        </span>
    }
    .into_any()
}
