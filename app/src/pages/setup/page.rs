//! The first organization and its owner. Only while nobody has an account.

use crate::{
    api::users::{SetUp, setup_needed},
    components::{
        button::{Button, Kind},
        field::{FormError, TextField},
        form::use_form,
        page::ErrorNotice,
    },
    pages::{organizations::OrganizationFields, sign_in::Narrow},
};
use leptos::prelude::*;
use leptos_router::components::Redirect;

#[component]
pub fn SetupPage() -> impl IntoView {
    let needed = Resource::new_blocking(|| (), |()| setup_needed());
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match needed.await {
                    Ok(true) => view! { <SetupForm /> }.into_any(),
                    Ok(false) => view! { <Redirect path="/" /> }.into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn SetupForm() -> impl IntoView {
    let set_up = ServerAction::<SetUp>::new();
    let form = use_form(set_up);
    view! {
        <Narrow
            title="Set up Toolcrib"
            text="Nobody has an account here yet. You become the owner of the first organization and invite the others."
        >
            <ActionForm action=set_up attr:class="space-y-6">
                <FormError message=form.general_error() />
                <fieldset class="space-y-4">
                    <legend class="mb-3 font-semibold">"Your organization"</legend>
                    <OrganizationFields
                        name_field="organization_name"
                        slug_field="organization_slug"
                        name=form.value("organization_name", "")
                        name_error=form.error("organization_name")
                        slug=form.value("organization_slug", "")
                        // A slug that is taken is reported under the plain name.
                        slug_error=Signal::derive(move || form.error("organization_slug").get().or_else(|| form.error("slug").get()))
                    />
                </fieldset>
                <fieldset class="space-y-4">
                    <legend class="mb-3 font-semibold">"You"</legend>
                    <TextField
                        label="Your name"
                        name="name"
                        value=form.value("name", "")
                        error=form.error("name")
                        autocomplete="name"
                        required=true
                    />
                    <TextField
                        label="E-mail"
                        name="email"
                        type_="email"
                        value=form.value("email", "")
                        error=form.error("email")
                        hint="You sign in with it."
                        autocomplete="username"
                        required=true
                    />
                    <TextField
                        label="Password"
                        name="password"
                        type_="password"
                        error=form.error("password")
                        hint="At least 10 characters."
                        autocomplete="new-password"
                        required=true
                    />
                </fieldset>
                <Button kind=Kind::Primary pending=set_up.pending()>
                    "Create organization"
                </Button>
            </ActionForm>
        </Narrow>
    }
}
