//! All SQL of phone numbers.

use super::PhoneNumber;
use crate::{
    db::TenantTx,
    error::Result,
    ids::{OrganizationId, PhoneNumberId},
};
use chrono::{DateTime, Utc};

pub(super) const MOST: i64 = 500;

/// By label: `limit` of them after a label and number.
pub(super) async fn list(tx: &mut TenantTx, after: Option<(&str, &str)>, limit: i64) -> Result<Vec<PhoneNumber>> {
    Ok(sqlx::query_as!(
        PhoneNumber,
        r#"select id as "id: PhoneNumberId", number, label, created_at, updated_at from phone_numbers
           where $1::text is null or (lower(label), number) > (lower($1), $2::text)
           order by lower(label), number limit $3"#,
        after.map(|(label, _)| label),
        after.map(|(_, number)| number),
        limit
    )
    .fetch_all(&mut **tx)
    .await?)
}

pub(super) async fn count(tx: &mut TenantTx) -> Result<i64> {
    Ok(sqlx::query_scalar!(r#"select count(*) as "count!" from phone_numbers"#).fetch_one(&mut **tx).await?)
}

pub(crate) async fn find(tx: &mut TenantTx, id: PhoneNumberId) -> Result<Option<PhoneNumber>> {
    Ok(sqlx::query_as!(
        PhoneNumber,
        r#"select id as "id: PhoneNumberId", number, label, created_at, updated_at from phone_numbers where id = $1"#,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Holds the row, so that two changes come one after the other.
pub(super) async fn lock(tx: &mut TenantTx, id: PhoneNumberId) -> Result<()> {
    sqlx::query!("select id from phone_numbers where id = $1 for update", id.0).fetch_optional(&mut **tx).await?;
    Ok(())
}

pub(super) async fn insert(tx: &mut TenantTx, organization: OrganizationId, number: &PhoneNumber) -> Result<()> {
    sqlx::query!(
        "insert into phone_numbers (id, organization_id, number, label, created_at, updated_at) values ($1, $2, $3, $4, $5, $6)",
        number.id.0,
        organization.0,
        number.number,
        number.label,
        number.created_at,
        number.updated_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Says when that was.
pub(super) async fn relabel(tx: &mut TenantTx, id: PhoneNumberId, label: &str) -> Result<DateTime<Utc>> {
    Ok(sqlx::query_scalar!("update phone_numbers set label = $2 where id = $1 returning updated_at", id.0, label)
        .fetch_one(&mut **tx)
        .await?)
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
