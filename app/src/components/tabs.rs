//! Tabs that are links: every tab has an address and works without a script.

use leptos::prelude::*;

/// `<Tabs label="Tool"><TabLink href=… label="Overview" active=true/></Tabs>`
#[component]
pub fn Tabs(#[prop(into)] label: String, children: Children) -> impl IntoView {
    view! {
        <nav aria-label=label class="mb-5 flex gap-5 overflow-x-auto border-b border-line">
            {children()}
        </nav>
    }
    .into_any()
}

#[component]
pub fn TabLink(
    #[prop(into)] href: Signal<String>,
    #[prop(into)] label: String,
    #[prop(optional, into)] active: Signal<bool>,
    #[prop(optional, into)] count: Signal<Option<i64>>,
) -> impl IntoView {
    view! {
        <a href=move || href.get() class="tab" aria-current=move || active.get().then_some("page")>
            {label}
            {move || count.get().map(|count| view! { <span class="num rounded-sm bg-sunken px-1 text-xs">{count}</span> })}
        </a>
    }
    .into_any()
}
