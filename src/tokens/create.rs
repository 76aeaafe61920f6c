//! A new token.

use super::{NewToken, PREFIX, Token, store};
use crate::{
    access::{Permission, Scope},
    actor::Actor,
    audit::{self, Entry},
    error::{Error, Result},
    ids::TokenId,
    names::check_text,
    problem::FieldError,
    random,
    system::System,
};
use chrono::Duration;
use serde_json::json;

/// Makes a token of the actor's own. The answer holds its value, which is stored as a hash and cannot be shown again.
pub async fn create(system: &System, actor: &Actor, new: NewToken) -> Result<(Token, String)> {
    actor.require(Permission::Build)?;
    let name = new.name.trim().to_owned();
    let mut errors = Vec::new();
    check_text("name", &name, 100, &mut errors);
    if new.scopes.is_empty() {
        errors.push(FieldError::new("scopes", "Choose at least one."));
    }
    if new.expires_in_days.is_some_and(|days| !(1..=3650).contains(&days)) {
        errors.push(FieldError::new("expires_in_days", "1 to 3650 days, or never."));
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    // A token makes tokens only with the scope for it, and none that may more than itself.
    if let Some(own) = &actor.scopes
        && (!own.contains(&Scope::Admin) || new.scopes.iter().any(|scope| !own.contains(scope)))
    {
        return Err(Error::Forbidden("A token with the scope “admin” makes tokens, and none that may more than itself.".to_owned()));
    }
    let scopes: Vec<Scope> = Scope::ALL.into_iter().filter(|scope| new.scopes.contains(scope)).collect();
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    let agent_name = match new.agent_id {
        None => None,
        Some(agent) => {
            let name = store::agent_name(&mut tx, agent).await?;
            Some(name.ok_or_else(|| Error::invalid("agent_id", "This agent does not exist, or you may not see it."))?)
        }
    };
    let value = random::secret(PREFIX);
    let token = Token {
        id: TokenId::new(),
        name,
        hint: format!("{}…{}", &value[..7], &value[value.len() - 4..]),
        user_id: actor.user_id,
        user_name: actor.user_name.clone(),
        agent_id: new.agent_id,
        agent_name,
        scopes,
        created_at: now,
        expires_at: new.expires_in_days.map(|days| now + Duration::days(days)),
        last_used_at: None,
        revoked_at: None,
    };
    store::insert(&mut tx, actor.organization_id, &token, &random::hash(&value)).await?;
    let entry = Entry {
        action: "token.create",
        object_type: "token",
        object_id: Some(token.id.0),
        object_name: &token.name,
        before: None,
        after: Some(json!({"scopes": token.scopes, "expires_at": token.expires_at, "agent": token.agent_name})),
    };
    audit::record(&mut tx, actor, now, entry).await?;
    tx.commit().await?;
    Ok((token, value))
}
