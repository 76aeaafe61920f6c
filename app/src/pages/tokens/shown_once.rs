//! A secret that was just made. The address carries the key to it (`?shown=…`), which opens it one time.

use crate::{
    api::tokens::take_shown,
    components::{badge::Tone, code::CodeBlock, page::Notice},
    error::AppError,
    pages::address::query,
};
use leptos::prelude::*;

/// Read by the page itself, beside what else it reads: nested in another part it would arrive too late for a browser without scripts.
pub fn use_shown(org: Memo<String>) -> Resource<Result<Option<String>, AppError>> {
    let key = query("shown");
    Resource::new_blocking(move || (org.get(), key.get()), |(org, key)| take_shown(org, key))
}

#[component]
pub fn ShownOnce(secret: Result<Option<String>, AppError>, #[prop(into)] label: String, #[prop(into)] text: String) -> impl IntoView {
    let asked = query("shown").with_untracked(|key| !key.is_empty());
    match secret {
        Ok(Some(secret)) => view! {
            <Notice tone=Tone::Success title=label.clone()>
                <p class="mb-2">{text}</p>
                <CodeBlock code=secret label=label />
            </Notice>
        }
        .into_any(),
        Ok(None) if asked => view! {
            <Notice tone=Tone::Info>
                {format!("{label}: it was shown once and cannot be shown again. If it was lost, make a new one and revoke the old.")}
            </Notice>
        }
        .into_any(),
        _ => ().into_any(),
    }
}
