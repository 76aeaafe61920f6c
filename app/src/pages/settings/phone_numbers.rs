//! The numbers that text messages are sent from.

use crate::{
    api::phone_numbers::{CreatePhoneNumber, DeletePhoneNumber, PhoneNumbers, RelabelPhoneNumber, list_phone_numbers},
    components::{
        button::{Button, Kind},
        dialog::ConfirmDialog,
        field::{FormError, TextField},
        form::use_form,
        page::{EmptyState, ErrorNotice, PageHeader, Section, Skeleton},
        table::Table,
        time::RelativeTime,
    },
    pages::address::param,
};
use leptos::prelude::*;
use toolcrib::phone_numbers::PhoneNumber;

#[component]
pub fn PhoneNumbersPage() -> impl IntoView {
    let org = param("org");
    let create = ServerAction::<CreatePhoneNumber>::new();
    let update = ServerAction::<RelabelPhoneNumber>::new();
    let delete = ServerAction::<DeletePhoneNumber>::new();
    let (update_form, delete_form) = (use_form(update), use_form(delete));
    let numbers = Resource::new_blocking(
        move || (org.get(), create.version().get(), update.version().get(), delete.version().get()),
        |(org, ..)| list_phone_numbers(org),
    );
    view! {
        <PageHeader title="Phone numbers" facts="What text messages are sent from. They belong to your account at the carrier." />
        <div class="mb-4 space-y-3 empty:hidden">
            <FormError message=delete_form.general_error() />
            <FormError message=update_form.general_error() />
        </div>
        <Transition fallback=|| view! { <Skeleton rows=4 /> }>
            {move || Suspend::new(async move {
                match numbers.await {
                    Ok(page) => view! { <Shown org=org.get_untracked() page=page create=create update=update delete=delete /> }.into_any(),
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
    delete: ServerAction<DeletePhoneNumber>,
) -> impl IntoView {
    let form = use_form(create);
    let may = page.may_change;
    let list = if page.numbers.is_empty() {
        let text = if may {
            "Add a number of your Twilio account below; tools of kind SMS can then send from it."
        } else {
            "Adding one needs the role admin or owner."
        };
        view! { <EmptyState icon=icondata_lu::LuPhone title="No phone numbers" text=text /> }.into_any()
    } else {
        let rows = page
            .numbers
            .into_iter()
            .map(|number| {
                let org = org.clone();
                view! {
                    <tr>
                        <td class="font-mono">{number.number.clone()}</td>
                        <td>
                            {if may {
                                view! { <Label org=org.clone() number=number.clone() update=update /> }.into_any()
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
fn Label(org: String, number: PhoneNumber, update: ServerAction<RelabelPhoneNumber>) -> impl IntoView {
    view! {
        <ActionForm action=update attr:class="flex min-w-56 items-center gap-2">
            <input type="hidden" name="org" value=org />
            <input type="hidden" name="id" value=number.id.to_string() />
            <input class="field" name="label" value=number.label aria-label=format!("Label of {}", number.number) autocomplete="off" required=true />
            <Button kind=Kind::Ghost small=true>
                "Save"
            </Button>
        </ActionForm>
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
