//! What the pages of one key share: header and tabs around whatever the tab shows.

use crate::{
    api::keys::{KeyPage, get_key},
    components::{
        once::once,
        page::{ErrorNotice, PageHeader, Skeleton},
        tabs::{TabLink, Tabs},
    },
    pages::address::{param, query},
};
use leptos::prelude::*;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    Overview,
    Settings,
}

/// Loads the key (anew whenever `version` changes) and shows `body` under its header and tabs.
#[component]
pub fn KeyFrame(
    tab: Tab,
    #[prop(into)] version: Signal<usize>,
    body: impl Fn(KeyPage) -> AnyView + Clone + Send + Sync + 'static,
) -> impl IntoView {
    let (org, id) = (param("org"), param("id"));
    let after = query("after");
    let page =
        Resource::new_blocking(move || (org.get(), id.get(), after.get(), version.get()), |(org, id, after, _)| get_key(org, id, after));
    view! {
        <Transition fallback=|| view! { <Skeleton rows=6 /> }>
            {move || {
                let body = body.clone();
                Suspend::new(async move {
                    let page = page.await;
                    once().await;
                    match page {
                        Ok(page) => {
                            let key = &page.detail.key;
                            let base = format!("/{}/keys/{}", org.get_untracked(), key.id);
                            let facts = format!("{} · {} · {}", key.key_name, key.masked_value, key.status.label().to_lowercase());
                            view! {
                                <PageHeader title=key.display_name.clone() facts=facts />
                                <Tabs label="Key">
                                    <TabLink href=base.clone() label="Overview" active=tab == Tab::Overview />
                                    <TabLink href=format!("{base}/settings") label="Settings" active=tab == Tab::Settings />
                                </Tabs>
                                {body(page)}
                            }
                                .into_any()
                        }
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    }
                })
            }}
        </Transition>
    }
}
