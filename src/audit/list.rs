//! Reads the audit log, newest first unless another order is asked for.

use super::{AuditEntry, AuditFacets, AuditFilter, AuditOrder, AuditPage, sorted, store};
use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    ids::AuditEntryId,
    system::System,
};
use chrono::{DateTime, Utc};

/// One page of what matches. `cursor` is the `next_cursor` of the page before.
pub async fn list(system: &System, actor: &Actor, filter: &AuditFilter, cursor: Option<&str>, limit: u32) -> Result<AuditPage> {
    actor.require(Permission::ReadAudit)?;
    let limit = limit.clamp(1, 200);
    if filter.order != AuditOrder::default() {
        let mut tx = system.tenant(actor).await?;
        return sorted::page(&mut tx, filter, cursor, i64::from(limit)).await;
    }
    let after = cursor.map(read_cursor).transpose()?;
    let mut tx = system.tenant(actor).await?;
    let mut items = store::select(&mut tx, filter, after, i64::from(limit) + 1).await?;
    tx.commit().await?;
    let more = items.len() > limit as usize;
    items.truncate(limit as usize);
    let next_cursor = items.last().filter(|_| more).map(write_cursor);
    Ok(AuditPage { items, next_cursor, is_cut: false })
}

/// What the filters offer.
pub async fn facets(system: &System, actor: &Actor) -> Result<AuditFacets> {
    actor.require(Permission::ReadAudit)?;
    let mut tx = system.tenant(actor).await?;
    let facets = store::facets(&mut tx).await?;
    tx.commit().await?;
    Ok(facets)
}

pub(super) fn write_cursor(entry: &AuditEntry) -> String {
    format!("{}_{}", entry.created_at.timestamp_micros(), entry.id)
}

fn read_cursor(text: &str) -> Result<(DateTime<Utc>, AuditEntryId)> {
    text.split_once('_')
        .and_then(|(time, id)| Some((DateTime::from_timestamp_micros(time.parse().ok()?)?, id.parse().ok()?)))
        .ok_or_else(|| Error::Malformed("This cursor is none that was given out.".to_owned()))
}
