//! Take a grant back.

use super::{
    Grant,
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

/// From this moment on it gives nothing. Attachments stay: an agent keeps the tool, but cannot call it.
pub async fn revoke(system: &System, actor: &Actor, tool: ToolId, id: GrantId) -> Result<()> {
    revoke_seen(system, actor, tool, id, None).await
}

/// The same, if the grant is still what was `seen` (its `created_at`).
pub async fn revoke_seen(system: &System, actor: &Actor, tool: ToolId, id: GrantId, seen: Option<DateTime<Utc>>) -> Result<()> {
    actor.require(Permission::Grant)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    let tool = grantable(&mut tx, actor, tool, now).await?;
    let grant = store::find(&mut tx, tool.id, id, now).await?.ok_or(Error::NotFound("grant"))?;
    seen::check("grant", seen, grant.created_at)?;
    revoke_in(&mut tx, actor, &tool, &grant, now).await?;
    tx.commit().await
}

pub(super) async fn revoke_in(tx: &mut TenantTx, actor: &Actor, tool: &Tool, grant: &Grant, now: DateTime<Utc>) -> Result<()> {
    store::delete(tx, grant.id).await?;
    let entry = audit::Entry {
        action: "tool.revoke_grant",
        object_type: "tool",
        object_id: Some(tool.id.0),
        object_name: &tool.name,
        before: Some(shown(grant)),
        after: None,
    };
    audit::record(tx, actor, now, entry).await
}
