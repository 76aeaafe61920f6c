//! The variables that an organization declares beside the built-in ones.

use crate::{
    api::variables::{CreateVariable, DeleteVariable, Variables, list_variables},
    components::{
        button::{Button, Kind},
        dialog::ConfirmDialog,
        field::{FormError, TextField},
        form::use_form,
        page::{EmptyState, ErrorNotice, PageHeader, Section, Skeleton},
        table::Table,
    },
    pages::address::param,
};
use leptos::prelude::*;
use toolcrib::variables::{BUILT_IN, Variable};

#[component]
pub fn VariablesPage() -> impl IntoView {
    let org = param("org");
    let create = ServerAction::<CreateVariable>::new();
    let delete = ServerAction::<DeleteVariable>::new();
    let delete_form = use_form(delete);
    let variables =
        Resource::new_blocking(move || (org.get(), create.version().get(), delete.version().get()), |(org, ..)| list_variables(org));
    view! {
        <PageHeader title="Variables" facts="{{name}} in the texts of tools, filled in at each call." />
        <div class="mb-4 empty:hidden">
            <FormError message=delete_form.general_error() />
        </div>
        <Transition fallback=|| view! { <Skeleton rows=4 /> }>
            {move || Suspend::new(async move {
                match variables.await {
                    Ok(page) => view! { <Shown org=org.get_untracked() page=page create=create delete=delete /> }.into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Shown(org: String, page: Variables, create: ServerAction<CreateVariable>, delete: ServerAction<DeleteVariable>) -> impl IntoView {
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
    let declared = if page.variables.is_empty() {
        let text = if may {
            "Declare what your calls bring along, such as appointment_time, or what is the same everywhere, such as office_address."
        } else {
            "Declaring one needs the role admin or owner."
        };
        view! { <EmptyState icon=icondata_lu::LuBraces title="No variables of your own" text=text /> }.into_any()
    } else {
        let rows = page
            .variables
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
                        <td class="text-right">{may.then(|| view! { <Deletion org=org variable=variable delete=delete /> })}</td>
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
fn Deletion(org: String, variable: Variable, delete: ServerAction<DeleteVariable>) -> impl IntoView {
    view! {
        <ConfirmDialog
            id=format!("delete-{}", variable.id)
            label="Delete"
            title=format!("Delete {}?", variable.name)
            text="Tools can no longer name it. Those that do keep it from being deleted."
            small=true
        >
            <ActionForm action=delete>
                <input type="hidden" name="org" value=org />
                <input type="hidden" name="id" value=variable.id.to_string() />
                <Button kind=Kind::Danger>"Delete variable"</Button>
            </ActionForm>
        </ConfirmDialog>
    }
}
