//! Dialogs. Their buttons name a command (`commandfor`, `show-modal`), which browsers follow without a script: the focus stays inside,
//! what lies behind cannot be reached, Escape closes, and the focus comes back. Browsers that do not know commands open the same dialog as
//! a popover, or as a modal one as soon as the page listens (`browser::follow_command`).

use super::{
    button::{IconButton, Kind},
    icon::Icon,
};
use leptos::prelude::*;

/// A dialog with an `id`; a [`DialogButton`] opens it.
#[component]
pub fn Dialog(#[prop(into)] id: String, #[prop(into)] title: String, children: Children) -> impl IntoView {
    let title_id = format!("{id}-title");
    view! {
        <dialog id=id popover="auto" closedby="any" class="dialog" aria-labelledby=title_id>
            <div class="mb-3 flex items-start justify-between gap-3">
                <h2 id=title_id.clone() class="text-lg font-semibold">
                    {title}
                </h2>
                <IconButton
                    icon=icondata_lu::LuX
                    label="Close"
                    class="-mt-1 -mr-2"
                    attr:popovertarget=id.clone()
                    attr:popovertargetaction="hide"
                    attr:commandfor=id.clone()
                    attr:command="close"
                />
            </div>
            {children()}
        </dialog>
    }
    .into_any()
}

/// The button that opens a dialog or drawer.
#[component]
pub fn DialogButton(
    /// The id of the dialog.
    #[prop(into)]
    target: String,
    #[prop(optional)] kind: Kind,
    #[prop(optional_no_strip, into)] icon: Option<icondata_core::Icon>,
    #[prop(optional)] small: bool,
    #[prop(into)] label: String,
) -> impl IntoView {
    view! {
        <super::button::Button kind=kind type_="button" small=small attr:popovertarget=target.clone() attr:commandfor=target attr:command="show-modal" attr:aria-haspopup="dialog">
            {icon.map(|icon| view! { <Icon icon=icon /> })}
            {label}
        </super::button::Button>
    }
    .into_any()
}

/// Asks before something is lost. `label` is the button that asks, `title` names what will be destroyed, `text` says what goes with it;
/// the children are the form that does it, with its own danger button:
/// `<ConfirmDialog id="delete-tool" label="Delete tool" title="Delete get_weather?" text="…"><ActionForm …>…</ActionForm></ConfirmDialog>`
#[component]
pub fn ConfirmDialog(
    #[prop(into)] id: String,
    #[prop(into)] label: String,
    #[prop(into)] title: String,
    #[prop(optional, into)] text: String,
    #[prop(default = Kind::Secondary)] kind: Kind,
    #[prop(optional)] icon: Option<icondata_core::Icon>,
    #[prop(optional)] small: bool,
    children: Children,
) -> impl IntoView {
    let title_id = format!("{id}-title");
    let text_id = format!("{id}-text");
    let asked = id.clone();
    view! {
        <DialogButton target=id.clone() kind=kind icon=icon small=small label=label />
        <dialog
            id=id
            popover="auto"
            role="alertdialog"
            class="dialog"
            aria-labelledby=title_id
            aria-describedby=text_id
            // What the form is told stands on the page behind.
            on:submit=move |_| super::browser::dialog(&asked, false)
        >
            <div class="flex gap-3">
                <Icon icon=icondata_lu::LuTriangleAlert size=20 class="mt-0.5 text-danger" />
                <div class="min-w-0">
                    <h2 id=title_id.clone() class="text-lg font-semibold break-words">
                        {title}
                    </h2>
                    <p id=text_id.clone() class="mt-1 text-muted">
                        {text}
                    </p>
                </div>
            </div>
            <div class="mt-5 flex flex-wrap items-center justify-end gap-2">
                // Focus begins where nothing is lost.
                <button
                    type="button"
                    class="btn btn-secondary"
                    popovertarget=id.clone()
                    popovertargetaction="hide"
                    commandfor=id.clone()
                    command="close"
                    autofocus
                >
                    "Keep it"
                </button>
                {children()}
            </div>
        </dialog>
    }
    .into_any()
}
