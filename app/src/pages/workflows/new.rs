//! A new workflow: a name is enough to begin.

use super::param;
use crate::{
    api::workflows::CreateWorkflow,
    components::{
        button::{Button, ButtonLink, Kind},
        field::{FormError, SelectField, TextArea, TextField},
        form::use_form,
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
        <ActionForm action=create attr:class="max-w-xl space-y-4">
            <input type="hidden" name="org" value=move || org.get() />
            <FormError message=form.general_error() />
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
            <div class="flex gap-2">
                <Button kind=Kind::Primary pending=create.pending()>
                    "Create workflow"
                </Button>
                <ButtonLink href=Signal::derive(move || format!("/{}/workflows", org.get())) kind=Kind::Ghost>
                    "Back to workflows"
                </ButtonLink>
            </div>
        </ActionForm>
    }
    .into_any()
}
