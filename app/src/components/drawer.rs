//! A drawer at the side for details that one only glances at.

use super::{browser, button::IconButton, icon::Icon};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

/// Opened by a [`super::dialog::DialogButton`]. A drawer with an address of its own has a `close_href`: it stands open, and closing leads there.
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
        Some(href) => {
            // Without a script it is a part of the page; with one, what lies behind it waits until it is closed.
            let (leave, back, opened) = (use_navigate(), href.clone(), id.clone());
            Effect::new(move |_| browser::make_modal(&opened));
            view! {
                <dialog
                    id=id
                    open
                    class="drawer fixed z-40"
                    closedby="any"
                    aria-labelledby=title_id
                    on:close=move |_| leave(&back, Default::default())
                >
                    <div class="mb-4 flex items-start justify-between gap-3">
                        {head} <a class="btn btn-ghost btn-icon -mt-1" href=href aria-label="Close">
                            <Icon icon=icondata_lu::LuX />
                        </a>
                    </div>
                    {children()}
                </dialog>
            }
            .into_any()
        }
        None => view! {
            <dialog id=id popover="auto" closedby="any" class="drawer" aria-labelledby=title_id>
                <div class="mb-4 flex items-start justify-between gap-3">
                    {head}
                    <IconButton
                        icon=icondata_lu::LuX
                        label="Close"
                        class="-mt-1"
                        attr:popovertarget=id.clone()
                        attr:popovertargetaction="hide"
                        attr:commandfor=id.clone()
                        attr:command="close"
                    />
                </div>
                {children()}
            </dialog>
        }
        .into_any(),
    }
}
