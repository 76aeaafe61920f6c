//! Another organization, owned by who makes it.

use super::OrganizationFields;
use crate::{
    api::{organizations::CreateOrganization, users::me},
    components::{
        button::{Button, ButtonLink, Kind},
        field::FormError,
        form::use_form,
    },
    pages::sign_in::Narrow,
};
use leptos::prelude::*;
use leptos_router::components::Redirect;

#[component]
pub fn NewOrganizationPage() -> impl IntoView {
    let create = ServerAction::<CreateOrganization>::new();
    let form = use_form(create);
    let me = Resource::new_blocking(|| (), |()| me());
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                matches!(me.await, Ok(None)).then(|| view! { <Redirect path="/sign-in?next=/organizations/new" /> })
            })}
        </Suspense>
        <Narrow title="New organization" text="Tools, agents, workflows and members of an organization are walled off from every other. You will be its owner.">
            <ActionForm action=create attr:class="space-y-4">
                <FormError message=form.general_error() />
                <OrganizationFields
                    name_field="name"
                    slug_field="slug"
                    name=form.value("name", "")
                    name_error=form.error("name")
                    slug=form.value("slug", "")
                    slug_error=form.error("slug")
                />
                <div class="flex gap-2">
                    <Button kind=Kind::Primary pending=create.pending()>
                        "Create organization"
                    </Button>
                    <ButtonLink href="/" kind=Kind::Ghost>
                        "Cancel"
                    </ButtonLink>
                </div>
            </ActionForm>
        </Narrow>
    }
    .into_any()
}
