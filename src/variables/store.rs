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
    let rows = sqlx::query!("select id, name, description, value, created_at from variables order by name limit $1", MOST)
        .fetch_all(&mut **tx)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Variable {
            id: VariableId(row.id),
            name: row.name,
            description: row.description,
            value: row.value,
            created_at: row.created_at,
        })
        .collect())
}

pub(super) async fn insert(
    tx: &mut TenantTx,
    organization: OrganizationId,
    id: VariableId,
    new: &NewVariable,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into variables (id, organization_id, name, description, value, created_at) values ($1, $2, $3, $4, $5, $6)",
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

/// Its name, and what it was.
pub(super) async fn delete(tx: &mut TenantTx, id: VariableId) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!("delete from variables where id = $1 returning name", id.0).fetch_optional(&mut **tx).await?)
}

pub(super) async fn name(tx: &mut TenantTx, id: VariableId) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!("select name from variables where id = $1", id.0).fetch_optional(&mut **tx).await?)
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
