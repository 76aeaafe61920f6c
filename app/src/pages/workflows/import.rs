//! A workflow from a document: what would happen first, then doing it.

use crate::{
    api::workflows::ImportWorkflow,
    components::{
        badge::{Badge, Tone},
        button::{Button, Kind},
        field::{FormError, TextArea, TextField},
        form::Form,
        format,
        page::{Notice, Section},
        table::Table,
    },
};
use leptos::prelude::*;
use std::collections::BTreeMap;
use toolcrib::workflows::exchange::{
    Document, Foreign, Refusal,
    plan::{By, Known, Match, plan},
    read,
};

const TEXT: &str = "f-document";

#[component]
pub(super) fn ImportForm(known: Known, org: String, action: ServerAction<ImportWorkflow>, form: Form) -> impl IntoView {
    let text = RwSignal::new(form.value("document", ""));
    let too_large = RwSignal::new(0_usize);
    // A refusal that only asks for a look is none: what is to be looked at stands below.
    let refusal = Signal::derive(move || {
        form.problem().filter(|problem| problem.field("confirm").is_none()).map(|problem| problem.sentence().to_owned())
    });
    let (known, chosen) = (StoredValue::new(known), StoredValue::new(choices(form)));
    let preview = move || {
        if too_large.get() > 0 {
            let refusal = Refusal::TooLarge { bytes: too_large.get() };
            return view! { <Refused refusal=refusal /> }.into_any();
        }
        let text = text.get();
        if text.trim().is_empty() {
            return ().into_any();
        }
        match read(&text) {
            Ok(document) => {
                view! { <Preview document=document known=known.get_value() chosen=chosen.get_value() action=action form=form /> }.into_any()
            }
            Err(Refusal::Foreign(foreign)) => view! { <FromElsewhere foreign=*foreign action=action /> }.into_any(),
            Err(refusal) => view! { <Refused refusal=refusal /> }.into_any(),
        }
    };
    view! {
        <ActionForm action=action attr:class="max-w-4xl space-y-4" on:dragover=|event: leptos::ev::DragEvent| event.prevent_default() on:drop=move |event| dropped(&event, text, too_large)>
            <input type="hidden" name="org" value=org />
            <FormError message=refusal />
            <div class="needs-script">
                <label class="mb-1 block font-medium" for="f-file">
                    "File"
                </label>
                <input id="f-file" type="file" accept="application/json,.json,.yml,.yaml" class="field" on:change=move |event| chosen_file(&event, text, too_large) />
                <p class="mt-1 text-xs text-muted">"Or drop one anywhere here."</p>
            </div>
            <TextArea
                label="Document"
                name="document"
                id=TEXT
                value=form.value("document", "")
                hint="JSON, as the export of a workflow gives it, or steps that were copied from a canvas. At most 2 MiB."
                rows=10
                mono=true
                attr:data-document=""
                on:input=move |event| {
                    if let Some(typed) = typed(&event) {
                        too_large.set(0);
                        text.set(typed);
                    }
                }
            />
            <Button pending=action.pending()>"Look at it"</Button>
            {preview}
        </ActionForm>
    }
    .into_any()
}

#[component]
pub(super) fn Refused(refusal: Refusal) -> impl IntoView {
    view! {
        <div role="alert">
            <Notice tone=Tone::Danger title="This cannot be imported">
                {refusal.words()}
            </Notice>
        </div>
    }
}

/// What stood in for what was missing when the form was refused.
fn choices(form: Form) -> BTreeMap<String, String> {
    let all = form.replaced();
    all.into_iter().filter(|(_, id)| !id.is_empty()).collect()
}

#[component]
fn Preview(
    document: Document,
    known: Known,
    chosen: BTreeMap<String, String>,
    action: ServerAction<ImportWorkflow>,
    form: Form,
) -> impl IntoView {
    let name = if document.display_name.is_empty() { document.name.clone() } else { document.display_name.clone() };
    view! {
        <Section title="What would be imported">
            <TextField label="Display name" name="display_name" value=form.value("display_name", name) hint="Numbered where there is one of that name already." />
            <PlanTable document=document known=known chosen=chosen />
            <Button kind=Kind::Primary pending=action.pending() attr:name="confirm" attr:value="yes" icon=icondata_lu::LuImport>
                "Import"
            </Button>
        </Section>
    }
    .into_any()
}

