//! SQL of the organizations' data keys.

use super::cipher::Sealed;
use crate::{db::TenantTx, error::Result, ids::OrganizationId};
use chrono::{DateTime, Utc};

/// A data key as it lies in the database.
pub(super) struct DataKey {
    pub master_key_id: String,
    pub wrapped: Sealed,
}

/// Shared: whoever makes a data key. Exclusive: a rotation that wants to be sure that nobody wraps with the old master key any more.
const ROTATION_LOCK: &str = "toolcrib master key rotation";

pub(super) async fn hold_rotation(tx: &mut TenantTx) -> Result<()> {
    sqlx::query!("select pg_advisory_xact_lock_shared(hashtextextended($1, 0))", ROTATION_LOCK).fetch_one(&mut **tx).await?;
    Ok(())
}

pub(super) async fn end_rotation(tx: &mut TenantTx) -> Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 0))", ROTATION_LOCK).fetch_one(&mut **tx).await?;
    Ok(())
}

pub(super) async fn data_key(tx: &mut TenantTx, organization: OrganizationId, lock: bool) -> Result<Option<DataKey>> {
    if lock {
        sqlx::query!("select organization_id from organization_data_keys where organization_id = $1 for update", organization.0)
            .fetch_optional(&mut **tx)
            .await?;
    }
    let row = sqlx::query!(
        "select master_key_id, wrapped_key, wrap_iv, wrap_tag from organization_data_keys where organization_id = $1",
        organization.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| DataKey {
        master_key_id: row.master_key_id,
        wrapped: Sealed { text: row.wrapped_key, iv: row.wrap_iv, tag: row.wrap_tag },
    }))
}

pub(super) async fn insert_data_key(tx: &mut TenantTx, organization: OrganizationId, master: &str, wrapped: &Sealed) -> Result<()> {
    sqlx::query!(
        "insert into organization_data_keys (organization_id, master_key_id, wrapped_key, wrap_iv, wrap_tag) values ($1, $2, $3, $4, $5)
         on conflict do nothing",
        organization.0,
        master,
        wrapped.text,
        wrapped.iv,
        wrapped.tag
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn rewrap(
    tx: &mut TenantTx,
    organization: OrganizationId,
    master: &str,
    wrapped: &Sealed,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update organization_data_keys set master_key_id = $2, wrapped_key = $3, wrap_iv = $4, wrap_tag = $5, wrapped_at = $6
         where organization_id = $1",
        organization.0,
        master,
        wrapped.text,
        wrapped.iv,
        wrapped.tag,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
