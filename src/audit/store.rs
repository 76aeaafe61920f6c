//! All SQL of the audit log.

use super::{
    AuditEntry, AuditFacets, AuditFilter,
    record::{Entry, Who},
};
use crate::{
    db::TenantTx,
    error::Result,
    ids::{AuditEntryId, OrganizationId, UserId},
};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// Appends one line. An agent stands there under its own name, a person under theirs.
pub async fn insert(
    db: &mut PgConnection,
    organization: OrganizationId,
    who: Who<'_>,
    now: DateTime<Utc>,
    entry: &Entry<'_>,
) -> Result<()> {
    sqlx::query!(
        "insert into audit_log (id, organization_id, actor_id, actor_type, actor_name, action, object_type, object_id, object_name, before, after, address, created_at)
         values ($1, $2, $3, $4, coalesce((select display_name from agents where $4 = 'agent' and id = $3), $5), $6, $7, $8, $9, $10, $11, ($12::text)::inet, $13)",
        AuditEntryId::new().0,
        organization.0,
        who.id,
        who.kind,
        who.name,
        entry.action,
        entry.object_type,
        entry.object_id,
        entry.object_name,
        entry.before,
        entry.after,
        who.address.map(|address| address.to_string()),
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Where a person is a member. Lets the transaction see the person's memberships.
pub async fn organizations_of(db: &mut PgConnection, user: UserId) -> Result<Vec<OrganizationId>> {
    sqlx::query!("select set_config('app.user_id', $1, true)", user.to_string()).fetch_one(&mut *db).await?;
    let ids = sqlx::query_scalar!("select organization_id from memberships where user_id = $1 order by organization_id", user.0)
        .fetch_all(&mut *db)
        .await?;
    Ok(ids.into_iter().map(OrganizationId).collect())
}

/// From here to the end of the transaction (or the next call) inside this organization.
pub async fn enter(db: &mut PgConnection, organization: Option<OrganizationId>) -> Result<()> {
    let id = organization.map(|id| id.to_string()).unwrap_or_default();
    sqlx::query!("select set_config('app.organization_id', $1, true)", id).fetch_one(db).await?;
    Ok(())
}

/// What matches, newest first, after the entry `after`.
pub async fn select(
    tx: &mut TenantTx,
    filter: &AuditFilter,
    after: Option<(DateTime<Utc>, AuditEntryId)>,
    limit: i64,
) -> Result<Vec<AuditEntry>> {
    let (after_time, after_id) = after.map_or((None, None), |(time, id)| (Some(time), Some(id.0)));
    let rows = sqlx::query_as!(
        AuditEntry,
        r#"select id as "id: AuditEntryId", actor_id, actor_type, actor_name, action, object_type, object_id, object_name, before, after,
             host(address) as address, created_at
         from audit_log
         where ($1::text is null or action = $1 or starts_with(action, $1 || '.')) and ($2::uuid is null or actor_id = $2)
           and ($3::text is null or object_type = $3) and ($4::timestamptz is null or created_at >= $4) and ($5::timestamptz is null or created_at < $5)
           and ($6::timestamptz is null or (created_at, id) < ($6, $7::uuid)) and ($9::uuid is null or object_id = $9)
         order by created_at desc, id desc limit $8"#,
        filter.action,
        filter.actor,
        filter.object_type,
        filter.from,
        filter.until,
        after_time,
        after_id,
        limit,
        filter.object_id
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows)
}

/// The entries of these ids, in whatever order.
pub(super) async fn of_ids(tx: &mut TenantTx, ids: &[uuid::Uuid]) -> Result<Vec<AuditEntry>> {
    Ok(sqlx::query_as!(
        AuditEntry,
        r#"select id as "id: AuditEntryId", actor_id, actor_type, actor_name, action, object_type, object_id, object_name, before, after,
             host(address) as address, created_at
           from audit_log where id = any ($1)"#,
        ids
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// The values that occur.
pub async fn facets(tx: &mut TenantTx) -> Result<AuditFacets> {
    let actions = sqlx::query_scalar!("select distinct action from audit_log order by 1 limit 500").fetch_all(&mut **tx).await?;
    let object_types = sqlx::query_scalar!("select distinct object_type from audit_log order by 1 limit 100").fetch_all(&mut **tx).await?;
    let actors = sqlx::query!(
        r#"select distinct on (actor_id) actor_id as "actor_id!", actor_name from audit_log where actor_id is not null
           order by actor_id, created_at desc limit 500"#
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut actors: Vec<(uuid::Uuid, String)> = actors.into_iter().map(|row| (row.actor_id, row.actor_name)).collect();
    actors.sort_by_key(|(_, name)| name.to_lowercase());
    Ok(AuditFacets { actions, object_types, actors })
}
