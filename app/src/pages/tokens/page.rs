//! Which tokens there are, a new one, and the end of one.

use super::{ShownOnce, new::NewTokenForm, use_shown};
use crate::{
    api::tokens::{RevokeToken, Tokens, list_tokens},
    components::{
        badge::StatusBadge,
        button::{Button, Kind},
        dialog::ConfirmDialog,
        field::FormError,
        form::use_form,
        page::{EmptyState, ErrorNotice, PageHeader, Section, Skeleton},
        table::Table,
        time::RelativeTime,
    },
    pages::address::{param, query},
};
use leptos::prelude::*;
use toolcrib::tokens::{Token, TokenState};

#[component]
pub fn TokensPage() -> impl IntoView {
    let org = param("org");
    let shown = query("shown");
    let secret = use_shown(org);
    let revoke = ServerAction::<RevokeToken>::new();
    let revoke_form = use_form(revoke);
    let tokens = Resource::new_blocking(move || (org.get(), shown.get(), revoke.version().get()), |(org, _, _)| list_tokens(org));
    view! {
        <Transition fallback=|| view! { <Skeleton rows=6 /> }>
            {move || Suspend::new(async move {
                let secret = secret.await;
                match tokens.await {
                    Ok(page) => {
                        let org = org.get_untracked();
                        let whose = if page.all { "Tokens of all members, for the REST interface." } else { "Your tokens, for the REST interface." };
                        let (may_create, agents) = (page.may_create, page.agents.clone());
                        view! {
                            <PageHeader title="API tokens" facts=whose />
                            <div class="mb-4 space-y-3 empty:hidden">
                                <ShownOnce
                                    secret=secret
                                    label="Your new API token"
                                    text="Copy it now: it is shown this one time and stored as a hash. Send it as “Authorization: Bearer …”."
                                />
                                <FormError message=revoke_form.general_error() />
                            </div>
                            <TokenTable org=org.clone() page=page revoke=revoke />
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
fn TokenTable(org: String, page: Tokens, revoke: ServerAction<RevokeToken>) -> impl IntoView {
    let Tokens { tokens, now, may_create, .. } = page;
    if tokens.is_empty() {
        let text = if may_create {
            "Programs and agents sign in with a token. Make one below."
        } else {
            "Programs and agents sign in with a token. Making one needs the role builder, admin or owner."
        };
        return view! { <EmptyState icon=icondata_lu::LuKeyRound title="No API tokens" text=text /> }.into_any();
    }
    let rows = tokens
        .into_iter()
        .map(|token| {
            let state = token.state(now);
            let scopes = token.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(", ");
            let acts_as = token.agent_name.clone().map_or_else(|| token.user_name.clone(), |agent| format!("Agent {agent}"));
            view! {
                <tr>
                    <td>
                        <span class="font-medium">{token.name.clone()}</span>
                        <div class="font-mono text-xs text-muted">{token.hint.clone()}</div>
                    </td>
                    <td>
                        {acts_as}
                        {token
                            .agent_name
                            .is_some()
                            .then(|| view! { <div class="text-xs text-muted">{format!("made by {}", token.user_name)}</div> })}
                    </td>
                    <td>{scopes}</td>
                    <td>
                        <StatusBadge status=match state {
                            TokenState::Active => "active",
                            TokenState::Expired => "expired",
                            TokenState::Revoked => "revoked",
                        } />
                    </td>
                    <td>{token.last_used_at.map_or_else(|| "Never".into_any(), |at| view! { <RelativeTime at=at /> }.into_any())}</td>
                    <td>{token.expires_at.map_or_else(|| "When revoked".into_any(), |at| view! { <RelativeTime at=at /> }.into_any())}</td>
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
                    <th scope="col">"Token"</th>
                    <th scope="col">"Acts as"</th>
                    <th scope="col">"Scopes"</th>
                    <th scope="col">"State"</th>
                    <th scope="col">"Last used"</th>
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
