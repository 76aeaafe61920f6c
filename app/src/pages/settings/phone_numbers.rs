//! The numbers that text messages are sent from.

use crate::{
    api::phone_numbers::{CreatePhoneNumber, DeletePhoneNumber, PhoneNumbers, RelabelPhoneNumber, list_phone_numbers},
    components::{
        button::{Button, Kind},
        conflict::Conflict,
        dialog::ConfirmDialog,
        field::{FieldError, FormError, TextField},
        form::{RowForms, successes, use_form, use_row_forms},
        page::{EmptyState, ErrorNotice, PageHeader, Section, Skeleton},
        table::{CursorPager, Table},
        time::RelativeTime,
    },
    pages::address::{param, query},
};
use leptos::prelude::*;
use toolcrib::{phone_numbers::PhoneNumber, seen};

#[component]
pub fn PhoneNumbersPage() -> impl IntoView {
    let (org, after) = (param("org"), query("after"));
    let create = ServerAction::<CreatePhoneNumber>::new();
    let update = ServerAction::<RelabelPhoneNumber>::new();
    let delete = ServerAction::<DeletePhoneNumber>::new();
    let (forms, delete_form) = (use_row_forms(update, &["id"]), use_form(delete));
    let updated = successes(update);
    let numbers = Resource::new_blocking(
        move || (org.get(), after.get(), create.version().get(), updated.get(), delete.version().get()),
        |(org, after, ..)| list_phone_numbers(org, after),
    );
    view! {
        <PageHeader title="Phone numbers" facts="What text messages are sent from. They belong to your account at the carrier." />
        <div class="mb-4 empty:hidden">
            <FormError message=delete_form.general_error() />
        </div>
        <Transition fallback=|| view! { <Skeleton rows=4 /> }>
            {move || Suspend::new(async move {
                match numbers.await {
                    Ok(page) => view! { <Shown org=org.get_untracked() page=page create=create update=update forms=forms delete=delete /> }.into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Shown(
    org: String,
    page: PhoneNumbers,
    create: ServerAction<CreatePhoneNumber>,
    update: ServerAction<RelabelPhoneNumber>,
    forms: RowForms,
    delete: ServerAction<DeletePhoneNumber>,
) -> impl IntoView {
    let form = use_form(create);
    let may = page.may_change;
    let next = page.numbers.next_cursor;
    let list = if page.numbers.items.is_empty() {
        let text = if may {
            "Add a number of your Twilio account below; tools of kind SMS can then send from it."
        } else {
            "Adding one needs the role admin or owner."
        };
        view! { <EmptyState icon=icondata_lu::LuPhone title="No phone numbers" text=text /> }.into_any()
    } else {
        let rows = page
            .numbers
            .items
            .into_iter()
            .map(|number| {
                let org = org.clone();
                view! {
                    <tr>
                        <td class="font-mono">{number.number.clone()}</td>
                        <td>
                            {if may {
                                view! { <Label org=org.clone() number=number.clone() update=update forms=forms /> }.into_any()
                            } else {
                                number.label.clone().into_any()
                            }}
                        </td>
                        <td>
                            <RelativeTime at=number.created_at />
                        </td>
                        <td class="text-right">{may.then(|| view! { <Deletion org=org number=number delete=delete /> })}</td>
                    </tr>
                }
            })
            .collect_view();
        view! {
            <Table label="Phone numbers">
                <thead>
                    <tr>
                        <th scope="col">"Number"</th>
                        <th scope="col">"Label"</th>
                        <th scope="col">"Added"</th>
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
        {list}
        {may
            .then(|| {
                view! {
                    <Section title="Add a number" class="mt-8">
                        <ActionForm action=create attr:class="max-w-xl space-y-4">
                            <input type="hidden" name="org" value=org />
                            <FormError message=form.general_error() />
                            <TextField
                                label="Number"
                                name="number"
                                value=form.value("number", "")
                                error=form.error("number")
                                hint="With country code. Spaces and hyphens are taken out."
                                placeholder="+49 30 1234567"
                                type_="tel"
                                required=true
                            />
                            <TextField
                                label="Label"
                                name="label"
                                value=form.value("label", "")
                                error=form.error("label")
                                hint="What people call it, for example: front desk."
                            />
                            <Button kind=Kind::Primary pending=create.pending()>
                                "Add number"
                            </Button>
                        </ActionForm>
                    </Section>
                }
            })}
    }
    .into_any()
}

#[component]
fn Label(org: String, number: PhoneNumber, update: ServerAction<RelabelPhoneNumber>, forms: RowForms) -> impl IntoView {
    let id = number.id.to_string();
    let (form, sending) = (forms.of(&id), forms.sending(&id));
    let (error, error_id) = (form.error("label"), format!("label-error-{id}"));
    view! {
        <div class="min-w-56" on:submit=sending>
            <ActionForm action=update>
                <input type="hidden" name="org" value=org />
                <input type="hidden" name="id" value=id />
                <input type="hidden" name="expected" value=form.value("expected", seen::tag(number.updated_at)) />
                <FormError message=form.general_error() />
                <Conflict form=form what="label" />
                <div class="flex items-center gap-2">
                    <input
                        class="field"
                        name="label"
                        value=form.value("label", number.label)
                        aria-label=format!("Label of {}", number.number)
                        aria-describedby=error_id.clone()
                        autocomplete="off"
                        required=true
                    />
                    <Button kind=Kind::Ghost small=true>
                        "Save"
                    </Button>
                </div>
                <FieldError id=error_id error=error />
            </ActionForm>
        </div>
    }
}

#[component]
fn Deletion(org: String, number: PhoneNumber, delete: ServerAction<DeletePhoneNumber>) -> impl IntoView {
    view! {
        <ConfirmDialog
            id=format!("delete-{}", number.id)
            label="Delete"
            title=format!("Delete {}?", number.label)
            text=format!("{} stays with your carrier; tools can no longer be set to send from it.", number.number)
            small=true
        >
            <ActionForm action=delete>
                <input type="hidden" name="org" value=org />
                <input type="hidden" name="id" value=number.id.to_string() />
                <Button kind=Kind::Danger>"Delete number"</Button>
            </ActionForm>
        </ConfirmDialog>
    }
}
