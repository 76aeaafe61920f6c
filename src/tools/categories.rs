//! What tools are sorted by.

use super::Category;
use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    ids::CategoryId,
    system::System,
};

/// All categories, by name.
pub async fn list(system: &System, actor: &Actor) -> Result<Vec<Category>> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    let rows = sqlx::query!("select id, name from tool_categories order by lower(name)").fetch_all(&mut *tx).await?;
    Ok(rows.into_iter().map(|row| Category { id: CategoryId(row.id), name: row.name }).collect())
}

/// The category of this name, made when there is none; `None` for no name.
pub async fn named(system: &System, actor: &Actor, name: &str) -> Result<Option<CategoryId>> {
    actor.require(Permission::Build)?;
    let name = name.trim();
    if name.is_empty() {
        return Ok(None);
    }
    if name.chars().count() > 100 {
        return Err(Error::invalid("category_id", "At most 100 characters."));
    }
    let mut tx = system.tenant(actor).await?;
    let id = sqlx::query_scalar!(
        r#"insert into tool_categories (id, organization_id, name) values ($1, $2, $3)
           on conflict (organization_id, name) do update set name = excluded.name returning id"#,
        CategoryId::new().0,
        actor.organization_id.0,
        name
    )
    .fetch_one(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(Some(CategoryId(id)))
}
