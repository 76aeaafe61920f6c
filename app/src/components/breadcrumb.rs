//! Where one is, from the organization down.

use super::icon::Icon;
use leptos::prelude::*;

/// (address, label) from the outermost in; the last one is the page itself. An empty label is one that is still being loaded.
#[component]
pub fn Breadcrumb(#[prop(into)] items: Signal<Vec<(String, String)>>) -> impl IntoView {
    view! {
        <nav aria-label="Breadcrumb" class="min-w-0">
            <ol class="flex min-w-0 items-center gap-1">
                {move || {
                    let items = items.get();
                    let last = items.len().saturating_sub(1);
                    items
                        .into_iter()
                        .enumerate()
                        .map(|(i, (href, label))| {
                            let here = i == last;
                            view! {
                                <li class="flex min-w-0 items-center gap-1">
                                    {(i > 0)
                                        .then(|| view! { <Icon icon=icondata_lu::LuChevronRight size=14 class="text-muted" /> })}
                                    <a
                                        href=href
                                        class=if here { "truncate text-text no-underline" } else { "truncate text-muted no-underline hover:text-text" }
                                        aria-current=here.then_some("page")
                                    >
                                        {if label.is_empty() {
                                            view! { <span class="skeleton inline-block h-3.5 w-24 align-middle"><span class="sr-only">"Loading"</span></span> }
                                                .into_any()
                                        } else {
                                            label.into_any()
                                        }}
                                    </a>
                                </li>
                            }
                        })
                        .collect_view()
                }}
            </ol>
        </nav>
    }
    .into_any()
}
