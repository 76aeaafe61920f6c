//! A drawer at the side for details that one only glances at.

use super::button::IconButton;
use leptos::prelude::*;

/// Opened by anything with `popovertarget={id}`. For a drawer with an address of its own render it with `open_at`: the close button
/// then is a link there, and the drawer stands open.
#[component]
pub fn Drawer(
    #[prop(into)] id: String,
    #[prop(into)] title: String,
    /// Where closing leads, when the drawer is open because the address says so.
    #[prop(optional, into)]
    close_href: Option<String>,
    children: Children,
) -> impl IntoView {
    let title_id = format!("{id}-title");
    let head = view! {
        <h2 id=title_id.clone() class="min-w-0 text-lg font-semibold break-words">
            {title}
        </h2>
    };
    match close_href {
        Some(href) => view! {
            <aside
                id=id
                class="drawer fixed z-40"
                aria-labelledby=title_id
            >
                <div class="mb-4 flex items-start justify-between gap-3">
                    {head} <a class="btn btn-ghost btn-icon -mt-1" href=href aria-label="Close">
                        <super::icon::Icon icon=icondata_lu::LuX />
                    </a>
                </div>
                {children()}
            </aside>
        }
        .into_any(),
        None => view! {
            <dialog id=id popover="auto" class="drawer" aria-labelledby=title_id>
                <div class="mb-4 flex items-start justify-between gap-3">
                    {head}
                    <IconButton
                        icon=icondata_lu::LuX
                        label="Close"
                        class="-mt-1"
                        attr:popovertarget=id.clone()
                        attr:popovertargetaction="hide"
                    />
                </div>
                {children()}
            </dialog>
        }
        .into_any(),
    }
}
