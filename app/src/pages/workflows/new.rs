//! A new workflow: a name is enough to begin.

use super::param;
use crate::{
    api::workflows::CreateWorkflow,
    components::{
        field::{SelectField, TextArea, TextField},
        form::use_form,
        new_page::NewForm,
        page::PageHeader,
    },
};
use leptos::prelude::*;

#[component]
pub fn NewWorkflowPage() -> impl IntoView {
    let org = param("org");
    let create = ServerAction::<CreateWorkflow>::new();
    let form = use_form(create);
    view! {
        <PageHeader title="New workflow" facts="Steps are added on the next page." />
        <ActionForm action=create>
            <NewForm org=org form=form button="Create workflow" pending=create.pending() list="workflows">
                <TextField
                    label="Display name"
                    name="display_name"
                    value=form.value("display_name", "")
                    error=form.error("display_name")
                    placeholder="Weekly sales report"
                    required=true
                    autofocus=true
                />
                <TextField
                    label="Name"
                    name="name"
                    value=form.value("name", "")
                    error=form.error("name")
                    hint="Lowercase letters, digits and underscores; made from the display name when left empty."
                    mono=true
                />
                <TextArea label="Description" name="description" value=form.value("description", "") error=form.error("description") rows=3 />
                <SelectField
                    label="Who may see and run it"
                    name="visibility"
                    options=super::settings::visibilities()
                    value=form.value("visibility", "private")
                    error=form.error("visibility")
                />
            </NewForm>
        </ActionForm>
    }
    .into_any()
}
