//! Invite somebody, and the invitations that can still be used.

use super::roles;
use crate::{
    api::members::{Invite, RevokeInvitation},
    components::{
        button::{Button, Kind},
        dialog::ConfirmDialog,
        field::{FormError, SelectField, TextField},
        form::use_form,
        page::EmptyState,
        table::Table,
        time::RelativeTime,
    },
};
use leptos::prelude::*;
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

#[component]
pub fn OpenInvitations(org: String, invitations: Vec<Invitation>, revoke: ServerAction<RevokeInvitation>) -> impl IntoView {
    if invitations.is_empty() {
        return view! {
            <EmptyState icon=icondata_lu::LuMail title="No open invitations" text="Links that were made and not used yet stand here; you can take them back." />
        }
        .into_any();
    }
    let rows = invitations
        .into_iter()
        .map(|invitation| {
            let org = org.clone();
            let who = invitation.email.clone().unwrap_or_else(|| "Anybody with the link".to_owned());
            view! {
                <tr>
                    <td>{who.clone()}</td>
                    <td>{roles::word(invitation.role)}</td>
                    <td>{invitation.invited_by.unwrap_or_else(|| "–".to_owned())}</td>
                    <td>
                        <RelativeTime at=invitation.expires_at />
                    </td>
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
        <Table label="Open invitations">
            <thead>
                <tr>
                    <th scope="col">"For"</th>
                    <th scope="col">"Role"</th>
                    <th scope="col">"Invited by"</th>
                    <th scope="col">"Expires"</th>
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
