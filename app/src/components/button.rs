//! Buttons, and links that look like them.

use super::icon::Icon;
use leptos::prelude::*;

/// How much a button wants to be pressed. At most one `Primary` on a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    Primary,
    #[default]
    Secondary,
    Danger,
    Ghost,
}

pub use Kind as ButtonKind;

impl Kind {
    fn class(self) -> &'static str {
        match self {
            Self::Primary => "btn btn-primary",
            Self::Secondary => "btn btn-secondary",
            Self::Danger => "btn btn-danger",
            Self::Ghost => "btn btn-ghost",
        }
    }
}

fn classes(kind: Kind, small: bool, class: &str) -> String {
    format!("{}{} {class}", kind.class(), if small { " btn-small" } else { "" })
}

/// A button; like HTML's own it submits its form unless `type_="button"`. `pending` shows that the work goes on and refuses further clicks.
#[component]
pub fn Button(
    #[prop(optional)] kind: Kind,
    #[prop(default = "submit")] type_: &'static str,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] pending: Signal<bool>,
    #[prop(optional)] small: bool,
    #[prop(optional, into)] class: String,
    #[prop(optional)] icon: Option<icondata_core::Icon>,
    children: Children,
) -> impl IntoView {
    view! {
        <button
            type=type_
            class=classes(kind, small, &class)
            disabled=move || disabled.get() || pending.get()
            aria-busy=move || pending.get().then_some("true")
        >
            <Show when=move || pending.get()>
                <Icon icon=icondata_lu::LuLoaderCircle class="spin" />
            </Show>
            {icon.map(|icon| view! { <Icon icon=icon /> })}
            {children()}
        </button>
    }
}

/// A button with an icon only; `label` is its name and its tooltip.
#[component]
pub fn IconButton(
    icon: icondata_core::Icon,
    #[prop(into)] label: String,
    #[prop(default = Kind::Ghost)] kind: Kind,
    #[prop(default = "button")] type_: &'static str,
    #[prop(optional, into)] class: String,
) -> impl IntoView {
    view! {
        <button type=type_ class=classes(kind, false, &format!("btn-icon {class}")) title=label.clone() aria-label=label>
            <Icon icon=icon />
        </button>
    }
}

/// A link that leads somewhere, looking like a button.
#[component]
pub fn ButtonLink(
    #[prop(into)] href: Signal<String>,
    #[prop(optional)] kind: Kind,
    #[prop(optional)] small: bool,
    #[prop(optional, into)] class: String,
    #[prop(optional)] icon: Option<icondata_core::Icon>,
    children: Children,
) -> impl IntoView {
    view! {
        <a href=move || href.get() class=classes(kind, small, &class)>
            {icon.map(|icon| view! { <Icon icon=icon /> })}
            {children()}
        </a>
    }
}
