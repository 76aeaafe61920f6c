//! The end of a token.

use super::store;
use crate::{
    access::{Permission, Scope},
    actor::Actor,
    audit::{self, Entry},
    error::{Error, Result},
    ids::TokenId,
    system::System,
};

/// One's own; for admins and owners everybody's. Revoking twice is no error: it is revoked.
pub async fn revoke(system: &System, actor: &Actor, id: TokenId) -> Result<()> {
    actor.require(Permission::See)?;
    if actor.scopes.as_ref().is_some_and(|scopes| !scopes.contains(&Scope::Admin)) {
        return Err(Error::Forbidden(format!("This token lacks the scope “{}”.", Scope::Admin.as_str())));
    }
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    let (name, owner) = store::owner_of(&mut tx, id).await?.ok_or(Error::NotFound("token"))?;
    if actor.agent_id.is_some() || (owner != actor.user_id && !actor.may(Permission::ManageMembers)) {
        return Err(Error::NotFound("token"));
    }
    if store::revoke(&mut tx, id, now).await? {
        let entry =
            Entry { action: "token.revoke", object_type: "token", object_id: Some(id.0), object_name: &name, before: None, after: None };
        audit::record(&mut tx, actor, now, entry).await?;
    }
    tx.commit().await
}
