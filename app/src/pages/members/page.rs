//! Members with their roles, and open invitations.

use super::{
    invitations::{InviteForm, OpenInvitations},
    roles,
};
use crate::{
    api::members::{ChangeRole, Members, RemoveMember, RevokeInvitation, list_members},
    components::{
        badge::Badge,
        button::{Button, Kind},
        columns::{Column, ColumnMenu, Columns, extra, use_columns, usual},
        dialog::ConfirmDialog,
        field::FormError,
        form::use_form,
        frame::refresh_frame_after,
        page::{ErrorNotice, PageHeader, Section},
        table::{Pager, SortHeader, Table, TableSkeleton, list_order, use_query},
        time::RelativeTime,
    },
    pages::{
        address::{param, query},
        tokens::{ShownOnce, use_shown},
    },
};
use leptos::prelude::*;
use toolcrib::{
    access::Role,
    organizations::{Member, may_assign},
};

static COLUMNS: [Column; 2] = [usual("joined", "Joined"), extra("allows", "What the role allows")];

#[component]
pub fn MembersPage() -> impl IntoView {
    let org = param("org");
    let shown = query("shown");
    let secret = use_shown(org);
    let change = ServerAction::<ChangeRole>::new();
    // One's own role, too.
    refresh_frame_after(change);
    let remove = ServerAction::<RemoveMember>::new();
    let revoke = ServerAction::<RevokeInvitation>::new();
    let change_form = use_form(change);
    let remove_form = use_form(remove);
    let revoke_form = use_form(revoke);
    let version = move || change.version().get() + remove.version().get() + revoke.version().get();
    let address = use_query();
    let order = Memo::new(move |_| address.with(list_order));
    let members =
        Resource::new_blocking(move || (org.get(), order.get(), shown.get(), version()), |(org, order, _, _)| list_members(org, order));
    let refused = Signal::derive(move || {
        let messages = [
            change_form.general_error(),
            change_form.error("role"),
            remove_form.general_error(),
            remove_form.error("user_id"),
            revoke_form.general_error(),
        ];
        messages.iter().find_map(|message| message.get())
    });
    view! {
        <Transition fallback=|| view! { <TableSkeleton columns=4 /> }>
            {move || Suspend::new(async move {
                // The list first: what is read after a wait does not tell this part to be shown anew.
                let list = members.await;
                let secret = secret.await;
                match list {
                    Ok(page) => {
                        let org = org.get_untracked();
                        let facts = facts(&page);
                        let columns = use_columns("members", &COLUMNS);
                        let (manage, my_role) = (page.may_manage, page.my_role);
                        let open = page.invitations.clone();
                        let open_org = org.clone();
                        view! {
                            <PageHeader title="Members" facts=facts>
                                <ColumnMenu columns=columns />
                            </PageHeader>
                            <div class="mb-4 space-y-3 empty:hidden">
                                <ShownOnce
                                    secret=secret
                                    label="Invitation link"
                                    text="Copy this link and send it to the person you invite. It is shown this one time and can be used once, within 7 days."
                                />
                                <FormError message=refused />
                            </div>
                            <MemberTable org=org.clone() page=page columns=columns change=change remove=remove />
                            {manage
                                .then(|| {
                                    view! {
                                        <Section
                                            title="Invite"
                                            text="You get a link to send. With an e-mail address only the account of that address can use it."
                                            class="mt-8"
                                        >
                                            <InviteForm org=org my_role=my_role />
                                        </Section>
                                        <Section title="Open invitations">
                                            <OpenInvitations org=open_org invitations=open revoke=revoke />
                                        </Section>
                                    }
                                })}
                        }
                            .into_any()
                    }
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

fn facts(page: &Members) -> String {
    let members = crate::components::format::count(page.members.total, "member", "members");
    match page.invitations.len() {
        0 => members,
        1 => format!("{members} · 1 open invitation"),
        n => format!("{members} · {n} open invitations"),
    }
}

#[component]
fn MemberTable(
    org: String,
    page: Members,
    columns: Columns,
    change: ServerAction<ChangeRole>,
    remove: ServerAction<RemoveMember>,
) -> impl IntoView {
    let Members { members, last_owner, me, my_role, may_manage, .. } = page;
    let (number, total) = (members.page, members.total);
    let rows = members
        .items
        .into_iter()
        .map(|member| {
            let mine = member.user_id == me;
            let last_owner = member.role == Role::Owner && last_owner;
            let may_change = may_manage && may_assign(my_role, member.role) && !last_owner;
            let may_remove = !last_owner && (mine || (may_manage && may_assign(my_role, member.role)));
            let row_id = format!("member-{}", member.user_id);
            view! {
                <tr id=row_id>
                    <th scope="row" class="text-left">
                        <span class="font-medium">{member.name.clone()}</span>
                        {mine.then(|| view! { <span class="ml-2"><Badge plain=true>"you"</Badge></span> })}
                        <div class="font-normal text-muted">{member.email.clone()}</div>
                    </th>
                    <td>
                        {if may_change {
                            view! { <RoleForm org=org.clone() member=member.clone() my_role=my_role change=change /> }.into_any()
                        } else {
                            view! { <span title=member.role.describe()>{roles::word(member.role)}</span> }.into_any()
                        }}
                    </td>
                    {columns
                        .has("allows")
                        .then(|| view! { <td class="max-w-md min-w-48 text-muted">{member.role.describe()}</td> })}
                    {columns
                        .has("joined")
                        .then(|| {
                            view! {
                                <td>
                                    <RelativeTime at=member.created_at />
                                </td>
                            }
                        })}
                    <td class="text-right">
                        {may_remove.then(|| view! { <Removal org=org.clone() member=member mine=mine remove=remove /> })}
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table label="Members">
            <thead>
                <tr>
                    <SortHeader name="name" label="Member" />
                    <SortHeader name="role" label="Role" />
                    {columns.has("allows").then(|| view! { <th scope="col">"The role allows"</th> })}
                    {columns.has("joined").then(|| view! { <SortHeader name="joined" label="Joined" /> })}
                    <th scope="col">
                        <span class="sr-only">"Actions"</span>
                    </th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
        <Pager page=number total=total />
    }
}

#[component]
fn RoleForm(org: String, member: Member, my_role: Role, change: ServerAction<ChangeRole>) -> impl IntoView {
    let options = Role::ALL
        .into_iter()
        .filter(|role| may_assign(my_role, *role))
        .map(|role| {
            view! {
                <option value=role.as_str() selected=role == member.role>
                    {roles::word(role)}
                </option>
            }
        })
        .collect_view();
    view! {
        <ActionForm action=change attr:class="flex items-center gap-2">
            <input type="hidden" name="org" value=org />
            <input type="hidden" name="user_id" value=member.user_id.to_string() />
            <select name="role" class="field w-auto" aria-label=format!("Role of {}", member.name)>
                {options}
            </select>
            <Button small=true attr:aria-label=format!("Save the role of {}", member.name)>
                "Save"
            </Button>
        </ActionForm>
    }
}

#[component]
fn Removal(org: String, member: Member, mine: bool, remove: ServerAction<RemoveMember>) -> impl IntoView {
    let (label, title, text) = if mine {
        ("Leave", "Leave this organization?".to_owned(), "Your API tokens here are revoked. You need a new invitation to come back.")
    } else {
        (
            "Remove",
            format!("Remove {}?", member.name),
            "They lose access at once and their API tokens are revoked. Their tools, agents and workflows stay.",
        )
    };
    view! {
        <ConfirmDialog id=format!("remove-{}", member.user_id) label=label title=title text=text small=true>
            <ActionForm action=remove>
                <input type="hidden" name="org" value=org />
                <input type="hidden" name="user_id" value=member.user_id.to_string() />
                <Button kind=Kind::Danger>{label}</Button>
            </ActionForm>
        </ConfirmDialog>
    }
}
