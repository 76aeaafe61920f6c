//! `/dev/style`: every component in every state, to look at and to run the accessibility checks on.

use super::samples::{chart_samples, code_samples, data_samples, field_samples, overlay_samples, word_samples};
use crate::{
    components::{page::PageHeader, theme::ThemeMenu, toast::Toaster, toast::provide_toasts},
    pages::not_found::NotFound,
};
use leptos::prelude::*;

/// Server and browser are built with the same profile, so both sides agree on whether the page exists.
#[component]
pub fn Style() -> impl IntoView {
    if !cfg!(debug_assertions) {
        return NotFound().into_any();
    }
    provide_toasts();
    view! {
        <main class="mx-auto max-w-[1200px] px-4 py-8 md:px-8">
            <PageHeader title="Style" facts="Every component in every state. Debug builds only.">
                <ThemeMenu />
            </PageHeader>
            {colours()}
            {word_samples()}
            {field_samples()}
            {data_samples()}
            {overlay_samples()}
            {code_samples()}
            {chart_samples()}
            <Toaster />
        </main>
    }
    .into_any()
}

fn colours() -> AnyView {
    // Written out: Tailwind finds class names by reading, not by running.
    const SWATCHES: [(&str, &str); 14] = [
        ("ground", "bg-ground"),
        ("surface", "bg-surface"),
        ("raised", "bg-raised"),
        ("sunken", "bg-sunken"),
        ("hover", "bg-hover"),
        ("line", "bg-line"),
        ("line-strong", "bg-line-strong"),
        ("accent", "bg-accent"),
        ("accent-soft", "bg-accent-soft"),
        ("success", "bg-success"),
        ("warning", "bg-warning"),
        ("danger", "bg-danger"),
        ("info", "bg-info"),
        ("running", "bg-running"),
    ];
    view! {
        <section class="mb-8">
            <h2 class="mb-3 text-lg font-semibold">"Colours"</h2>
            <ul class="grid grid-cols-2 gap-3 sm:grid-cols-4 lg:grid-cols-7">
                {SWATCHES
                    .map(|(name, class)| {
                        view! {
                            <li>
                                <div class=format!("h-10 rounded-md border border-line {class}")></div>
                                <code class="text-xs text-muted">{name}</code>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </section>
    }
    .into_any()
}
