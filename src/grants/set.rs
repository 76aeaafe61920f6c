//! Make it so: what a cell of the matrix says, whatever it was before.

use super::{
    ChangeGrant, GrantPermission, NewGrant, Subject,
    change::change_in,
    give::{give_in, grantable},
    revoke::revoke_in,
    store,
};
use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    ids::ToolId,
    system::System,
};
use chrono::{DateTime, Utc};

/// Gives, changes or (with no permission) takes back the grant of this subject on this tool.
pub async fn set(
    system: &System,
    actor: &Actor,
    tool: ToolId,
    subject: Subject,
    permission: Option<GrantPermission>,
    expires_at: Option<DateTime<Utc>>,
) -> Result<()> {
    set_seen(system, actor, tool, subject, permission, expires_at, None).await
}

/// The same, if what was `seen` there still stands: a grant of this `created_at`, or `Some(None)` for no grant.
pub async fn set_seen(
    system: &System,
    actor: &Actor,
    tool: ToolId,
    subject: Subject,
    permission: Option<GrantPermission>,
    expires_at: Option<DateTime<Utc>>,
    seen: Option<Option<DateTime<Utc>>>,
) -> Result<()> {
    actor.require(Permission::Grant)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    let tool = grantable(&mut tx, actor, tool, now).await?;
    let stored = store::find_for(&mut tx, tool.id, subject, now).await?;
    let micros = |at: Option<DateTime<Utc>>| at.map(|at| at.timestamp_micros());
    if seen.is_some_and(|seen| micros(seen) != micros(stored.as_ref().map(|grant| grant.created_at))) {
        return Err(Error::Stale("Somebody else changed this grant meanwhile. Nothing of yours was saved.".to_owned()));
    }
    match (stored, permission) {
        (None, None) => return Ok(()),
        (Some(grant), None) => revoke_in(&mut tx, actor, &tool, &grant, now).await?,
        (Some(grant), Some(permission)) => {
            let change = ChangeGrant { permission: Some(permission), expires_at: Some(expires_at) };
            change_in(&mut tx, actor, &tool, &grant, change, now).await?;
        }
        (None, Some(permission)) => {
            let new = NewGrant { subject_type: subject.subject_type, subject_id: subject.subject_id, permission, expires_at };
            give_in(&mut tx, actor, &tool, new, now).await?;
        }
    }
    tx.commit().await
}
