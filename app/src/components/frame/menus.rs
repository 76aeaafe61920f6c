//! Which organization, and who is signed in: the two menus of the top bar.

use super::SIGN_OUT_BUTTON;
use crate::{
    api::frame::FrameData,
    components::{
        badge::status_words,
        icon::Icon,
        menu::{Menu, MenuHeading, MenuLink},
        shortcuts::SHORTCUTS,
        unsent,
    },
};
use leptos::prelude::*;

#[component]
pub(super) fn OrganizationMenu(data: FrameData) -> impl IntoView {
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
pub(super) fn UserMenu(data: FrameData) -> impl IntoView {
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
                    <button type="button" class="menu-item" popovertarget=SHORTCUTS commandfor=SHORTCUTS command="show-modal">
                        <Icon icon=icondata_lu::LuKeyboard class="text-muted" />
                        <span class="flex-1">"Keyboard shortcuts"</span>
                        <kbd class="kbd">"?"</kbd>
                    </button>
                    // A plain form: it works without a script, and afterwards nothing of the old page is left in memory.
                    <form method="post" action="/api/fn/users/sign_out">
                        <button type="submit" id=SIGN_OUT_BUTTON class="menu-item" on:click=move |event| unsent::ask(&event, data.user_id)>
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
