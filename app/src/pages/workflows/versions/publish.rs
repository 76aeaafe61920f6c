//! Makes the draft a version.

use crate::{
    api::workflows::PublishWorkflow,
    components::{
        button::{Button, ButtonLink, Kind},
        field::{FormError, TextArea},
        form::use_form,
        format,
        page::{Notice, Panel},
    },
    pages::workflows::step::Problems,
};
use leptos::prelude::*;
use toolcrib::workflows::{Workflow, graph::Finding};

#[component]
pub(super) fn PublishForm(
    workflow: Workflow,
    differences: Option<usize>,
    org: String,
    publish: ServerAction<PublishWorkflow>,
) -> impl IntoView {
    let form = use_form(publish);
    let next = workflow.published_version.map_or(1, |version| version + 1);
    let problems: Vec<Finding> = workflow.findings.iter().filter(|finding| finding.is_error()).cloned().collect();
    let base = format!("/{org}/workflows/{}/versions", workflow.id);
    if differences == Some(0) {
        return view! { <Notice>"The draft is what is published. Once you change it, it can be published again."</Notice> }.into_any();
    }
    let differs = differences.zip(workflow.published_version).map(|(number, version)| {
        let words = format::count(i64::try_from(number).unwrap_or(0), "step or connection differs", "steps and connections differ");
        view! {
            <p class="mb-3 flex flex-wrap items-center gap-3">
                <span class="text-muted">{format!("{words} from version {version}.")}</span>
                <ButtonLink href=format!("{base}?from={version}&to=draft") small=true>
                    "See what"
                </ButtonLink>
            </p>
        }
    });
    let blocked = !problems.is_empty();
    view! {
        <Panel class="mb-6">
            <h2 class="mb-2 font-semibold">{format!("Publish version {next}")}</h2>
            {differs}
            {blocked
                .then(|| {
                    view! {
                        <p class="mb-2">"These have to be resolved first:"</p>
                        <Problems findings=problems />
                    }
                })}
            <ActionForm action=publish attr:class="space-y-3">
                <input type="hidden" name="org" value=org />
                <input type="hidden" name="id" value=workflow.id.to_string() />
                <input type="hidden" name="revision" value=workflow.revision />
                <FormError message=form.general_error() />
                <TextArea
                    label="What is new"
                    name="note"
                    value=form.value("note", "")
                    error=form.error("note")
                    hint="For those who read the history. At most 2 000 characters."
                    rows=2
                />
                <Button kind=Kind::Primary pending=publish.pending() disabled=blocked icon=icondata_lu::LuUpload>
                    {format!("Publish version {next}")}
                </Button>
            </ActionForm>
        </Panel>
    }
    .into_any()
}
