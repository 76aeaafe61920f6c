//! Which tokens there are, a new one, and the end of one.

use super::{ShownOnce, new::NewTokenForm, use_shown};
use crate::{
    api::tokens::{RevokeToken, Tokens, list_tokens},
    components::{
        badge::StatusBadge,
        button::{Button, Kind},
        columns::{Column, ColumnMenu, Columns, extra, use_columns, usual},
        dialog::ConfirmDialog,
        field::FormError,
        form::use_form,
        page::{EmptyState, ErrorNotice, PageHeader, Section},
        table::{Pager, SortHeader, Table, TableSkeleton, list_order, use_query},
        time::RelativeTime,
    },
    pages::address::{param, query},
};
use leptos::prelude::*;
use toolcrib::tokens::{Token, TokenState};

static COLUMNS: [Column; 5] = [
    usual("acts_as", "Acts as"),
    usual("scopes", "Scopes"),
    usual("last_used", "Last used"),
    usual("expires", "Expires"),
    extra("created", "Made"),
];

#[component]
pub fn TokensPage() -> impl IntoView {
    let org = param("org");
    let shown = query("shown");
    let secret = use_shown(org);
    let revoke = ServerAction::<RevokeToken>::new();
    let revoke_form = use_form(revoke);
    let address = use_query();
    let order = Memo::new(move |_| address.with(list_order));
    let tokens = Resource::new_blocking(
        move || (org.get(), order.get(), shown.get(), revoke.version().get()),
        |(org, order, _, _)| list_tokens(org, order),
    );
    view! {
        <Transition fallback=|| view! { <TableSkeleton columns=6 /> }>
            {move || Suspend::new(async move {
                // The list first: what is read after a wait does not tell this part to be shown anew.
                let list = tokens.await;
                let secret = secret.await;
                match list {
                    Ok(page) => {
                        let org = org.get_untracked();
                        let whose = if page.all { "Tokens of all members, for the REST interface." } else { "Your tokens, for the REST interface." };
                        let (may_create, agents) = (page.may_create, page.agents.clone());
                        let (any, columns) = (page.tokens.total > 0, use_columns("tokens", &COLUMNS));
                        view! {
                            <PageHeader title="API tokens" facts=whose>
                                {any.then(|| view! { <ColumnMenu columns=columns /> })}
                            </PageHeader>
                            <div class="mb-4 space-y-3 empty:hidden">
                                <ShownOnce
                                    secret=secret
                                    label="Your new API token"
                                    text="Copy it now: it is shown this one time and stored as a hash. Send it as “Authorization: Bearer …”."
                                />
                                <FormError message=revoke_form.general_error() />
                            </div>
                            <TokenTable org=org.clone() page=page columns=columns revoke=revoke />
                            {may_create
                                .then(|| {
                                    view! {
                                        <Section title="New token" class="mt-8">
                                            <NewTokenForm org=org agents=agents />
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

#[component]
fn TokenTable(org: String, page: Tokens, columns: Columns, revoke: ServerAction<RevokeToken>) -> impl IntoView {
    let Tokens { tokens, now, may_create, .. } = page;
    if tokens.items.is_empty() {
        let text = if may_create {
            "Programs and agents sign in with a token. Make one below."
        } else {
            "Programs and agents sign in with a token. Making one needs the role builder, admin or owner."
        };
        return view! { <EmptyState icon=icondata_lu::LuKeyRound title="No API tokens" text=text /> }.into_any();
    }
    let (number, total) = (tokens.page, tokens.total);
    let rows = tokens
        .items
        .into_iter()
        .map(|token| {
            let state = token.state(now);
            let scopes = token.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(", ");
            let acts_as = token.agent_name.clone().map_or_else(|| token.user_name.clone(), |agent| format!("Agent {agent}"));
            view! {
                <tr>
                    <th scope="row">
                        <span class="font-medium">{token.name.clone()}</span>
                        <div class="font-mono text-xs font-normal text-muted">{token.hint.clone()}</div>
                    </th>
                    {columns
                        .has("acts_as")
                        .then(|| {
                            view! {
                                <td>
                                    {acts_as}
                                    {token
                                        .agent_name
                                        .is_some()
                                        .then(|| view! { <div class="text-xs text-muted">{format!("made by {}", token.user_name)}</div> })}
                                </td>
                            }
                        })}
                    {columns.has("scopes").then(|| view! { <td>{scopes}</td> })}
                    <td>
                        <StatusBadge status=match state {
                            TokenState::Active => "active",
                            TokenState::Expired => "expired",
                            TokenState::Revoked => "revoked",
                        } />
                    </td>
                    {columns
                        .has("last_used")
                        .then(|| {
                            view! { <td>{token.last_used_at.map_or_else(|| "Never".into_any(), |at| view! { <RelativeTime at=at /> }.into_any())}</td> }
                        })}
                    {columns
                        .has("expires")
                        .then(|| {
                            view! {
                                <td>{token.expires_at.map_or_else(|| "When revoked".into_any(), |at| view! { <RelativeTime at=at /> }.into_any())}</td>
                            }
                        })}
                    {columns
                        .has("created")
                        .then(|| {
                            view! {
                                <td>
                                    <RelativeTime at=token.created_at />
                                </td>
                            }
                        })}
                    <td class="text-right">
                        {(state == TokenState::Active).then(|| view! { <Revocation org=org.clone() token=token revoke=revoke /> })}
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table label="API tokens">
            <thead>
                <tr>
                    <SortHeader name="name" label="Token" />
                    {columns.has("acts_as").then(|| view! { <SortHeader name="acts_as" label="Acts as" /> })}
                    {columns.has("scopes").then(|| view! { <th scope="col">"Scopes"</th> })}
                    <SortHeader name="state" label="State" />
                    {columns.has("last_used").then(|| view! { <SortHeader name="last_used" label="Last used" /> })}
                    {columns.has("expires").then(|| view! { <SortHeader name="expires" label="Expires" /> })}
                    {columns.has("created").then(|| view! { <th scope="col">"Made"</th> })}
                    <th scope="col">
                        <span class="sr-only">"Actions"</span>
                    </th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
        <Pager page=number total=total />
    }
    .into_any()
}

#[component]
fn Revocation(org: String, token: Token, revoke: ServerAction<RevokeToken>) -> impl IntoView {
    view! {
        <ConfirmDialog
            id=format!("revoke-{}", token.id)
            label="Revoke"
            title=format!("Revoke {}?", token.name)
            text="Whatever uses it is refused from then on. This cannot be undone."
            small=true
        >
            <ActionForm action=revoke>
                <input type="hidden" name="org" value=org />
                <input type="hidden" name="token_id" value=token.id.to_string() />
                <Button kind=Kind::Danger>"Revoke token"</Button>
            </ActionForm>
        </ConfirmDialog>
    }
}
