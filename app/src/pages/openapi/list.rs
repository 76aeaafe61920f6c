//! The documents, and a form for a new one.

use crate::{
    api::openapi::{AddOpenapiDocument, OpenapiDocuments, list_openapi_documents},
    components::{
        button::{Button, Kind},
        field::{FormError, TextArea, TextField},
        form::{Form, use_form},
        page::{EmptyState, ErrorNotice, PageHeader, Section},
        table::{Table, TableSkeleton},
        time::RelativeTime,
    },
    pages::address::param,
};
use leptos::prelude::*;

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
    let rows = page
        .items
        .iter()
        .map(|document| {
            let href = format!("/{org}/openapi/{}", document.id);
            view! {
                <tr>
                    <th scope="row">
                        <a href=href class="font-medium">
                            {document.title.clone()}
                        </a>
                        <div class="font-mono text-xs font-normal text-muted">{document.base_url.clone()}</div>
                    </th>
                    <td>{document.version.clone()}</td>
                    <td class="num">{document.operations}</td>
                    <td class="num">{document.tools}</td>
                    <td>
                        <RelativeTime at=document.updated_at />
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        {if page.items.is_empty() {
            view! {
                <EmptyState
                    icon=icondata_lu::LuFileJson
                    title="No OpenAPI documents yet"
                    text="Paste one below, or say where it lies. Nothing becomes a tool before you choose it."
                />
            }
                .into_any()
        } else {
            view! {
                <Table label="OpenAPI documents">
                    <thead>
                        <tr>
                            <th scope="col">"Document"</th>
                            <th scope="col">"Version"</th>
                            <th scope="col" class="num">
                                "Operations"
                            </th>
                            <th scope="col" class="num">
                                "Tools"
                            </th>
                            <th scope="col">"Changed"</th>
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
