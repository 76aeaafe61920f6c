//! A new workflow: an empty one, one from a template, or one from a document.

use super::{gallery::Gallery, import::ImportForm, param, query};
use crate::{
    api::workflows::{CreateFromTemplate, CreateWorkflow, ImportWorkflow, get_beginnings},
    components::{
        field::{SelectField, TextArea, TextField},
        form::use_form,
        new_page::NewForm,
        page::{ErrorNotice, PageHeader, Skeleton},
        tabs::{TabLink, Tabs},
    },
};
use leptos::prelude::*;

#[component]
pub fn NewWorkflowPage() -> impl IntoView {
    let (org, from) = (param("org"), query("from"));
    let create = ServerAction::<CreateWorkflow>::new();
    let from_template = ServerAction::<CreateFromTemplate>::new();
    let import = ServerAction::<ImportWorkflow>::new();
    let import_form = use_form(import);
    let beginnings = Resource::new_blocking(
        move || (org.get(), from.get()),
        async move |(org, from)| {
            if matches!(from.as_str(), "template" | "import") { get_beginnings(org).await.map(Some) } else { Ok(None) }
        },
    );
    let tab = move |name: &'static str| Signal::derive(move || from.with(|from| from == name));
    let address = move |name: &'static str| {
        Signal::derive(move || {
            let query = if name.is_empty() { String::new() } else { format!("?from={name}") };
            format!("/{}/workflows/new{query}", org.get())
        })
    };
    view! {
        <PageHeader title="New workflow" facts="Empty, from a template that runs at once, or from a document." />
        <Tabs label="What it begins with">
            <TabLink href=address("") label="Blank" active=tab("") />
            <TabLink href=address("template") label="From a template" active=tab("template") />
            <TabLink href=address("import") label="Import" active=tab("import") />
        </Tabs>
        <Transition fallback=|| view! { <Skeleton rows=8 /> }>
            {move || Suspend::new(async move {
                let (org_name, from) = (org.get_untracked(), from.get_untracked());
                match (beginnings.await, from.as_str()) {
                    (Err(error), _) => view! { <ErrorNotice error=error /> }.into_any(),
                    (Ok(Some(found)), "template") => view! { <Gallery templates=found.templates org=org_name action=from_template /> }.into_any(),
                    (Ok(Some(found)), "import") => {
                        view! { <ImportForm known=found.known org=org_name action=import form=import_form /> }.into_any()
                    }
                    _ => view! { <Blank create=create org=org /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Blank(create: ServerAction<CreateWorkflow>, org: Memo<String>) -> impl IntoView {
    let form = use_form(create);
    view! {
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
