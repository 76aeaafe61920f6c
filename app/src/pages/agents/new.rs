//! Make an agent.

use crate::{
    api::agents::CreateAgent,
    components::{
        field::{TextArea, TextField},
        form::use_form,
        new_page::NewForm,
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
        <ActionForm action=create>
            <NewForm org=org form=form button="Create agent" pending=create.pending() list="agents">
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
            </NewForm>
        </ActionForm>
    }
    .into_any()
}
