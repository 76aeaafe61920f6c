//! The variables that an organization declares beside the built-in ones.

use crate::{
    api::variables::{CreateVariable, DeleteVariable, UpdateVariable, Variables, list_variables},
    components::{
        button::{Button, Kind},
        conflict::Conflict,
        dialog::ConfirmDialog,
        field::{FormError, TextField},
        form::{RowForms, successes, use_form, use_row_forms},
        page::{EmptyState, ErrorNotice, PageHeader, Section, Skeleton},
        table::{CursorPager, Table},
    },
    pages::address::{param, query},
};
use leptos::prelude::*;
use toolcrib::{
    seen,
    variables::{BUILT_IN, Variable},
};

#[component]
pub fn VariablesPage() -> impl IntoView {
    let (org, after) = (param("org"), query("after"));
    let create = ServerAction::<CreateVariable>::new();
    let delete = ServerAction::<DeleteVariable>::new();
    let update = ServerAction::<UpdateVariable>::new();
    let (forms, updated) = (use_row_forms(update, &["id"]), successes(update));
    let delete_form = use_form(delete);
    let variables = Resource::new_blocking(
        move || (org.get(), after.get(), create.version().get(), updated.get(), delete.version().get()),
        |(org, after, ..)| list_variables(org, after),
    );
    view! {
        <PageHeader title="Variables" facts="{{name}} in the texts of tools, filled in at each call." />
        <div class="mb-4 empty:hidden">
            <FormError message=delete_form.general_error() />
        </div>
        <Transition fallback=|| view! { <Skeleton rows=4 /> }>
            {move || Suspend::new(async move {
                match variables.await {
                    Ok(page) => view! { <Shown org=org.get_untracked() page=page create=create changes=Changes { update, forms, delete } /> }.into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

/// What can be done to a variable that is there.
#[derive(Clone, Copy)]
struct Changes {
    update: ServerAction<UpdateVariable>,
    forms: RowForms,
    delete: ServerAction<DeleteVariable>,
}

#[component]
fn Shown(org: String, page: Variables, create: ServerAction<CreateVariable>, changes: Changes) -> impl IntoView {
    let form = use_form(create);
    let may = page.may_change;
    let built_in = BUILT_IN
        .iter()
        .map(|one| {
            view! {
                <tr>
                    <td class="font-mono whitespace-nowrap">
                        {one.name}
                        {one.alias.map(|alias| view! { <div class="text-xs text-muted">{format!("or {alias}")}</div> })}
                    </td>
                    <td>{one.description}</td>
                    <td class="font-mono text-muted">{one.example}</td>
                </tr>
            }
        })
        .collect_view();
    let next = page.variables.next_cursor;
    let declared = if page.variables.items.is_empty() {
        let text = if may {
            "Declare what your calls bring along, such as appointment_time, or what is the same everywhere, such as office_address."
        } else {
            "Declaring one needs the role admin or owner."
        };
        view! { <EmptyState icon=icondata_lu::LuBraces title="No variables of your own" text=text /> }.into_any()
    } else {
        let rows = page
            .variables
            .items
            .into_iter()
            .map(|variable| {
                let org = org.clone();
                view! {
                    <tr>
                        <td class="font-mono whitespace-nowrap">{variable.name.clone()}</td>
                        <td>{variable.description.clone()}</td>
                        <td class="break-words">
                            {variable.value.clone().map_or_else(|| view! { <span class="text-muted">"Each call brings it"</span> }.into_any(), IntoAny::into_any)}
                        </td>
                        <td>{may.then(|| view! { <RowChanges org=org variable=variable changes=changes /> })}</td>
                    </tr>
                }
            })
            .collect_view();
        view! {
            <Table label="Variables of this organization">
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"Description"</th>
                        <th scope="col">"Value"</th>
                        <th scope="col">
                            <span class="sr-only">"Actions"</span>
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
            <CursorPager next=next />
        }
        .into_any()
    };
    view! {
        <Section title="Of this organization">{declared}</Section>
        {may
            .then(|| {
                view! {
                    <Section title="Declare a variable">
                        <ActionForm action=create attr:class="max-w-xl space-y-4">
                            <input type="hidden" name="org" value=org />
                            <FormError message=form.general_error() />
                            <TextField
                                label="Name"
                                name="name"
                                value=form.value("name", "")
                                error=form.error("name")
                                hint="Lowercase letters, digits and underscores."
                                placeholder="appointment_time"
                                required=true
                                mono=true
                            />
                            <TextField
                                label="Description"
                                name="description"
                                value=form.value("description", "")
                                error=form.error("description")
                                hint="Shown wherever the variable is used."
                            />
                            <TextField
                                label="Value"
                                name="value"
                                value=form.value("value", "")
                                error=form.error("value")
                                hint="Empty: each call brings it, or fails. A call that brings it wins over this value. Secrets belong under Keys."
                            />
                            <Button kind=Kind::Primary pending=create.pending()>
                                "Declare variable"
                            </Button>
                        </ActionForm>
                    </Section>
                }
            })}
        <Section title="Built in" text="They come with every call, from the phone call, the session, the organization or the workflow.">
            <Table label="Built-in variables">
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"Description"</th>
                        <th scope="col">"Example"</th>
                    </tr>
                </thead>
                <tbody>{built_in}</tbody>
            </Table>
        </Section>
    }
    .into_any()
}

#[component]
fn RowChanges(org: String, variable: Variable, changes: Changes) -> impl IntoView {
    let Changes { update, forms, delete } = changes;
    let id = variable.id.to_string();
    let (form, sending) = (forms.of(&id), forms.sending(&id));
    let (delete_org, delete_id, dialog) = (org.clone(), id.clone(), format!("delete-{id}"));
    let (description_id, value_id) = (format!("description-{id}"), format!("value-{id}"));
    let expected = form.value("expected", seen::tag(variable.updated_at));
    view! {
        <div class="flex items-start justify-end gap-2">
            <details open=form.was_refused() on:submit=sending>
                <summary class="btn btn-secondary btn-small">"Change"</summary>
                <ActionForm action=update attr:class="mt-2 w-64 space-y-3 text-left">
                    <input type="hidden" name="org" value=org />
                    <input type="hidden" name="id" value=id />
                    <input type="hidden" name="expected" value=expected />
                    <FormError message=form.general_error() />
                    <Conflict form=form what="variable" />
                    <TextField
                        label="Description"
                        name="description"
                        id=description_id
                        value=form.value("description", variable.description)
                        error=form.error("description")
                    />
                    <TextField
                        label="Value"
                        name="value"
                        id=value_id
                        value=form.value("value", variable.value.unwrap_or_default())
                        error=form.error("value")
                        hint="Empty: each call brings it, or fails."
                    />
                    <Button small=true pending=update.pending()>
                        "Save variable"
                    </Button>
                </ActionForm>
            </details>
            <ConfirmDialog
                id=dialog
                label="Delete"
                title=format!("Delete {}?", variable.name)
                text="Tools can no longer name it. Those that do keep it from being deleted."
                small=true
            >
                <ActionForm action=delete>
                    <input type="hidden" name="org" value=delete_org />
                    <input type="hidden" name="id" value=delete_id />
                    <Button kind=Kind::Danger>"Delete variable"</Button>
                </ActionForm>
            </ConfirmDialog>
        </div>
    }
}
