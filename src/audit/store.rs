//! All SQL of the audit log.

use super::record::Entry;
use crate::{actor::Actor, db::TenantTx, error::Result, ids::AuditEntryId};
use chrono::{DateTime, Utc};

/// Appends one line. An agent stands there under its own name, a person under theirs.
pub async fn insert(tx: &mut TenantTx, id: AuditEntryId, actor: &Actor, now: DateTime<Utc>, entry: &Entry<'_>) -> Result<()> {
    let (actor_id, actor_type) = match actor.agent_id {
        Some(agent) => (agent.0, "agent"),
        None => (actor.user_id.0, "user"),
    };
    sqlx::query!(
        "insert into audit_log (id, organization_id, actor_id, actor_type, actor_name, action, object_type, object_id, object_name, before, after, address, created_at)
         values ($1, $2, $3, $4, coalesce((select display_name from agents where $4 = 'agent' and id = $3), $5), $6, $7, $8, $9, $10, $11, ($12::text)::inet, $13)",
        id.0,
        actor.organization_id.0,
        actor_id,
        actor_type,
        actor.user_name,
        entry.action,
        entry.object_type,
        entry.object_id,
        entry.object_name,
        entry.before,
        entry.after,
        actor.address.map(|address| address.to_string()),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
