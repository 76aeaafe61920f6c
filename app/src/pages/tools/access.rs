//! Who may use the tool, and why somebody can or can't.

use super::{
    frame::{Tab, ToolFrame},
    query,
};
use crate::{
    api::access::{ChangeGrant, GiveGrant, RevokeGrant, ToolAccess, get_tool_access},
    components::{
        badge::{Badge, Tone},
        button::{Button, ButtonLink, Kind},
        conflict::Conflict,
        dialog::ConfirmDialog,
        field::{FormError, SelectField, TextField},
        form::{RowForms, say_when_done, successes, use_form, use_row_forms},
        page::{EmptyState, ErrorNotice, Notice, Section, Skeleton},
        table::Table,
        time::RelativeTime,
    },
    pages::access::{moment_field, permission_options, why::Why},
};
use leptos::prelude::*;
use toolcrib::{
    grants::Grant,
    tools::{Tool, Visibility},
};

#[derive(Clone, Copy)]
struct Actions {
    give: ServerAction<GiveGrant>,
    change: ServerAction<ChangeGrant>,
    change_forms: RowForms,
    revoke: ServerAction<RevokeGrant>,
}

#[component]
pub fn ToolAccessPage() -> impl IntoView {
    let (subject, after) = (query("subject"), query("after"));
    let change = ServerAction::new();
    let change_forms = use_row_forms(change, &["grant"]);
    let actions = Actions { give: ServerAction::new(), change, change_forms, revoke: ServerAction::new() };
    let changed = successes(change);
    say_when_done(actions.give, "Permission granted");
    say_when_done(actions.change, "Grant changed");
    say_when_done(actions.revoke, "Grant revoked");
    let version = Signal::derive(move || actions.give.version().get() + changed.get() + actions.revoke.version().get());
    view! {
        <ToolFrame
            tab=Tab::Access
            body=move |page, org| {
                let tool = page.tool;
                let (id, for_resource) = (tool.id, org.clone());
                let access = Resource::new_blocking(
                    move || (for_resource.clone(), id, subject.get(), after.get(), version.get()),
                    |(org, id, subject, after, _)| get_tool_access(org, id, subject, after),
                );
                view! {
                    <Transition fallback=|| view! { <Skeleton rows=6 /> }>
                        {move || {
                            let (tool, org) = (tool.clone(), org.clone());
                            Suspend::new(async move {
                                match access.await {
                                    Ok(access) => view! { <Shown tool=tool org=org access=access actions=actions /> }.into_any(),
                                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                                }
                            })
                        }}
                    </Transition>
                }
                    .into_any()
            }
        />
    }
    .into_any()
}

/// What the visibility means for grants.
fn in_words(tool: &Tool) -> &'static str {
    match tool.visibility {
        _ if tool.organization_id.is_none() => "This tool is built in: every member and every agent it is attached to may call it.",
        Visibility::Platform | Visibility::Public => {
            "This tool is public: every member and every agent it is attached to may call it. A grant matters only to give somebody “Admin”, or for the day it turns private."
        }
        Visibility::Private => {
            "This tool is private: only its owner, admins and whom a grant names may use it. Agents also need it attached."
        }
    }
}

#[component]
fn Shown(tool: Tool, org: String, access: ToolAccess, actions: Actions) -> impl IntoView {
    let refused = use_form(actions.revoke).general_error();
    let ToolAccess { grants, subjects, may_grant, asked, explanation } = access;
    let next = grants.next_cursor.clone().map(|cursor| format!("/{org}/tools/{}/access?after={cursor}", tool.id));
    let choices = subjects.clone();
    let explain_subjects: Vec<_> = subjects
        .into_iter()
        .map(|(value, words)| {
            let selected = value == asked;
            view! {
                <option value=value selected=selected>
                    {words}
                </option>
            }
        })
        .collect();
    let (give_org, give_tool) = (org.clone(), tool.clone());
    let none = grants.items.is_empty();
    view! {
        <div class="grid gap-8 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
            <div class="min-w-0">
                <Section title="Grants" text=in_words(&tool)>
                    <div class="mb-3 empty:hidden">
                        <FormError message=refused />
                    </div>
                    {if none {
                        view! {
                            <EmptyState
                                icon=icondata_lu::LuShieldCheck
                                title="No grants"
                                text="Nobody was named for this tool. Give the first grant below."
                            />
                        }
                            .into_any()
                    } else {
                        view! { <Grants grants=grants.items org=org.clone() may_grant=may_grant actions=actions /> }.into_any()
                    }}
                    {next.map(|href| view! { <p class="mt-3"><ButtonLink href=href>"Older grants"</ButtonLink></p> })}
                </Section>
                {may_grant
                    .then(move || {
                        view! {
                            <Section title="Give a grant">
                                <GiveForm org=give_org tool=give_tool subjects=choices give=actions.give />
                            </Section>
                        }
                    })}
            </div>
            <Section title="Why can, or can't, they call it?" class="min-w-0">
                <form method="get" class="mb-4 flex flex-wrap items-center gap-2">
                    <select name="subject" class="field w-auto max-w-full" aria-label="About whom">
                        {explain_subjects}
                    </select>
                    <Button>"Explain"</Button>
                </form>
                {match explanation {
                    Some(explanation) => view! { <Why explanation=explanation /> }.into_any(),
                    None => view! { <Notice>"They are gone, or you may not ask about them."</Notice> }.into_any(),
                }}
            </Section>
        </div>
    }
    .into_any()
}

