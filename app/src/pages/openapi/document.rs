//! One document: its operations to choose from, a newer text in its place, its end.

use super::{list::DocumentFields, operations::Operations};
use crate::{
    api::openapi::{DeleteOpenapiDocument, ImportOpenapiOperations, OpenapiPage, RefreshOpenapiDocument, read_openapi_document},
    components::{
        badge::Tone,
        button::{Button, Kind},
        dialog::ConfirmDialog,
        field::FormError,
        form::use_form,
        page::{ErrorNotice, Notice, PageHeader},
        table::TableSkeleton,
    },
    pages::address::{param, query},
};
use leptos::prelude::*;
use toolcrib::openapi::State;

#[component]
pub fn OpenapiDocumentPage() -> impl IntoView {
    let (org, id) = (param("org"), param("id"));
    let import = ServerAction::<ImportOpenapiOperations>::new();
    let refresh = ServerAction::<RefreshOpenapiDocument>::new();
    let page = Resource::new_blocking(
        move || (org.get(), id.get(), import.version().get(), refresh.version().get()),
        |(org, id, ..)| read_openapi_document(org, id),
    );
    view! {
        <Transition fallback=|| view! { <TableSkeleton columns=4 /> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(page) => view! { <Shown page=page org=org.get_untracked() import=import refresh=refresh /> }.into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Shown(
    page: OpenapiPage,
    org: String,
    import: ServerAction<ImportOpenapiOperations>,
    refresh: ServerAction<RefreshOpenapiDocument>,
) -> impl IntoView {
    let document = page.detail.document;
    let items = page.detail.items;
    let (created, updated) = (query("created"), query("updated"));
    let count = |state: State| items.iter().filter(|item| item.state == state).count();
    let (new, changed) = (count(State::New), count(State::Changed));
    let facts = format!(
        "Version {} · {} · {} operations, {} of them tools",
        if document.version.is_empty() { "unknown" } else { &document.version },
        document.base_url,
        document.operations,
        document.tools,
    );
    let delete = ServerAction::<DeleteOpenapiDocument>::new();
    let delete_form = use_form(delete);
    let (import_form, refresh_form) = (use_form(import), use_form(refresh));
    let id = document.id.to_string();
    let may_build = page.may_build;
    let by_state = |state: State, label: String| view! { <ByState org=org.clone() id=id.clone() state=state label=label import=import /> };
    let update = (may_build && changed > 0).then(|| by_state(State::Changed, format!("Update {changed} changed")));
    let import_all = (may_build && new > 1).then(|| by_state(State::New, format!("Import all {new} as drafts")));
    view! {
        <PageHeader title=document.title.clone() facts=facts>
            {update}
            {import_all}
        </PageHeader>
        <div class="mb-4 space-y-3 empty:hidden" aria-live="polite">
            {move || {
                let number = |text: String| text.parse::<usize>().unwrap_or_default();
                let (created, updated) = (number(created.get()), number(updated.get()));
                (created + updated > 0)
                    .then(|| {
                        let plural = |number: usize| if number == 1 { "tool" } else { "tools" };
                        let text = match (created, updated) {
                            (created, 0) => format!("{created} {} made.", plural(created)),
                            (0, updated) => format!("{updated} {} updated, each with a new version.", plural(updated)),
                            (created, updated) => format!("{created} {} made, {updated} updated.", plural(created)),
                        };
                        view! { <Notice tone=Tone::Success>{text}</Notice> }
                    })
            }}
            <FormError message=import_form.general_error() />
            <FormError message=delete_form.general_error() />
        </div>
        <Operations org=org.clone() id=id.clone() items=items may_build=may_build import=import />
        {may_build
            .then(move || {
                let (of, this) = (org.clone(), id.clone());
                view! {
                    <details class="mt-8">
                        <summary class="cursor-pointer font-medium">"A newer document"</summary>
                        <p class="mt-1 mb-3 max-w-prose text-muted">
                            "Tools stay as they are; the list then shows what an import would change. With nothing entered it is fetched again from where it came."
                        </p>
                        <ActionForm action=refresh attr:class="max-w-3xl space-y-4">
                            <input type="hidden" name="org" value=of />
                            <input type="hidden" name="id" value=this />
                            <FormError message=refresh_form.general_error() />
                            <DocumentFields form=refresh_form />
                            <Button pending=refresh.pending()>"Read document"</Button>
                        </ActionForm>
                    </details>
                    <div class="mt-6">
                        <ConfirmDialog
                            id="delete-document"
                            label="Remove this document"
                            title=format!("Remove {}?", document.title)
                            text=format!("Its {} tools stay and work on; they are only no longer compared with the document.", document.tools)
                            small=true
                        >
                            <ActionForm action=delete>
                                <input type="hidden" name="org" value=org />
                                <input type="hidden" name="id" value=id />
                                <Button kind=Kind::Danger>"Remove document"</Button>
                            </ActionForm>
                        </ConfirmDialog>
                    </div>
                }
            })}
    }
    .into_any()
}

/// One press for all operations of a state.
#[component]
fn ByState(org: String, id: String, state: State, label: String, import: ServerAction<ImportOpenapiOperations>) -> impl IntoView {
    view! {
        <ActionForm action=import attr:class="inline-block">
            <input type="hidden" name="org" value=org />
            <input type="hidden" name="id" value=id />
            <input type="hidden" name="preset" value=state.as_str() />
            <Button pending=import.pending()>{label}</Button>
        </ActionForm>
    }
}
