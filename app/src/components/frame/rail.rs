//! The places of the organization, at the left; on phones as a drawer.

use crate::components::{browser, icon::Icon, navigation::DESTINATIONS};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use toolcrib::access::Role;

/// The id of the drawer that holds the rail on phones.
pub(super) const RAIL_DRAWER: &str = "rail-drawer";

#[component]
pub(super) fn Rail(org: String, role: Role, #[prop(optional)] drawer: bool) -> impl IntoView {
    let location = use_location();
    let link = {
        let org = org.clone();
        move |index: usize| {
            let place = &DESTINATIONS[index];
            let here = move || location.pathname.with(|path| place.holds(path)).then_some("page");
            view! {
                <li>
                    <a
                        href=place.href(&org)
                        class="rail-link"
                        aria-current=here
                        title=(!drawer).then_some(place.label)
                        on:click=move |_| browser::dialog(RAIL_DRAWER, false)
                    >
                        <Icon icon=place.icon />
                        <span class=if drawer { "" } else { "rail-label" }>{place.label}</span>
                    </a>
                </li>
            }
        }
    };
    let group = move |administrative: bool| {
        DESTINATIONS
            .iter()
            .enumerate()
            .filter(|(_, place)| place.administrative == administrative && place.shown_to(role))
            .map(|(index, _)| link(index))
            .collect_view()
    };
    view! {
        <a href=format!("/{org}") aria-label="Toolcrib, overview" class="mb-3 flex items-center gap-2.5 rounded-md px-2.5 py-1.5 font-semibold tracking-tight no-underline">
            <Mark />
            <span class=if drawer { "" } else { "rail-label" }>"Toolcrib"</span>
        </a>
        <nav aria-label=if drawer { "Main, as a drawer" } else { "Main" }>
            <ul class="space-y-0.5">{group(false)}</ul>
            <hr class="mx-2.5 my-3 border-line" />
            <ul class="space-y-0.5">{group(true)}</ul>
        </nav>
    }
    .into_any()
}

/// The mark of the product: a tool on a board.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg width="20" height="20" viewBox="0 0 32 32" aria-hidden="true" class="-mx-0.5 shrink-0">
            <rect width="32" height="32" rx="7" class="fill-accent" />
            <path class="fill-on-accent" d="M7 8h18v4h-7v13h-4V12H7z" />
            <circle class="fill-on-accent" cx="23" cy="21" r="2.2" />
            <circle class="fill-on-accent" cx="9" cy="21" r="2.2" />
        </svg>
    }
    .into_any()
}

#[component]
pub(super) fn RailSkeleton() -> impl IntoView {
    view! {
        <div class="space-y-3 px-2.5 py-2">
            {(0..6).map(|_| view! { <div class="skeleton h-4 w-4/5"></div> }).collect_view()}
        </div>
    }
    .into_any()
}

/// Makes the rail narrow and wide; remembered in this browser, set before the first paint by the document's script.
#[component]
pub(super) fn RailToggle() -> impl IntoView {
    let narrow = RwSignal::new(false);
    Effect::new(move |_| narrow.set(browser::remembered("rail").as_deref() == Some("narrow")));
    let toggle = move |_| {
        narrow.update(|narrow| *narrow = !*narrow);
        let value = narrow.get_untracked().then_some("narrow");
        browser::remember("rail", value);
        browser::root_attribute("data-rail", value);
    };
    view! {
        <button
            type="button"
            class="rail-link needs-script w-full"
            aria-pressed=move || if narrow.get() { "true" } else { "false" }
            aria-label="Collapse the navigation"
            title="Collapse the navigation"
            on:click=toggle
        >
            <Icon icon=icondata_lu::LuPanelLeft />
            <span class="rail-label">"Collapse"</span>
        </button>
    }
    .into_any()
}
