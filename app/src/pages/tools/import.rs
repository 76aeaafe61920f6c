//! Tools from a document: first what it would do, then doing it.

use super::{param, query};
use crate::{
    api::tool_batches::{ImportTools, PreviewImport, Shown as Kept, get_batch},
    components::{
        badge::{Badge, Tone},
        button::{Button, ButtonLink, Kind as ButtonKind},
        field::{FormError, TextArea},
        form::use_form,
        page::{ErrorNotice, Notice, PageHeader, Section, Skeleton},
        table::Table,
    },
};
use leptos::prelude::*;
use toolcrib::tools::batch::{ImportAction, ImportReport};

#[component]
pub fn ImportToolsPage() -> impl IntoView {
    let org = param("org");
    let batch = query("batch");
    let preview = ServerAction::<PreviewImport>::new();
    let import = ServerAction::<ImportTools>::new();
    let kept = Resource::new_blocking(
        move || (org.get(), batch.get()),
        async move |(org, id)| if id.is_empty() { Ok(None) } else { get_batch(org, id).await },
    );
    view! {
        <PageHeader title="Import tools" facts="From a document that was exported here or elsewhere. Nothing is written before you have seen what would change." />
        <Transition fallback=|| view! { <Skeleton rows=4 /> }>
            {move || Suspend::new(async move {
                let org = org.get_untracked();
                match kept.await {
                    Ok(Some(Kept::Preview(report))) => {
                        view! { <Preview report=report org=org batch=batch.get_untracked() import=import /> }.into_any()
                    }
                    Ok(Some(Kept::Imported(report))) => view! { <Imported report=report org=org /> }.into_any(),
                    Ok(_) => view! { <DocumentForm org=org preview=preview /> }.into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn DocumentForm(org: String, preview: ServerAction<PreviewImport>) -> impl IntoView {
    let form = use_form(preview);
    view! {
        <ActionForm action=preview attr:class="max-w-4xl space-y-4">
            <input type="hidden" name="org" value=org />
            <FormError message=form.general_error() />
            <div class="needs-script">
                <label class="mb-1 block font-medium" for="f-file">
                    "File"
                </label>
                <input id="f-file" type="file" accept="application/json,.json" class="field" on:change=move |event| fill_from(&event) />
            </div>
            <TextArea
                label="Document"
                name="document"
                id="f-document"
                value=form.value("document", "")
                error=form.error("document")
                hint="JSON, as the export gives it; also one tool, or a list of tools. At most 2 MiB here; larger folders go by “toolcrib import”."
                rows=14
                mono=true
            />
            <Button kind=ButtonKind::Primary pending=preview.pending()>
                "Preview"
            </Button>
        </ActionForm>
    }
    .into_any()
}

/// Puts the chosen file's text into the field below.
fn fill_from(event: &leptos::ev::Event) {
    #[cfg(feature = "hydrate")]
    {
        use leptos::wasm_bindgen::JsCast;
        let file = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok())
            .and_then(|input| input.files())
            .and_then(|files| files.get(0));
        let Some(file) = file else { return };
        leptos::task::spawn_local(async move {
            let Ok(text) = wasm_bindgen_futures::JsFuture::from(file.text()).await else { return };
            let field = web_sys::window()
                .and_then(|window| window.document())
                .and_then(|document| document.get_element_by_id("f-document"))
                .and_then(|element| element.dyn_into::<web_sys::HtmlTextAreaElement>().ok());
            if let (Some(field), Some(text)) = (field, text.as_string()) {
                field.set_value(&text);
            }
        });
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = event;
}

#[component]
fn Preview(report: ImportReport, org: String, batch: String, import: ServerAction<ImportTools>) -> impl IntoView {
    let form = use_form(import);
    let work = report.count(ImportAction::Create) + report.count(ImportAction::Update);
    let conflicts = report.count(ImportAction::Conflict);
    let again = format!("/{org}/tools/import");
    let facts = counts(&report);
    view! {
        <Section title="What the import would do" text=facts>
            <FormError message=form.general_error() />
            {(conflicts > 0).then(|| view! { <Notice tone=Tone::Warning>"Tools in conflict are left out; the others are imported."</Notice> })}
            <Items report=report org=org.clone() done=false />
            <div class="mt-4 flex flex-wrap gap-2">
                {if work > 0 {
                    view! {
                        <ActionForm action=import>
                            <input type="hidden" name="org" value=org />
                            <input type="hidden" name="batch" value=batch />
                            <Button kind=ButtonKind::Primary pending=import.pending()>
                                {if work == 1 { "Import 1 tool".to_owned() } else { format!("Import {work} tools") }}
                            </Button>
                        </ActionForm>
                    }
                        .into_any()
                } else {
                    view! { <p class="text-muted">"There is nothing to import."</p> }.into_any()
                }} <ButtonLink href=again kind=ButtonKind::Ghost>
                    "Another document"
                </ButtonLink>
            </div>
        </Section>
    }
    .into_any()
}

#[component]
fn Imported(report: ImportReport, org: String) -> impl IntoView {
    let list = format!("/{org}/tools");
    let facts = counts(&report);
    view! {
        <Section title="What was imported" text=facts>
            <div role="status">
                <Items report=report org=org done=true />
            </div>
            <p class="mt-4">
                <ButtonLink href=list>"To the tools"</ButtonLink>
            </p>
        </Section>
    }
    .into_any()
}

fn counts(report: &ImportReport) -> String {
    let all = [ImportAction::Create, ImportAction::Update, ImportAction::Unchanged, ImportAction::Conflict];
    let counts = all.iter().filter(|action| report.count(**action) > 0);
    counts.map(|action| format!("{}: {}", action.label(), report.count(*action))).collect::<Vec<_>>().join(" · ")
}

#[component]
fn Items(report: ImportReport, org: String, done: bool) -> impl IntoView {
    let categories = report.new_categories.join(", ");
    let rows = report
        .items
        .into_iter()
        .map(|item| {
            let (tone, words) = match (item.action, done) {
                (ImportAction::Create, false) => (Tone::Success, "Create"),
                (ImportAction::Create, true) => (Tone::Success, "Created"),
                (ImportAction::Update, false) => (Tone::Info, "Update"),
                (ImportAction::Update, true) => (Tone::Success, "Updated"),
                (ImportAction::Unchanged, _) => (Tone::Neutral, "Unchanged"),
                (ImportAction::Conflict, false) => (Tone::Danger, "Conflict"),
                (ImportAction::Conflict, true) => (Tone::Danger, "Not imported"),
            };
            let fields = item.fields.iter().map(|field| field.replace('_', " ")).collect::<Vec<_>>().join(", ");
            let name = item.name.clone();
            let name = match item.id {
                Some(id) => view! { <a class="row-link" href=format!("/{org}/tools/{id}")>{name}</a> }.into_any(),
                None => name.into_any(),
            };
            view! {
                <tr>
                    <th scope="row" class="font-mono">
                        {name}
                    </th>
                    <td>
                        <Badge tone=tone>{words}</Badge>
                    </td>
                    <td>
                        {item.why.map(|why| view! { <span class="block">{why}</span> })}
                        {(!fields.is_empty()).then(|| view! { <span class="text-muted">"Differs: " {fields}</span> })}
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        {(!categories.is_empty()).then(|| view! { <p class="mb-2 text-muted">"New categories: " {categories}</p> })}
        <Table label="Tools of the document">
            <caption class="sr-only">"Tools of the document"</caption>
            <thead>
                <tr>
                    <th scope="col">"Tool"</th>
                    <th scope="col">{if done { "Outcome" } else { "Action" }}</th>
                    <th scope="col">"Why"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
    .into_any()
}
