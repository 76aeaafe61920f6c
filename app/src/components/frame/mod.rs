//! What stands around every page of an organization: rail, top bar, palette, shortcuts, toasts.

mod crumbs;
mod menus;
mod rail;
mod refresh;

pub use crumbs::{name_object, name_page};
pub use rail::Mark;
pub use refresh::refresh_frame_after;

use super::{
    button::IconButton,
    icon::Icon,
    navigation::DESTINATIONS,
    page::ErrorNotice,
    palette::{PALETTE, Palette},
    shortcuts::{self, Shortcuts},
    theme::ThemeMenu,
    toast::{Toaster, provide_toasts},
};
use crate::api::frame::frame;
use crumbs::{Crumbs, provide_names};
use leptos::prelude::*;
use leptos_router::{
    components::Outlet,
    hooks::{use_navigate, use_params_map},
};
use menus::{OrganizationMenu, UserMenu};
use rail::{RAIL_DRAWER, Rail, RailSkeleton, RailToggle};

/// The button in the user menu that signs out; the palette presses it.
pub const SIGN_OUT_BUTTON: &str = "sign-out";

/// The parent of all routes under `/:org`.
#[component]
pub fn Frame() -> impl IntoView {
    let params = use_params_map();
    let org = Memo::new(move |_| params.with(|params| params.get("org").unwrap_or_default()));
    let version = refresh::provide_version();
    provide_names();
    let data = Resource::new_blocking(move || (org.get(), version.get()), |(org, _)| frame(org));
    provide_toasts();
    let navigate = use_navigate();
    shortcuts::listen(move |index| navigate(&DESTINATIONS[index].href(&org.get_untracked()), Default::default()));
    view! {
        <div class="frame flex min-h-dvh">
            <a
                href="#main"
                class="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-raised focus:px-3 focus:py-2"
            >
                "Skip to the content"
            </a>
            <aside class="rail sticky top-0 hidden h-dvh w-56 shrink-0 flex-col border-r border-line px-2 py-3 md:flex">
                <Transition fallback=RailSkeleton>
                    {move || {
                        data.get()
                            .map(|data| {
                                data.map_or_else(
                                    |_| ().into_any(),
                                    |data| view! { <Rail org=data.organization.slug role=data.role /> }.into_any(),
                                )
                            })
                    }}
                </Transition>
                <div class="mt-auto">
                    <RailToggle />
                </div>
            </aside>
            <div class="flex min-w-0 flex-1 flex-col">
                <header class="sticky top-0 z-20 flex h-12 items-center gap-1 border-b border-line bg-ground px-3 md:px-5">
                    <IconButton
                        icon=icondata_lu::LuMenu
                        label="Open the navigation"
                        class="md:hidden"
                        attr:popovertarget=RAIL_DRAWER
                        attr:commandfor=RAIL_DRAWER
                        attr:command="show-modal"
                    />
                    <Transition fallback=|| {
                        view! { <span class="skeleton h-4 w-24"></span> }
                    }>
                        {move || {
                            data.get()
                                .and_then(Result::ok)
                                .map(|data| view! { <OrganizationMenu data=data /> })
                        }}
                    </Transition>
                    <Icon icon=icondata_lu::LuChevronRight size=14 class="hidden text-muted sm:block" />
                    <div class="hidden min-w-0 sm:block">
                        <Crumbs />
                    </div>
                    <div class="ml-auto flex items-center gap-1">
                        <button
                            type="button"
                            class="btn btn-secondary text-muted"
                            popovertarget=PALETTE
                            commandfor=PALETTE
                            command="show-modal"
                            aria-label="Search or do something"
                            aria-keyshortcuts="Control+K Meta+K"
                        >
                            <Icon icon=icondata_lu::LuSearch />
                            <span class="hidden pr-6 font-normal lg:inline">"Search or do something"</span>
                            <kbd class="kbd hidden lg:inline-block">"Ctrl K"</kbd>
                        </button>
                        <ThemeMenu />
                        <Transition fallback=|| ()>
                            {move || {
                                data.get()
                                    .and_then(Result::ok)
                                    .map(|data| view! { <UserMenu data=data /> })
                            }}
                        </Transition>
                    </div>
                </header>
                <main id="main" tabindex="-1" class="mx-auto w-full max-w-[1680px] flex-1 px-4 py-6 outline-none md:px-8">
                    <Transition fallback=|| ()>
                        {move || {
                            data.get()
                                .and_then(Result::err)
                                .map(|error| {
                                    view! {
                                        <div data-frame-error>
                                            <ErrorNotice error=error />
                                            <p class="mt-4 text-center">
                                                <a class="link" href="/">
                                                    "Go to your own organization"
                                                </a>
                                            </p>
                                        </div>
                                    }
                                })
                        }}
                    </Transition>
                    <div class="frame-outlet">
                        <Outlet />
                    </div>
                </main>
            </div>
            <dialog id=RAIL_DRAWER popover="auto" closedby="any" class="drawer drawer-left" aria-label="Navigation">
                <Transition fallback=RailSkeleton>
                    {move || {
                        data.get()
                            .and_then(Result::ok)
                            .map(|data| view! { <Rail org=data.organization.slug role=data.role drawer=true /> })
                    }}
                </Transition>
            </dialog>
            <Transition fallback=|| ()>
                {move || {
                    data.get()
                        .and_then(Result::ok)
                        .map(|data| {
                            let here = data.organization;
                            let others = data.organizations.into_iter().filter(|other| other.id != here.id).collect::<Vec<_>>();
                            view! { <Palette org=here.slug role=data.role others=others /> }
                        })
                }}
            </Transition>
            <Shortcuts />
            <Toaster />
        </div>
    }
    .into_any()
}
