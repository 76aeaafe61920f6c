//! What the pages have alike on which something small is made: a title, a form of few fields, one button, and the way back.

use super::{
    button::{Button, ButtonLink, Kind},
    field::FormError,
    form::Form,
};
use leptos::prelude::*;

/// Stands inside the form: errors, the fields as children, the button that makes it, and the way back to the list.
#[component]
pub fn NewForm(
    org: Memo<String>,
    form: Form,
    /// "Create agent"
    button: &'static str,
    #[prop(into)] pending: Signal<bool>,
    /// The list's part of the address: "agents".
    list: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="max-w-xl space-y-4">
            <input type="hidden" name="org" value=move || org.get() />
            <FormError message=form.general_error() />
            {children()}
            <div class="flex gap-2">
                <Button kind=Kind::Primary pending=pending>
                    {button}
                </Button>
                <ButtonLink href=Signal::derive(move || format!("/{}/{list}", org.get())) kind=Kind::Ghost>
                    "Cancel"
                </ButtonLink>
            </div>
        </div>
    }
    .into_any()
}
