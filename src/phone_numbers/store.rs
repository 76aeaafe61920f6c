//! All SQL of phone numbers.

use super::PhoneNumber;
use crate::{
    db::TenantTx,
    error::Result,
    ids::{OrganizationId, PhoneNumberId},
};

pub(super) const MOST: i64 = 500;

pub(super) async fn all(tx: &mut TenantTx) -> Result<Vec<PhoneNumber>> {
    let rows = sqlx::query!("select id, number, label, created_at from phone_numbers order by lower(label), number limit $1", MOST)
        .fetch_all(&mut **tx)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| PhoneNumber { id: PhoneNumberId(row.id), number: row.number, label: row.label, created_at: row.created_at })
        .collect())
}

pub(crate) async fn find(tx: &mut TenantTx, id: PhoneNumberId) -> Result<Option<PhoneNumber>> {
    let row = sqlx::query!("select id, number, label, created_at from phone_numbers where id = $1", id.0).fetch_optional(&mut **tx).await?;
    Ok(row.map(|row| PhoneNumber { id: PhoneNumberId(row.id), number: row.number, label: row.label, created_at: row.created_at }))
}

pub(super) async fn insert(tx: &mut TenantTx, organization: OrganizationId, number: &PhoneNumber) -> Result<()> {
    sqlx::query!(
        "insert into phone_numbers (id, organization_id, number, label, created_at) values ($1, $2, $3, $4, $5)",
        number.id.0,
        organization.0,
        number.number,
        number.label,
        number.created_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn relabel(tx: &mut TenantTx, id: PhoneNumberId, label: &str) -> Result<()> {
    sqlx::query!("update phone_numbers set label = $2 where id = $1", id.0, label).execute(&mut **tx).await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut TenantTx, id: PhoneNumberId) -> Result<()> {
    sqlx::query!("delete from phone_numbers where id = $1", id.0).execute(&mut **tx).await?;
    Ok(())
}

/// Tools that send from this number.
pub(super) async fn tools_using(tx: &mut TenantTx, id: PhoneNumberId) -> Result<Vec<String>> {
    let names = sqlx::query_scalar!(
        "select name from tools where kind = 'sms' and config_metadata #>> '{from,phone_number_id}' = $1 order by name limit 20",
        id.to_string()
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(names)
}
