//! Menus: a `<details>` that closes when one looks away (the frame listens for that; see `browser::close_menus_on_outside_click`).

use super::icon::Icon;
use leptos::prelude::*;

/// A button that shows a list of links and buttons. With `icon_only` the label is for assistive technology and the tooltip.
#[component]
pub fn Menu(
    #[prop(into)] label: String,
    #[prop(optional)] icon: Option<icondata_core::Icon>,
    #[prop(optional)] icon_only: bool,
    /// Opens to the right of its left edge instead of ending at its right edge.
    #[prop(optional)]
    start: bool,
    #[prop(default = "btn btn-secondary")] class: &'static str,
    children: Children,
) -> impl IntoView {
    let side = if start { "left-0" } else { "right-0" };
    view! {
        <details data-menu class="relative inline-block">
            <summary
                class=if icon_only { format!("{class} btn-icon") } else { class.to_owned() }
                title=icon_only.then(|| label.clone())
                aria-label=icon_only.then(|| label.clone())
            >
                {icon.map(|icon| view! { <Icon icon=icon /> })}
                {(!icon_only)
                    .then(|| {
                        view! {
                            <span class="truncate">{label.clone()}</span>
                            <Icon icon=icondata_lu::LuChevronDown size=14 class="text-muted" />
                        }
                    })}
            </summary>
            <div class=format!("absolute {side} z-30 mt-1 min-w-48 max-w-80 rounded-md bg-raised p-1 shadow-pop")>{children()}</div>
        </details>
    }
    .into_any()
}

#[component]
pub fn MenuLink(
    #[prop(into)] href: String,
    #[prop(optional)] icon: Option<icondata_core::Icon>,
    #[prop(optional)] current: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <a href=href class="menu-item" aria-current=current.then_some("true")>
            {icon.map(|icon| view! { <Icon icon=icon class="text-muted" /> })}
            <span class="min-w-0 flex-1 truncate">{children()}</span>
            {current.then(|| view! { <Icon icon=icondata_lu::LuCheck class="text-accent" /> })}
        </a>
    }
    .into_any()
}

/// A button in a menu; inside a form it submits it.
#[component]
pub fn MenuButton(
    #[prop(optional)] icon: Option<icondata_core::Icon>,
    #[prop(default = "submit")] type_: &'static str,
    #[prop(optional)] danger: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <button type=type_ class=if danger { "menu-item text-danger" } else { "menu-item" }>
            {icon.map(|icon| view! { <Icon icon=icon /> })}
            <span class="min-w-0 flex-1 truncate">{children()}</span>
        </button>
    }
    .into_any()
}

/// A line between groups, or a heading over one.
#[component]
pub fn MenuHeading(#[prop(into)] text: String) -> impl IntoView {
    view! { <p class="px-2 pt-2 pb-1 text-xs font-medium text-muted">{text}</p> }.into_any()
}
