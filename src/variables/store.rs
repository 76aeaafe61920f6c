//! All SQL of variables.

use super::{NewVariable, Variable};
use crate::{
    db::TenantTx,
    error::Result,
    ids::{OrganizationId, VariableId},
};
use chrono::{DateTime, Utc};

/// The most an organization declares: all of them are read for a page or a call.
pub(super) const MOST: i64 = 200;

pub(crate) async fn all(tx: &mut TenantTx) -> Result<Vec<Variable>> {
    list(tx, None, MOST).await
}

/// By name: `limit` of them after a name.
pub(super) async fn list(tx: &mut TenantTx, after: Option<&str>, limit: i64) -> Result<Vec<Variable>> {
    Ok(sqlx::query_as!(
        Variable,
        r#"select id as "id: VariableId", name, description, value, created_at, updated_at from variables
           where $1::text is null or name > $1 order by name limit $2"#,
        after,
        limit
    )
    .fetch_all(&mut **tx)
    .await?)
}

pub(super) async fn find(tx: &mut TenantTx, id: VariableId) -> Result<Option<Variable>> {
    Ok(sqlx::query_as!(
        Variable,
        r#"select id as "id: VariableId", name, description, value, created_at, updated_at from variables where id = $1"#,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Holds the row, so that two changes come one after the other.
pub(super) async fn lock(tx: &mut TenantTx, id: VariableId) -> Result<()> {
    sqlx::query!("select id from variables where id = $1 for update", id.0).fetch_optional(&mut **tx).await?;
    Ok(())
}

pub(super) async fn insert(
    tx: &mut TenantTx,
    organization: OrganizationId,
    id: VariableId,
    new: &NewVariable,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into variables (id, organization_id, name, description, value, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $6)",
        id.0,
        organization.0,
        new.name,
        new.description,
        new.value,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Description and value. Says when that was.
pub(super) async fn update(tx: &mut TenantTx, id: VariableId, next: &NewVariable) -> Result<DateTime<Utc>> {
    Ok(sqlx::query_scalar!(
        "update variables set description = $2, value = $3 where id = $1 returning updated_at",
        id.0,
        next.description,
        next.value
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// Its name, and what it was.
pub(super) async fn delete(tx: &mut TenantTx, id: VariableId) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!("delete from variables where id = $1 returning name", id.0).fetch_optional(&mut **tx).await?)
}

/// Tools whose texts name this variable.
pub(super) async fn tools_naming(tx: &mut TenantTx, name: &str) -> Result<Vec<String>> {
    let pattern = format!("\\{{\\{{\\s*{name}\\s*\\}}\\}}");
    let names = sqlx::query_scalar!(
        r#"select name from tools
           where organization_id is not null and (static_config::text ~ $1 or config_metadata::text ~ $1 or api_spec::text ~ $1)
           order by name limit 20"#,
        pattern
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(names)
}

pub(super) async fn organization(tx: &mut TenantTx, id: OrganizationId) -> Result<(String, String)> {
    let row = sqlx::query!("select name, slug from organizations where id = $1", id.0).fetch_one(&mut **tx).await?;
    Ok((row.name, row.slug))
}
