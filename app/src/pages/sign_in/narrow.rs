//! Pages outside of any organization: one column in the middle.

use leptos::prelude::*;
use leptos_meta::Title;

/// A title, a sentence, and what is to be done.
#[component]
pub fn Narrow(#[prop(into)] title: String, #[prop(optional, into)] text: String, children: Children) -> impl IntoView {
    view! {
        <Title text=format!("{title} · Toolcrib") />
        <main id="main" class="mx-auto w-full max-w-md px-4 py-12 sm:py-20">
            <p class="mb-6 text-sm font-semibold text-muted">"Toolcrib"</p>
            <h1 class="text-xl font-semibold tracking-tight">{title}</h1>
            {(!text.is_empty()).then(|| view! { <p class="mt-1 text-muted">{text}</p> })}
            <div class="mt-6">{children()}</div>
        </main>
    }
}
