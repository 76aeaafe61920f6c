//! A secret that was just made. The address carries the key to it (`?shown=…`), which opens it one time.

use crate::{
    api::tokens::take_shown,
    components::{badge::Tone, code::CodeBlock, page::Notice},
    pages::address::query,
};
use leptos::prelude::*;

#[component]
pub fn ShownOnce(org: String, #[prop(into)] label: String, #[prop(into)] text: String) -> impl IntoView {
    let key = query("shown");
    let secret = Resource::new_blocking(move || key.get(), move |key| take_shown(org.clone(), key));
    view! {
        <Suspense>
            {move || {
                let (label, text) = (label.clone(), text.clone());
                Suspend::new(async move {
                    let asked = !key.get_untracked().is_empty();
                    match secret.await {
                        Ok(Some(secret)) => {
                            view! {
                                <Notice tone=Tone::Success title=label.clone()>
                                    <p class="mb-2">{text}</p>
                                    <CodeBlock code=secret label=label />
                                </Notice>
                            }
                                .into_any()
                        }
                        Ok(None) if asked => {
                            view! {
                                <Notice tone=Tone::Info>
                                    {format!("{label}: it was shown once and cannot be shown again. If it was lost, make a new one and revoke the old.")}
                                </Notice>
                            }
                                .into_any()
                        }
                        _ => ().into_any(),
                    }
                })
            }}
        </Suspense>
    }
}
