//! API tokens.

use crate::error::AppError;
use chrono::{DateTime, Utc};
use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};
use toolcrib::{
    ids::{AgentId, TokenId, UserId},
    page::{ListOrder, Numbered},
    tokens::Token,
};

#[cfg(feature = "ssr")]
use crate::context;
#[cfg(feature = "ssr")]
use toolcrib::{
    access::{Permission, Scope},
    error::Error,
    tokens::{self as use_cases, NewToken, shown_once},
};

/// What the tokens page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    pub tokens: Numbered<Token>,
    /// Whom a new token may act as.
    pub agents: Vec<(AgentId, String)>,
    pub me: UserId,
    pub may_create: bool,
    /// Everybody's tokens are listed, not only one's own.
    pub all: bool,
    pub now: DateTime<Utc>,
}

#[server(prefix = "/api/fn", endpoint = "tokens/list", input = Json)]
pub async fn list_tokens(org: String, order: ListOrder) -> Result<Tokens, AppError> {
    let system = context::system()?;
    let actor = context::actor(&org).await?;
    let now = system.clock.now();
    let acts_as = |token: &Token| token.agent_name.clone().unwrap_or_else(|| token.user_name.clone()).to_lowercase();
    // What never happens comes after all that does.
    let expiry = |token: &Token| (token.expires_at.is_none(), token.expires_at);
    let tokens = Numbered::of(use_cases::list::list(&system, &actor).await?, &order, |a, b, column| match column {
        "name" => a.name.to_lowercase().cmp(&b.name.to_lowercase()),
        "acts_as" => acts_as(a).cmp(&acts_as(b)),
        "state" => (a.state(now) as u8).cmp(&(b.state(now) as u8)),
        "last_used" => a.last_used_at.cmp(&b.last_used_at),
        "expires" => expiry(a).cmp(&expiry(b)),
        _ => std::cmp::Ordering::Equal,
    });
    Ok(Tokens {
        tokens,
        agents: use_cases::list::agents(&system, &actor).await?,
        me: actor.user_id,
        may_create: actor.may(Permission::Build),
        all: actor.may(Permission::ManageMembers),
        now,
    })
}

/// `expires_in_days` is a number or `never`; `agent_id` is empty for a token that acts as who makes it.
#[server(prefix = "/api/fn", endpoint = "tokens/create")]
pub async fn create_token(
    org: String,
    #[server(default)] name: String,
    #[server(default)] scopes: Vec<String>,
    #[server(default)] expires_in_days: String,
    #[server(default)] agent_id: String,
) -> Result<(), AppError> {
    let system = context::system()?;
    let actor = context::actor(&org).await?;
    let unknown = |scope: &String| Error::invalid("scopes", format!("“{scope}” is no scope."));
    let scopes = scopes.iter().map(|scope| Scope::parse(scope).ok_or_else(|| unknown(scope))).collect::<Result<Vec<_>, _>>()?;
    let expires_in_days = match expires_in_days.as_str() {
        "never" => None,
        days => Some(days.parse().map_err(|_| Error::invalid("expires_in_days", "Choose how long the token can be used."))?),
    };
    let agent_id = match agent_id.as_str() {
        "" => None,
        id => Some(id.parse().map_err(|_| Error::invalid("agent_id", "This agent does not exist, or you may not see it."))?),
    };
    let (_, value) = use_cases::create::create(&system, &actor, NewToken { name, scopes, expires_in_days, agent_id }).await?;
    let key = shown_once::keep(&system, actor.user_id, &value).await?;
    leptos_axum::redirect(&format!("/{org}/tokens?shown={key}"));
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "tokens/revoke")]
pub async fn revoke_token(org: String, token_id: TokenId) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    use_cases::revoke::revoke(&context::system()?, &actor, token_id).await?;
    leptos_axum::redirect(&format!("/{org}/tokens"));
    Ok(())
}

/// A secret that was just made (a token, the link of an invitation), the first time it is asked for.
#[server(prefix = "/api/fn", endpoint = "tokens/shown")]
pub async fn take_shown(org: String, key: String) -> Result<Option<String>, AppError> {
    if key.is_empty() {
        return Ok(None);
    }
    let actor = context::actor(&org).await?;
    Ok(shown_once::take(&context::system()?, actor.user_id, &key).await?)
}
