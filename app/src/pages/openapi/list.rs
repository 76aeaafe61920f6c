//! The documents, and a form for a new one.

use crate::{
    api::openapi::{AddOpenapiDocument, OpenapiDocuments, list_openapi_documents},
    components::{
        button::{Button, Kind},
        columns::{Column, ColumnMenu, Columns, use_columns, usual},
        field::{FormError, TextArea, TextField},
        form::{Form, use_form},
        page::{EmptyState, ErrorNotice, PageHeader, Section},
        table::{SortHeader, Table, TableSkeleton, in_order, use_query},
        time::RelativeTime,
    },
    pages::address::param,
};
use leptos::prelude::*;
use toolcrib::openapi::OpenapiDocument;

static COLUMNS: [Column; 4] =
    [usual("version", "Version"), usual("operations", "Operations"), usual("tools", "Tools"), usual("changed", "Changed")];

fn compare(a: &OpenapiDocument, b: &OpenapiDocument, column: &str) -> std::cmp::Ordering {
    match column {
        "title" => a.title.to_lowercase().cmp(&b.title.to_lowercase()),
        "version" => a.version.cmp(&b.version),
        "operations" => a.operations.cmp(&b.operations),
        "tools" => a.tools.cmp(&b.tools),
        "changed" => a.updated_at.cmp(&b.updated_at),
        _ => std::cmp::Ordering::Equal,
    }
}

#[component]
pub fn OpenapiDocumentsPage() -> impl IntoView {
    let org = param("org");
    let documents = Resource::new_blocking(move || org.get(), list_openapi_documents);
    view! {
        <PageHeader title="OpenAPI documents" facts="One document becomes many tools: choose operations, and see later what a newer document changes." />
        <Transition fallback=|| view! { <TableSkeleton columns=4 /> }>
            {move || Suspend::new(async move {
                match documents.await {
                    Ok(page) => view! { <Shown page=page org=org.get_untracked() /> }.into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Shown(page: OpenapiDocuments, org: String) -> impl IntoView {
    let (columns, query, items) = (use_columns("openapi", &COLUMNS), use_query(), page.items);
    let (any, rows_org) = (!items.is_empty(), org.clone());
    let rows = move || {
        let row = |document| view! { <Row document=document org=rows_org.clone() columns=columns /> };
        in_order(items.clone(), &query.get(), compare).into_iter().map(row).collect_view()
    };
    let text = if page.may_build {
        "Paste one below, or say where it lies. Nothing becomes a tool before you choose it."
    } else {
        "Builders, admins and owners add documents, and choose which of their operations become tools."
    };
    view! {
        {if !any {
            view! {
                <EmptyState
                    icon=icondata_lu::LuFileJson
                    title="No OpenAPI documents yet"
                    text=text
                />
            }
                .into_any()
        } else {
            view! {
                <div class="mb-2 flex justify-end">
                    <ColumnMenu columns=columns />
                </div>
                <Table label="OpenAPI documents">
                    <thead>
                        <tr>
                            <SortHeader name="title" label="Document" />
                            {columns.has("version").then(|| view! { <SortHeader name="version" label="Version" /> })}
                            {columns.has("operations").then(|| view! { <SortHeader name="operations" label="Operations" numeric=true /> })}
                            {columns.has("tools").then(|| view! { <SortHeader name="tools" label="Tools" numeric=true /> })}
                            {columns.has("changed").then(|| view! { <SortHeader name="changed" label="Changed" /> })}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </Table>
            }
                .into_any()
        }}
        {page
            .may_build
            .then(|| {
                let action = ServerAction::<AddOpenapiDocument>::new();
                let form = use_form(action);
                view! {
                    <Section title="Add a document" class="mt-8">
                        <ActionForm action=action attr:class="max-w-3xl space-y-4">
                            <input type="hidden" name="org" value=org />
                            <FormError message=form.general_error() />
                            <DocumentFields form=form />
                            <Button kind=Kind::Primary pending=action.pending()>
                                "Read document"
                            </Button>
                        </ActionForm>
                    </Section>
                }
            })}
    }
    .into_any()
}

#[component]
fn Row(document: OpenapiDocument, org: String, columns: Columns) -> impl IntoView {
    view! {
        <tr>
            <th scope="row">
                <a href=format!("/{org}/openapi/{}", document.id) class="font-medium">
                    {document.title}
                </a>
                <div class="font-mono text-xs font-normal text-muted">{document.base_url}</div>
            </th>
            {columns.has("version").then(|| view! { <td>{document.version}</td> })}
            {columns.has("operations").then(|| view! { <td class="num">{document.operations}</td> })}
            {columns.has("tools").then(|| view! { <td class="num">{document.tools}</td> })}
            {columns
                .has("changed")
                .then(|| {
                    view! {
                        <td>
                            <RelativeTime at=document.updated_at />
                        </td>
                    }
                })}
        </tr>
    }
}

/// Where a document comes from.
#[component]
pub fn DocumentFields(form: Form) -> impl IntoView {
    view! {
        <TextField
            label="Address of the document"
            name="url"
            value=form.value("url", "")
            error=form.error("url")
            placeholder="https://api.example.com/openapi.json"
            hint="Fetched by the server. Or paste the text:"
            mono=true
        />
        <TextArea
            label="Document"
            name="text"
            value=form.value("text", "")
            error=form.error("text")
            hint="OpenAPI 3.0 or 3.1, JSON or YAML."
            rows=10
            mono=true
        />
        <TextField
            label="Base URL"
            name="base_url"
            value=form.value("base_url", "")
            error=form.error("base_url")
            hint="Where the API answers. The document's first server, if left empty."
            mono=true
        />
    }
}
