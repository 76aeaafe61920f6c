//! Raise, lower, lengthen or shorten a grant.

use super::{
    ChangeGrant, Grant, check_end,
    give::{grantable, shown},
    store,
};
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    db::TenantTx,
    error::{Error, Result},
    ids::{GrantId, ToolId},
    seen,
    system::System,
    tools::Tool,
};
use chrono::{DateTime, Utc};

/// Changes what `change` names.
pub async fn change(system: &System, actor: &Actor, tool: ToolId, id: GrantId, change: ChangeGrant) -> Result<Grant> {
    change_seen(system, actor, tool, id, change, None).await
}

/// The same, if the grant is still what was `seen` (its `created_at`).
pub async fn change_seen(
    system: &System,
    actor: &Actor,
    tool: ToolId,
    id: GrantId,
    change: ChangeGrant,
    seen: Option<DateTime<Utc>>,
) -> Result<Grant> {
    actor.require(Permission::Grant)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    let tool = grantable(&mut tx, actor, tool, now).await?;
    let before = store::find(&mut tx, tool.id, id, now).await?.ok_or(Error::NotFound("grant"))?;
    seen::check("grant", seen, before.created_at)?;
    let after = change_in(&mut tx, actor, &tool, &before, change, now).await?;
    tx.commit().await?;
    Ok(after)
}

pub(super) async fn change_in(
    tx: &mut TenantTx,
    actor: &Actor,
    tool: &Tool,
    before: &Grant,
    change: ChangeGrant,
    now: DateTime<Utc>,
) -> Result<Grant> {
    let permission = change.permission.unwrap_or(before.permission);
    let expires_at = change.expires_at.unwrap_or(before.expires_at);
    if (permission, expires_at) == (before.permission, before.expires_at) {
        return Ok(before.clone());
    }
    if let Some(error) = check_end(expires_at, now) {
        return Err(Error::Invalid(vec![error]));
    }
    store::update(tx, actor, before.id, permission, expires_at, now).await?;
    let after = store::find(tx, tool.id, before.id, now).await?.ok_or(Error::NotFound("grant"))?;
    let entry = audit::Entry {
        action: "tool.change_grant",
        object_type: "tool",
        object_id: Some(tool.id.0),
        object_name: &tool.name,
        before: Some(shown(before)),
        after: Some(shown(&after)),
    };
    audit::record(tx, actor, now, entry).await?;
    Ok(after)
}
