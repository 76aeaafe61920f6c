//! Invite somebody, and the invitations that can still be used.

use super::roles;
use crate::{
    api::members::{Invite, RevokeInvitation},
    components::{
        button::{Button, Kind},
        columns::{Column, ColumnMenu, extra, use_columns_as, usual},
        dialog::ConfirmDialog,
        field::{FormError, SelectField, TextField},
        form::use_form,
        page::EmptyState,
        table::{SortHeader, Table, in_order, use_query},
        time::RelativeTime,
    },
};
use leptos::prelude::*;
use std::cmp::Ordering;
use toolcrib::{access::Role, organizations::Invitation};

#[component]
pub fn InviteForm(org: String, my_role: Role) -> impl IntoView {
    let invite = ServerAction::<Invite>::new();
    let form = use_form(invite);
    view! {
        <ActionForm action=invite attr:class="max-w-xl space-y-4">
            <input type="hidden" name="org" value=org />
            <FormError message=form.general_error() />
            <SelectField label="Role" name="role" options=roles::options(my_role) value=form.value("role", "builder") error=form.error("role") />
            <TextField label="E-mail" name="email" type_="email" value=form.value("email", "") error=form.error("email") />
            <Button kind=Kind::Primary pending=invite.pending()>
                "Create invitation link"
            </Button>
        </ActionForm>
    }
}

static COLUMNS: [Column; 3] = [usual("by", "Invited by"), usual("expires", "Expires"), extra("made", "Made")];

/// The members above have their own order and columns in the same address.
fn compare(a: &Invitation, b: &Invitation, column: &str) -> Ordering {
    match column {
        "open_for" => a.email.cmp(&b.email),
        "open_role" => roles::word(a.role).cmp(&roles::word(b.role)),
        "open_by" => a.invited_by.cmp(&b.invited_by),
        "open_expires" => a.expires_at.cmp(&b.expires_at),
        "open_made" => a.created_at.cmp(&b.created_at),
        _ => Ordering::Equal,
    }
}

#[component]
pub fn OpenInvitations(org: String, invitations: Vec<Invitation>, revoke: ServerAction<RevokeInvitation>) -> impl IntoView {
    if invitations.is_empty() {
        return view! {
            <EmptyState icon=icondata_lu::LuMail title="No open invitations" text="Links that were made and not used yet stand here; you can take them back." />
        }
        .into_any();
    }
    let columns = use_columns_as("invitations", "open_columns", &COLUMNS);
    let rows = in_order(invitations, &use_query().get(), compare)
        .into_iter()
        .map(|invitation| {
            let org = org.clone();
            let who = invitation.email.clone().unwrap_or_else(|| "Anybody with the link".to_owned());
            view! {
                <tr>
                    <td>{who.clone()}</td>
                    <td>{roles::word(invitation.role)}</td>
                    {columns.has("by").then(|| view! { <td>{invitation.invited_by.unwrap_or_else(|| "–".to_owned())}</td> })}
                    {columns
                        .has("expires")
                        .then(|| {
                            view! {
                                <td>
                                    <RelativeTime at=invitation.expires_at />
                                </td>
                            }
                        })}
                    {columns
                        .has("made")
                        .then(|| {
                            view! {
                                <td>
                                    <RelativeTime at=invitation.created_at />
                                </td>
                            }
                        })}
                    <td class="text-right">
                        <ConfirmDialog
                            id=format!("revoke-{}", invitation.id)
                            label="Take back"
                            title=format!("Take back the invitation for {who}?")
                            text="Its link is worth nothing from then on."
                            small=true
                        >
                            <ActionForm action=revoke>
                                <input type="hidden" name="org" value=org.clone() />
                                <input type="hidden" name="invitation_id" value=invitation.id.to_string() />
                                <Button kind=Kind::Danger>"Take back"</Button>
                            </ActionForm>
                        </ConfirmDialog>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="mb-2 flex justify-end">
            <ColumnMenu columns=columns />
        </div>
        <Table label="Open invitations">
            <thead>
                <tr>
                    <SortHeader name="open_for" label="For" />
                    <SortHeader name="open_role" label="Role" />
                    {columns.has("by").then(|| view! { <SortHeader name="open_by" label="Invited by" /> })}
                    {columns.has("expires").then(|| view! { <SortHeader name="open_expires" label="Expires" /> })}
                    {columns.has("made").then(|| view! { <SortHeader name="open_made" label="Made" /> })}
                    <th scope="col">
                        <span class="sr-only">"Actions"</span>
                    </th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
    .into_any()
}
