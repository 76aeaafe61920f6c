//! E-mail and password.

use super::Narrow;
use crate::{
    api::users::{SignIn, setup_needed},
    components::{
        button::{Button, Kind},
        field::{FormError, TextField},
        form::use_form,
    },
    pages::address::query,
};
use leptos::prelude::*;
use leptos_router::components::Redirect;

#[component]
pub fn SignInPage() -> impl IntoView {
    let next = query("next");
    let sign_in = ServerAction::<SignIn>::new();
    let form = use_form(sign_in);
    let setup = Resource::new_blocking(|| (), |()| setup_needed());
    view! {
        // Nobody can sign in where nobody has an account.
        <Suspense>
            {move || Suspend::new(async move { (setup.await == Ok(true)).then(|| view! { <Redirect path="/setup" /> }) })}
        </Suspense>
        <Narrow title="Sign in">
            <ActionForm action=sign_in attr:class="space-y-4">
                <input type="hidden" name="next" value=move || next.get() />
                <FormError message=form.general_error() />
                <TextField
                    label="E-mail"
                    name="email"
                    type_="email"
                    value=form.value("email", "")
                    error=form.error("email")
                    autocomplete="username"
                    required=true
                    autofocus=true
                />
                <TextField
                    label="Password"
                    name="password"
                    type_="password"
                    error=form.error("password")
                    autocomplete="current-password"
                    required=true
                />
                <Button kind=Kind::Primary pending=sign_in.pending()>
                    "Sign in"
                </Button>
            </ActionForm>
            <p class="mt-6 text-sm text-muted">"No account? Ask an admin of your organization for an invitation link."</p>
        </Narrow>
    }
    .into_any()
}
