//! Name, description, who may see it; and the end of it.

use super::Editing;
use crate::{
    api::workflows::{DeleteWorkflow, SaveSettings},
    components::{
        button::{Button, Kind},
        dialog::ConfirmDialog,
        field::{FormError, SelectField, TextArea, TextField},
        form::use_form,
        format,
        page::Section,
    },
};
use leptos::prelude::*;
use toolcrib::workflows::{Visibility, Workflow};

pub(super) fn visibilities() -> Vec<(String, String)> {
    let words = |visibility: Visibility| match visibility {
        Visibility::Private => "Only its owner and admins",
        Visibility::Public => "Every member of the organization",
    };
    Visibility::ALL.iter().map(|visibility| (visibility.as_str().to_owned(), words(*visibility).to_owned())).collect()
}

#[component]
pub(super) fn Settings(workflow: Workflow, editing: Editing) -> impl IntoView {
    let save = ServerAction::<SaveSettings>::new();
    let delete = ServerAction::<DeleteWorkflow>::new();
    editing.watch(save);
    let form = use_form(save);
    let removal = use_form(delete);
    let (org, id) = (editing.org.clone(), editing.id.clone());
    let runs = format::count(workflow.execution_count, "run", "runs");
    let question = format!("Delete {}?", workflow.display_name);
    view! {
        <Section title="Settings">
            <ActionForm action=save attr:class="max-w-xl space-y-4">
                {editing.head(form, true)}
                <TextField
                    label="Display name"
                    name="display_name"
                    value=form.value("display_name", &workflow.display_name)
                    error=form.error("display_name")
                    required=true
                />
                <TextField label="Name" name="name" value=form.value("name", &workflow.name) error=form.error("name") required=true mono=true />
                <TextArea
                    label="Description"
                    name="description"
                    value=form.value("description", &workflow.description)
                    error=form.error("description")
                    rows=3
                />
                <SelectField
                    label="Who may see and run it"
                    name="visibility"
                    options=visibilities()
                    value=form.value("visibility", workflow.visibility.as_str())
                    error=form.error("visibility")
                />
                <Button pending=save.pending()>"Save settings"</Button>
            </ActionForm>
            <div class="mt-6 border-t border-line pt-4">
                <FormError message=removal.general_error() />
                <ConfirmDialog
                    id="delete-workflow"
                    label="Delete workflow"
                    title=question
                    text=format!("Its {runs} and its triggers go with it; open runs are stopped. The executions of its tools stay in the log.")
                >
                    <ActionForm action=delete>
                        <input type="hidden" name="org" value=org />
                        <input type="hidden" name="id" value=id />
                        <Button kind=Kind::Danger pending=delete.pending()>
                            "Delete workflow"
                        </Button>
                    </ActionForm>
                </ConfirmDialog>
            </div>
        </Section>
    }
    .into_any()
}
