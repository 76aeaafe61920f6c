//! What stands where nothing is.

use leptos::prelude::*;
use leptos_meta::Title;

/// A page of its own.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <main class="mx-auto grid min-h-dvh max-w-md place-content-center p-8">
            <NotFoundHere />
        </main>
    }
    .into_any()
}

/// The same inside the frame.
#[component]
pub fn NotFoundHere() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
    view! {
        <Title text="Not found · Toolcrib" />
        <div class="py-8 text-center">
            <p class="num text-muted">"404"</p>
            <h1 class="mt-1 text-xl font-semibold tracking-tight">"There is nothing here"</h1>
            <p class="mt-2 text-muted">"The page was moved or deleted, or you may not see it."</p>
            <p class="mt-4">
                <a class="link" href="/">
                    "Go to the overview"
                </a>
            </p>
        </div>
    }
    .into_any()
}