#[component]
fn Grants(grants: Vec<Grant>, org: String, may_grant: bool, actions: Actions) -> impl IntoView {
    let rows = grants
        .into_iter()
        .map(|grant| view! { <GrantRow grant=grant org=org.clone() may_grant=may_grant actions=actions /> })
        .collect_view();
    view! {
        <Table label="Grants">
            <thead>
                <tr>
                    <th scope="col">"Who"</th>
                    <th scope="col">"Permission"</th>
                    <th scope="col">"Until"</th>
                    <th scope="col">"Given"</th>
                    <th scope="col">
                        <span class="sr-only">"Actions"</span>
                    </th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}

#[component]
fn GrantRow(grant: Grant, org: String, may_grant: bool, actions: Actions) -> impl IntoView {
    let (id, tool) = (grant.id.to_string(), grant.tool_id.to_string());
    let until = match grant.expires_at {
        None => view! { <span class="text-muted">"no end"</span> }.into_any(),
        Some(at) if grant.is_expired => view! {
            <Badge tone=Tone::Warning icon=icondata_lu::LuClock>
                "Expired"
            </Badge>
            " "
            <RelativeTime at=at />
        }
        .into_any(),
        Some(at) => view! { <RelativeTime at=at /> }.into_any(),
    };
    let name = grant.subject_name.clone();
    let question = format!("Revoke the grant of {name}?");
    let text = format!("{name} loses the permission “{}” on {} at once.", grant.permission.label().to_lowercase(), grant.tool_name);
    let (change_fields, revoke_fields) = (fields(&org, &tool, &id), fields(&org, &tool, &id));
    let (permission, end) = (grant.permission.as_str(), moment_field(grant.expires_at));
    let (form, sending) = (actions.change_forms.of(&id), actions.change_forms.sending(&id));
    let expected = form.value("expected", toolcrib::seen::tag(grant.created_at));
    let (permission_id, until_id, dialog_id) = (format!("permission-{id}"), format!("until-{id}"), format!("revoke-{id}"));
    let save_label = format!("Save the grant of {name}");
    let actions = may_grant.then(move || {
        view! {
            <div class="flex items-start justify-end gap-2">
                <details open=form.was_refused() on:submit=sending>
                    <summary class="btn btn-secondary btn-small">"Change"</summary>
                    <ActionForm action=actions.change attr:class="mt-2 w-56 space-y-2 text-left">
                        {change_fields}
                        <input type="hidden" name="expected" value=expected />
                        <FormError message=form.general_error() />
                        <Conflict form=form what="grant" />
                        <SelectField
                            label="Permission"
                            name="permission"
                            id=permission_id
                            options=permission_options(false)
                            value=form.value("permission", permission)
                            error=form.error("permission")
                        />
                        <TextField
                            label="Until (UTC)"
                            name="expires_at"
                            id=until_id
                            type_="datetime-local"
                            value=form.value("expires_at", end)
                            error=form.error("expires_at")
                        />
                        <Button small=true attr:aria-label=save_label>
                            "Save"
                        </Button>
                    </ActionForm>
                </details>
                <ConfirmDialog id=dialog_id label="Revoke" small=true title=question text=text>
                    <ActionForm action=actions.revoke>
                        {revoke_fields} <Button kind=Kind::Danger>"Revoke"</Button>
                    </ActionForm>
                </ConfirmDialog>
            </div>
        }
    });
    view! {
        <tr>
            <th scope="row">
                {name}
                <div class="text-xs font-normal text-muted">{grant.subject_type.label()}</div>
            </th>
            <td>
                <span title=grant.permission.describe()>{grant.permission.label()}</span>
            </td>
            <td class="whitespace-nowrap">{until}</td>
            <td>
                <RelativeTime at=grant.created_at />
                {grant.granted_by_name.map(|by| view! { <div class="text-xs text-muted">"by " {by}</div> })}
            </td>
            <td>{actions}</td>
        </tr>
    }
}

fn fields(org: &str, tool: &str, grant: &str) -> impl IntoView + use<> {
    view! {
        <input type="hidden" name="org" value=org.to_owned() />
        <input type="hidden" name="id" value=tool.to_owned() />
        <input type="hidden" name="grant" value=grant.to_owned() />
    }
}

#[component]
fn GiveForm(org: String, tool: Tool, subjects: Vec<(String, String)>, give: ServerAction<GiveGrant>) -> impl IntoView {
    let form = use_form(give);
    let mut options = vec![(String::new(), "Choose an agent or a person".to_owned())];
    options.extend(subjects);
    view! {
        <ActionForm action=give attr:class="max-w-xl space-y-4">
            <input type="hidden" name="org" value=org />
            <input type="hidden" name="id" value=tool.id.to_string() />
            <FormError message=form.general_error() />
            <SelectField label="To" name="subject" options=options value=form.value("subject", "") error=form.error("subject") />
            <SelectField
                label="Permission"
                name="permission"
                options=permission_options(false)
                value=form.value("permission", "execute")
                error=form.error("permission")
            />
            <TextField
                label="Until (UTC)"
                name="expires_at"
                type_="datetime-local"
                value=form.value("expires_at", "")
                error=form.error("expires_at")
                hint="Empty: until it is revoked."
            />
            <Button kind=Kind::Primary pending=give.pending()>
                "Give grant"
            </Button>
        </ActionForm>
    }
}
