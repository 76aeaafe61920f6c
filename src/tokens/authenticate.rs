//! From the value of an `Authorization: Bearer` header to an actor.

use super::{PREFIX, store};
use crate::{
    access::Role,
    actor::{Actor, Source},
    error::{Error, Result},
    gather::{Gather, Question},
    random,
    system::System,
};
use std::net::IpAddr;

/// Requests with the same token at the same moment ask for it once, and after the last of them came: a token that was revoked before is refused.
#[derive(Clone, Default)]
pub struct AskedTokens(Gather<Vec<u8>, Question<Option<store::FoundToken>>>);

/// Whoever the token acts as, limited to its scopes. `bearer` is the value after `Bearer `.
pub async fn authenticate(system: &System, bearer: &str, address: Option<IpAddr>) -> Result<Actor> {
    let bearer = bearer.trim();
    if !bearer.starts_with(PREFIX) {
        return Err(refused("This is no API token. Tokens begin with “tc_” and are made on the page “API tokens”."));
    }
    let hash = random::hash(bearer);
    let (lines, key) = (system.lines.clone(), hash.clone());
    let seek = move || {
        let (lines, hash) = (lines.clone(), hash.clone());
        async move { store::find(&lines, &hash).await }
    };
    let found = system.asked_tokens.0.answer(key, seek).await?.ok_or_else(|| refused("This API token is unknown."))?;
    let now = system.clock.now();
    if found.revoked_at.is_some() {
        return Err(refused("This API token was revoked."));
    }
    if let Some(end) = found.expires_at.filter(|end| *end <= now) {
        return Err(refused(&format!("This API token expired on {}.", end.format("%Y-%m-%d at %H:%M UTC"))));
    }
    let role = found.role.as_deref().and_then(Role::parse).ok_or_else(|| refused("Whoever made this API token is no member any more."))?;
    if found.is_use_to_note(now) {
        let mut tx = system.tenant_of(found.organization_id).await?;
        store::note_use(&mut tx, found.id, now).await?;
        tx.commit().await?;
    }
    Ok(Actor {
        organization_id: found.organization_id,
        user_id: found.user_id,
        user_name: found.user_name,
        role,
        agent_id: found.agent_id,
        scopes: Some(found.scopes),
        source: Source::Rest,
        address,
    })
}

fn refused(message: &str) -> Error {
    Error::Unauthenticated(message.to_owned())
}
