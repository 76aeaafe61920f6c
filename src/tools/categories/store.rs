//! All SQL of categories.

use super::Category;
use crate::{actor::Actor, db::TenantTx, error::Result, ids::CategoryId, tools::access::Asker};
use chrono::{DateTime, Utc};

/// All categories, with the tools of each that the asker may see.
pub(in crate::tools) async fn all(tx: &mut TenantTx, asker: Asker, now: DateTime<Utc>) -> Result<Vec<Category>> {
    let rows = sqlx::query!(
        r#"select c.id, c.parent_id, c.name, c.description, c.updated_at, coalesce(n.number, 0) as "tool_count!"
           from tool_categories c
           left join (select (l.tool).category_id as id, count(*) as number from tool_levels($1, $2, $3, $4) l
                      where l.level > 0 and (l.tool).category_id is not null group by 1) n on n.id = c.id
           order by lower(c.name), c.id"#,
        asker.person,
        asker.manager,
        asker.agent,
        now
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Category {
            id: CategoryId(row.id),
            parent_id: row.parent_id.map(CategoryId),
            name: row.name,
            description: row.description,
            tool_count: row.tool_count,
            updated_at: row.updated_at,
            depth: 0,
        })
        .collect())
}

/// Holds the whole tree: two moves at once could close a ring that neither sees.
pub(super) async fn lock_tree(tx: &mut TenantTx) -> Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('tool_categories ' || current_organization(), 0))")
        .fetch_one(&mut **tx)
        .await?;
    Ok(())
}

pub(super) async fn insert(
    tx: &mut TenantTx,
    actor: &Actor,
    id: CategoryId,
    parent: Option<CategoryId>,
    name: &str,
    description: &str,
) -> Result<()> {
    sqlx::query!(
        "insert into tool_categories (id, organization_id, parent_id, name, description) values ($1, $2, $3, $4, $5)",
        id.0,
        actor.organization_id.0,
        parent.map(|id| id.0),
        name,
        description
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn update(tx: &mut TenantTx, id: CategoryId, parent: Option<CategoryId>, name: &str, description: &str) -> Result<()> {
    sqlx::query!(
        "update tool_categories set parent_id = $2, name = $3, description = $4 where id = $1",
        id.0,
        parent.map(|id| id.0),
        name,
        description
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Children and tools go one level up, then the category goes.
pub(super) async fn dissolve(tx: &mut TenantTx, id: CategoryId, parent: Option<CategoryId>) -> Result<()> {
    let parent = parent.map(|id| id.0);
    sqlx::query!("update tool_categories set parent_id = $2 where parent_id = $1", id.0, parent).execute(&mut **tx).await?;
    sqlx::query!("update tools set category_id = $2 where category_id = $1", id.0, parent).execute(&mut **tx).await?;
    sqlx::query!("delete from tool_categories where id = $1", id.0).execute(&mut **tx).await?;
    Ok(())
}

/// The category of this name, made at the top when there is none. The second value says whether it was made.
pub(super) async fn named(tx: &mut TenantTx, actor: &Actor, name: &str) -> Result<(CategoryId, bool)> {
    let made = sqlx::query_scalar!(
        r#"insert into tool_categories (id, organization_id, name) values ($1, $2, $3)
           on conflict (organization_id, name) do nothing returning id"#,
        CategoryId::new().0,
        actor.organization_id.0,
        name
    )
    .fetch_optional(&mut **tx)
    .await?;
    if let Some(id) = made {
        return Ok((CategoryId(id), true));
    }
    let id = sqlx::query_scalar!("select id from tool_categories where organization_id = $1 and name = $2", actor.organization_id.0, name)
        .fetch_one(&mut **tx)
        .await?;
    Ok((CategoryId(id), false))
}
