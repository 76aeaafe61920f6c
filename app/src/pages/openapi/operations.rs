//! The operations of a document, each with a box to choose it and what an import would change.

use crate::{
    api::openapi::ImportOpenapiOperations,
    components::{
        badge::{Badge, Tone},
        button::{Button, Kind},
        code::CodeBlock,
        field::Checkbox,
        table::Table,
    },
};
use leptos::prelude::*;
use toolcrib::openapi::{FieldChange, Operation, State};

#[component]
pub fn Operations(
    org: String,
    id: String,
    items: Vec<Operation>,
    may_build: bool,
    import: ServerAction<ImportOpenapiOperations>,
) -> impl IntoView {
    let rows = items.into_iter().map(|item| view! { <OperationRow org=org.clone() item=item may_build=may_build /> }).collect_view();
    view! {
        <ActionForm action=import>
            <input type="hidden" name="org" value=org />
            <input type="hidden" name="id" value=id />
            <Table label="Operations">
                <thead>
                    <tr>
                        {may_build
                            .then(|| {
                                view! {
                                    <th scope="col">
                                        <span class="sr-only">"Choose"</span>
                                    </th>
                                }
                            })}
                        <th scope="col">"Operation"</th>
                        <th scope="col">"Tool"</th>
                        <th scope="col">"State"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
            {may_build
                .then(|| {
                    view! {
                        <div class="mt-4 flex flex-wrap items-center gap-x-6 gap-y-3">
                            <Button kind=Kind::Primary pending=import.pending()>
                                "Import chosen"
                            </Button>
                            <Checkbox label="Active at once" name="activate" checked=false hint="Otherwise new tools are drafts." />
                        </div>
                    }
                })}
        </ActionForm>
    }
    .into_any()
}

fn tone(state: State) -> Tone {
    match state {
        State::New => Tone::Accent,
        State::Same => Tone::Success,
        State::Changed => Tone::Info,
        State::Edited => Tone::Neutral,
        State::Conflict | State::Gone => Tone::Warning,
        State::Impossible => Tone::Danger,
    }
}

#[component]
fn OperationRow(org: String, item: Operation, may_build: bool) -> impl IntoView {
    let is_choosable = !matches!(item.state, State::Same | State::Gone | State::Impossible);
    let tool = match item.tool_id {
        Some(id) => view! { <a href=format!("/{org}/tools/{id}") class="font-mono">{item.name.clone()}</a> }.into_any(),
        None => view! { <span class="font-mono text-muted">{item.name.clone()}</span> }.into_any(),
    };
    let notes = item.notes.iter().map(|note| view! { <p class="mt-1 max-w-prose text-xs text-muted">{note.clone()}</p> }).collect_view();
    let changes = (!item.changes.is_empty()).then(|| view! { <Changes key=item.key.clone() changes=item.changes.clone() /> });
    view! {
        <tr>
            {may_build
                .then(|| {
                    view! {
                        <td>
                            {is_choosable
                                .then(|| {
                                    view! {
                                        <input
                                            type="checkbox"
                                            class="check"
                                            name="operations[]"
                                            value=item.key.clone()
                                            aria-label=format!("Choose {}", item.key)
                                        />
                                    }
                                })}
                        </td>
                    }
                })}
            <th scope="row" class="min-w-64">
                <span class="font-mono">
                    <span class="text-accent">{item.method.clone()}</span>
                    " "
                    <span class="break-all">{item.path.clone()}</span>
                </span>
                <div class="font-normal text-muted">{item.summary.clone()}</div>
            </th>
            <td>{tool}</td>
            <td class="min-w-56">
                <Badge tone=tone(item.state)>{item.state.label()}</Badge>
                {notes}
                {changes}
            </td>
        </tr>
    }
    .into_any()
}

/// What an import would change, old beside new.
#[component]
fn Changes(key: String, changes: Vec<FieldChange>) -> impl IntoView {
    let shown = changes
        .into_iter()
        .map(|change| {
            let label = |side: &str| format!("{side} of {}, {key}", change.name);
            let language = if change.before.starts_with('{') || change.after.starts_with('{') { "json" } else { "text" };
            view! {
                <li>
                    <p class="mb-1 font-mono text-xs">{change.name.clone()}</p>
                    <div class="grid gap-2 md:grid-cols-2">
                        <CodeBlock code=change.before.clone() language=language label=label("Now") copy=false class="max-h-60 overflow-auto" />
                        <CodeBlock code=change.after.clone() language=language label=label("After an import") copy=false class="max-h-60 overflow-auto" />
                    </div>
                </li>
            }
        })
        .collect_view();
    view! {
        <details class="mt-1">
            <summary class="link cursor-pointer text-xs">"What would change"</summary>
            <ul class="mt-2 min-w-80 space-y-3">{shown}</ul>
        </details>
    }
}
