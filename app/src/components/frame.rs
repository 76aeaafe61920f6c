//! What stands around every page of an organization: rail, top bar, palette, shortcuts, toasts.

use super::{
    badge::status_words,
    breadcrumb::Breadcrumb,
    browser,
    button::IconButton,
    icon::Icon,
    menu::{Menu, MenuHeading, MenuLink},
    navigation::{DESTINATIONS, trail},
    page::ErrorNotice,
    palette::{PALETTE, Palette},
    shortcuts::{self, SHORTCUTS, Shortcuts},
    theme::ThemeMenu,
    toast::{Toaster, provide_toasts},
};
use crate::api::frame::{FrameData, frame};
use leptos::prelude::*;
use leptos_router::{
    components::Outlet,
    hooks::{use_location, use_navigate, use_params_map},
};
use toolcrib::access::Role;

/// The button in the user menu that signs out; the palette presses it.
pub const SIGN_OUT_BUTTON: &str = "sign-out";
const RAIL_DRAWER: &str = "rail-drawer";

/// The parent of all routes under `/:org`.
#[component]
pub fn Frame() -> impl IntoView {
    let params = use_params_map();
    let org = Memo::new(move |_| params.with(|params| params.get("org").unwrap_or_default()));
    let data = Resource::new_blocking(move || org.get(), frame);
    let location = use_location();
    let crumbs = Signal::derive(move || location.pathname.with(|path| trail(path)));
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
                        <Breadcrumb items=crumbs />
                    </div>
                    <div class="ml-auto flex items-center gap-1">
                        <button
                            type="button"
                            class="btn btn-secondary text-muted"
                            popovertarget=PALETTE
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
            <dialog id=RAIL_DRAWER popover="auto" class="drawer drawer-left" aria-label="Navigation">
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
                        .map(|data| view! { <Palette org=data.organization.slug role=data.role /> })
                }}
            </Transition>
            <Shortcuts />
            <Toaster />
        </div>
    }
    .into_any()
}

#[component]
fn Rail(org: String, role: Role, #[prop(optional)] drawer: bool) -> impl IntoView {
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
                        on:click=move |_| browser::popover(RAIL_DRAWER, false)
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
fn RailSkeleton() -> impl IntoView {
    view! {
        <div class="space-y-3 px-2.5 py-2">
            {(0..6).map(|_| view! { <div class="skeleton h-4 w-4/5"></div> }).collect_view()}
        </div>
    }
    .into_any()
}

/// Makes the rail narrow and wide; remembered in this browser, set before the first paint by the document's script.
#[component]
fn RailToggle() -> impl IntoView {
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

#[component]
fn OrganizationMenu(data: FrameData) -> impl IntoView {
    let here = data.organization.id;
    view! {
        <Menu label=data.organization.name start=true class="btn btn-ghost max-w-[45vw] sm:max-w-60">
            <MenuHeading text="Organizations" />
            {data
                .organizations
                .into_iter()
                .map(|organization| {
                    view! {
                        <MenuLink href=format!("/{}", organization.slug) icon=icondata_lu::LuBuilding2 current=organization.id == here>
                            {organization.name}
                        </MenuLink>
                    }
                })
                .collect_view()}
            <hr class="my-1 border-line" />
            <MenuLink href="/organizations/new" icon=icondata_lu::LuPlus>
                "New organization"
            </MenuLink>
        </Menu>
    }
    .into_any()
}

/// One or two letters that stand for a person.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next().and_then(|word| word.chars().next());
    let last = words.next_back().and_then(|word| word.chars().next());
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

#[component]
fn UserMenu(data: FrameData) -> impl IntoView {
    let role = status_words(data.role.as_str());
    view! {
        <details data-menu class="relative">
            <summary
                class="btn btn-ghost btn-icon"
                aria-label=format!("Signed in as {}", data.user_name)
                title=data.user_name.clone()
            >
                <span
                    aria-hidden="true"
                    class="grid size-6 place-items-center rounded-full bg-accent-soft text-2xs font-semibold text-accent"
                >
                    {initials(&data.user_name)}
                </span>
            </summary>
            <div class="absolute right-0 z-30 mt-1 w-64 rounded-md bg-raised p-1 shadow-pop">
                <div class="border-b border-line px-2 pt-1 pb-2">
                    <p class="truncate font-medium">{data.user_name.clone()}</p>
                    <p class="truncate text-xs text-muted">{data.user_email}</p>
                    <p class="text-xs text-muted">{format!("{role} of {}", data.organization.name)}</p>
                </div>
                <div class="pt-1">
                    <MenuLink href=format!("/{}/account", data.organization.slug) icon=icondata_lu::LuCircleUser>
                        "Your account"
                    </MenuLink>
                    <button type="button" class="menu-item" popovertarget=SHORTCUTS>
                        <Icon icon=icondata_lu::LuKeyboard class="text-muted" />
                        <span class="flex-1">"Keyboard shortcuts"</span>
                        <kbd class="kbd">"?"</kbd>
                    </button>
                    // A plain form: it works without a script, and afterwards nothing of the old page is left in memory.
                    <form method="post" action="/api/fn/users/sign_out">
                        <button type="submit" id=SIGN_OUT_BUTTON class="menu-item">
                            <Icon icon=icondata_lu::LuLogOut class="text-muted" />
                            "Sign out"
                        </button>
                    </form>
                </div>
            </div>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_of_the_first_and_the_last_name() {
        assert_eq!(initials("ada lovelace"), "AL");
        assert_eq!(initials("Maria del Mar Ruiz"), "MR");
        assert_eq!(initials("Özil"), "Ö");
        assert_eq!(initials(""), "");
    }
}