/// Steps, connections, and each tool with where it was found; what is missing can be chosen. Fields are named `replace[…]`.
#[component]
pub(super) fn PlanTable(document: Document, known: Known, chosen: BTreeMap<String, String>) -> impl IntoView {
    let plan = plan(&document, &known, &chosen);
    let missing = plan.missing();
    let count = |count: usize, one: &str, many: &str| format::count(i64::try_from(count).unwrap_or(0), one, many);
    let facts = format!("{} and {}.", count(plan.steps, "step", "steps"), count(plan.connections, "connection", "connections"));
    let rows = plan.matches.into_iter().map(|one| view! { <MatchRow one=one known=known.clone() /> }).collect_view();
    let some = !document.definition.tool_ids().is_empty() || !document.definition.workflow_ids().is_empty();
    let notes = plan.notes.into_iter().map(|note| view! { <Notice tone=Tone::Warning>{note}</Notice> }).collect_view();
    view! {
        <div class="my-4 space-y-3">
            <p>{facts} {(!some).then_some(" It calls no tool.")}</p>
            {(missing > 0)
                .then(|| {
                    view! {
                        <Notice tone=Tone::Warning>
                            {format!(
                                "{} not here. Choose what stands in, or leave it: the step keeps its place and settings, with a problem that names what it wants.",
                                if missing == 1 { "One tool is".to_owned() } else { format!("{missing} tools are") },
                            )}
                        </Notice>
                    }
                })}
            {notes}
            {some
                .then(|| {
                    view! {
                        <Table label="Tools of the document">
                            <thead>
                                <tr>
                                    <th scope="col">"In the document"</th>
                                    <th scope="col">"Steps"</th>
                                    <th scope="col">"Here"</th>
                                </tr>
                            </thead>
                            <tbody>{rows}</tbody>
                        </Table>
                    }
                })}
        </div>
    }
    .into_any()
}

#[component]
fn MatchRow(one: Match, known: Known) -> impl IntoView {
    let Match { key, name, kind, steps, found } = one;
    let id = key.split_once(':').map(|(_, id)| id.to_owned()).unwrap_or_default();
    let shown = if name.is_empty() { id } else { name.clone() };
    let is_workflow = key.starts_with("workflow:");
    let field = format!("replace[{key}]");
    let here = match found {
        Some((_, name, by @ (By::Id | By::Name))) => {
            let words = if by == By::Id { "the same" } else { "by its name" };
            view! { <span class="font-mono">{name}</span> " " <Badge tone=Tone::Success>{words}</Badge> }.into_any()
        }
        other => {
            let chosen = other.map(|(id, ..)| id).unwrap_or_default();
            let options: Vec<(String, String)> = if is_workflow {
                known.workflows.into_iter().map(|(id, name)| (id.to_string(), name)).collect()
            } else {
                known.tools.into_iter().map(|tool| (tool.id.to_string(), format!("{} · {}", tool.display_name, tool.name))).collect()
            };
            let options = options
                .into_iter()
                .map(|(id, name)| {
                    let selected = id == chosen;
                    view! { <option value=id selected=selected>{name}</option> }
                })
                .collect_view();
            view! {
                <select class="field" name=field aria-label=format!("Stands in for {shown}") data-replace=key>
                    <option value="">"Leave it, with a problem"</option>
                    {options}
                </select>
            }
            .into_any()
        }
    };
    view! {
        <tr>
            <th scope="row" class="font-mono">
                {shown}
                " "
                {(!kind.is_empty()).then(|| view! { <span class="font-sans text-xs text-muted">{kind}</span> })}
            </th>
            <td data-label="Steps">{steps.join(", ")}</td>
            <td data-label="Here">{here}</td>
        </tr>
    }
    .into_any()
}

