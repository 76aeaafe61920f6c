//! The workflow as a tool: which tools run it, and another one.

use crate::{
    api::workflows::MakeTool,
    components::{
        badge::StatusBadge,
        button::{Button, Kind},
        dialog::{Dialog, DialogButton},
        field::{FormError, TextArea, TextField},
        form::use_form,
        page::Section,
    },
};
use leptos::prelude::*;
use toolcrib::workflows::{CompositeUse, Workflow};

#[component]
pub(super) fn AsTools(workflow: Workflow, tools: Vec<CompositeUse>, org: String, may_change: bool) -> impl IntoView {
    let make = ServerAction::<MakeTool>::new();
    let form = use_form(make);
    let newest = workflow.published_version;
    let none = tools.is_empty();
    let rows = tools
        .into_iter()
        .map(|tool| {
            let behind = newest.filter(|newest| *newest > tool.version).map(|newest| {
                view! { <a href=format!("/{org}/tools/{}/definition", tool.tool_id)>{format!("Version {newest} is newer")}</a> }
            });
            view! {
                <li class="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line py-2 last:border-0">
                    <a class="font-medium" href=format!("/{org}/tools/{}", tool.tool_id)>
                        {tool.display_name}
                    </a>
                    <span class="font-mono text-xs text-muted">{tool.name}</span>
                    <StatusBadge status=tool.status />
                    <span class="text-muted">{format!("runs version {}", tool.version)}</span>
                    {behind}
                </li>
            }
        })
        .collect_view();
    let offer = newest.filter(|_| may_change).map(|version| {
        let (org, id) = (org.clone(), workflow.id.to_string());
        view! {
            <DialogButton target="make-tool" label="Make a tool of it" icon=icondata_lu::LuWrench />
            <Dialog id="make-tool" title=format!("Make a tool of version {version}")>
                <ActionForm action=make attr:class="space-y-3">
                    <input type="hidden" name="org" value=org />
                    <input type="hidden" name="id" value=id />
                    <TextField
                        label="Name"
                        name="name"
                        value=form.value("name", &workflow.name)
                        error=form.error("name")
                        hint="What models call it: lowercase letters, digits and underscores."
                        required=true
                        mono=true
                    />
                    <TextArea
                        label="Description"
                        name="description"
                        value=form.value("description", &workflow.description)
                        error=form.error("description")
                        hint="A model decides by this text when to call the tool."
                        rows=3
                    />
                    <Button kind=Kind::Primary pending=make.pending()>"Make the tool"</Button>
                </ActionForm>
            </Dialog>
        }
    });
    // What was refused is told on the page: without a script the dialog is closed again.
    let name_error = form.error("name");
    let refusal = Signal::derive(move || form.general_error().get().or_else(|| name_error.get().map(|why| format!("Name: {why}"))));
    view! {
        <Section title="As a tool" text="Agents call it like any other tool, over MCP, REST and webhooks. It runs the version it was made of until somebody changes that.">
            <FormError message=refusal />
            {none.then(|| view! { <p class="mb-3 text-muted">{if newest.is_some() { "No tool runs it yet." } else { "Publish it first: a tool runs a published version." }}</p> })}
            <ul class="mb-3">{rows}</ul>
            {offer}
        </Section>
    }
    .into_any()
}
