//! The fields of a composite tool: which published workflow it runs.

use crate::{
    api::{choices::Choices, tool_form::ToolForm},
    components::{
        field::{SelectField, TextField},
        form::Form,
        page::{EmptyState, Section},
    },
};
use leptos::prelude::*;

#[component]
pub fn CompositeFields(shown: ToolForm, form: Form, choices: Choices) -> impl IntoView {
    let stored = shown.composite;
    let known = choices.workflows.iter().any(|(id, _)| *id == stored.workflow);
    if choices.workflows.is_empty() && stored.workflow.is_empty() {
        return view! {
            <EmptyState
                icon=icondata_lu::LuWorkflow
                title="No workflow is published yet"
                text="A composite tool runs a published workflow. Publish one on its page, under Versions; a tool can be made of it there."
            />
        }
        .into_any();
    }
    let mut options = vec![(String::new(), "Choose a workflow".to_owned())];
    options.extend(choices.workflows);
    if !known && !stored.workflow.is_empty() {
        options.push((stored.workflow.clone(), "The workflow it runs now, which you cannot see".to_owned()));
    }
    view! {
        <Section title="The workflow" text="Inputs and outputs follow from it. Its steps are called with what the caller may use.">
            <div class="grid gap-4 sm:grid-cols-2">
                <SelectField
                    label="Workflow"
                    name="form[composite][workflow]"
                    options=options
                    value=form.value("form[composite][workflow]", &stored.workflow)
                    error=form.error("composite/workflow")
                    required=true
                />
                <TextField
                    label="Version"
                    name="form[composite][version]"
                    value=form.value("form[composite][version]", &stored.version)
                    error=form.error("composite/version")
                    hint="Stays until somebody changes it here. Empty: the newest one now."
                />
            </div>
        </Section>
    }
    .into_any()
}
