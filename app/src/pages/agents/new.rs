//! Make an agent.

use crate::{
    api::agents::CreateAgent,
    components::{
        button::{Button, ButtonLink, Kind},
        field::{FormError, TextArea, TextField},
        form::use_form,
        page::PageHeader,
    },
    pages::address::param,
};
use leptos::prelude::*;

#[component]
pub fn NewAgentPage() -> impl IntoView {
    let org = param("org");
    let create = ServerAction::<CreateAgent>::new();
    let form = use_form(create);
    view! {
        <PageHeader title="New agent" facts="Next you choose the tools it may call." />
        <ActionForm action=create attr:class="max-w-xl space-y-4">
            <input type="hidden" name="org" value=move || org.get() />
            <FormError message=form.general_error() />
            <TextField
                label="Name"
                name="name"
                value=form.value("name", "")
                error=form.error("name")
                hint="Lowercase letters, digits and underscores, for example stock_keeper. REST and audit log use it."
                required=true
                mono=true
            />
            <TextField
                label="Display name"
                name="display_name"
                value=form.value("display_name", "")
                error=form.error("display_name")
                hint="What people read. The name, if left empty."
            />
            <TextArea
                label="Description"
                name="description"
                value=form.value("description", "")
                error=form.error("description")
                hint="What the agent is for and who runs it."
            />
            <div class="flex gap-2">
                <Button kind=Kind::Primary pending=create.pending()>
                    "Create agent"
                </Button>
                <ButtonLink href=Signal::derive(move || format!("/{}/agents", org.get())) kind=Kind::Ghost>
                    "Cancel"
                </ButtonLink>
            </div>
        </ActionForm>
    }
    .into_any()
}
