//! What stands where nothing is.

use leptos::prelude::*;

#[component]
pub fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
    view! {
        <main class="mx-auto max-w-md p-8">
            <h1 class="text-xl font-semibold">"There is nothing here"</h1>
            <p class="mt-2 text-muted">"The page was moved or deleted, or you may not see it."</p>
            <p class="mt-4"><a class="link" href="/">"Go to the overview"</a></p>
        </main>
    }
}