/// A foreign workflow: said politely, listed step by step.
#[component]
fn FromElsewhere(foreign: Foreign, action: ServerAction<ImportWorkflow>) -> impl IntoView {
    let outline = foreign.outline.is_some();
    let product = foreign.product.name();
    view! {
        <Section title=format!("A workflow of {product}")>
            <ForeignSteps foreign=foreign />
            {outline
                .then(|| {
                    view! {
                        <p class="mb-3 max-w-prose text-muted">
                            "An outline takes over the names of the steps and their order, and nothing of what they do: each step is left for you to set, and says so."
                        </p>
                        <Button pending=action.pending() attr:name="confirm" attr:value="outline" icon=icondata_lu::LuListTree>
                            "Begin an outline of it"
                        </Button>
                    }
                })}
        </Section>
    }
    .into_any()
}

#[component]
pub(super) fn ForeignSteps(foreign: Foreign) -> impl IntoView {
    let rows = foreign
        .steps
        .into_iter()
        .take(200)
        .map(|step| {
            view! {
                <tr>
                    <th scope="row">{step.name}</th>
                    <td data-label="Type there" class="font-mono text-xs">{step.kind}</td>
                    <td data-label="Here">{step.here}</td>
                </tr>
            }
        })
        .collect_view();
    let notes = foreign.notes.into_iter().map(|note| view! { <p class="text-muted">{note}</p> }).collect_view();
    view! {
        <div class="mb-4 space-y-3">
            <Notice>{foreign.product.sentence()}</Notice>
            <Table label="Its steps">
                <thead>
                    <tr>
                        <th scope="col">"Step"</th>
                        <th scope="col">"Type there"</th>
                        <th scope="col">"What does it here"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
            {notes}
        </div>
    }
    .into_any()
}

/// What stands in the field that an event comes from.
fn typed(event: &leptos::ev::Event) -> Option<String> {
    #[cfg(feature = "hydrate")]
    {
        use leptos::wasm_bindgen::JsCast;
        let field = event.target()?.dyn_into::<web_sys::HtmlTextAreaElement>().ok()?;
        return Some(field.value());
    }
    #[allow(unreachable_code)]
    {
        let _ = event;
        None
    }
}

fn chosen_file(event: &leptos::ev::Event, text: RwSignal<String>, too_large: RwSignal<usize>) {
    #[cfg(feature = "hydrate")]
    {
        use leptos::wasm_bindgen::JsCast;
        let input = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
        if let Some(file) = input.and_then(|input| input.files()).and_then(|files| files.get(0)) {
            read_file(file, text, too_large);
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (event, text, too_large);
}

fn dropped(event: &leptos::ev::DragEvent, text: RwSignal<String>, too_large: RwSignal<usize>) {
    #[cfg(feature = "hydrate")]
    {
        let file = event.data_transfer().and_then(|data| data.files()).and_then(|files| files.get(0));
        if let Some(file) = file {
            event.prevent_default();
            read_file(file, text, too_large);
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (event, text, too_large);
}

/// Puts a file's text into the field, and shows what it is.
#[cfg(feature = "hydrate")]
fn read_file(file: web_sys::File, text: RwSignal<String>, too_large: RwSignal<usize>) {
    use leptos::wasm_bindgen::JsCast;
    leptos::task::spawn_local(async move {
        // Larger ones are refused by their size, not read.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let bytes = file.size() as usize;
        let more = bytes > toolcrib::workflows::exchange::MOST_BYTES;
        too_large.set(if more { bytes } else { 0 });
        if more {
            return;
        }
        let read = wasm_bindgen_futures::JsFuture::from(file.text()).await.ok().and_then(|read| read.as_string()).unwrap_or_default();
        let field = web_sys::window()
            .and_then(|window| window.document())
            .and_then(|document| document.get_element_by_id(TEXT))
            .and_then(|element| element.dyn_into::<web_sys::HtmlTextAreaElement>().ok());
        if let Some(field) = field {
            field.set_value(&read);
        }
        text.set(read);
    });
}
