//! A new category.

use super::{Category, DEEPEST, NewCategory, check, store, tree};
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    error::{Error, Result},
    ids::CategoryId,
    problem::FieldError,
    system::System,
    tools::access::Asker,
};
use serde_json::json;

/// Makes a category, below another or at the top.
pub async fn create(system: &System, actor: &Actor, new: NewCategory) -> Result<Category> {
    actor.require(Permission::Build)?;
    let now = system.clock.now();
    let (name, description) = (new.name.trim(), new.description.trim());
    let mut errors = check(name, description);
    let mut tx = system.tenant(actor).await?;
    store::lock_tree(&mut tx).await?;
    let flat = tree::flatten(store::all(&mut tx, Asker::of(actor), now).await?);
    if let Some(parent) = new.parent_id {
        match flat.iter().find(|category| category.id == parent) {
            None => errors.push(FieldError::new("parent_id", "There is no such category.")),
            Some(parent) if usize::try_from(parent.depth + 2).unwrap_or(0) > DEEPEST => {
                errors.push(FieldError::new("parent_id", format!("A tree has at most {DEEPEST} levels.")));
            }
            Some(_) => {}
        }
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let id = CategoryId::new();
    store::insert(&mut tx, actor, id, new.parent_id, name, description).await?;
    record(&mut tx, actor, now, id, name, new.parent_id).await?;
    let made = tree::flatten(store::all(&mut tx, Asker::of(actor), now).await?).into_iter().find(|category| category.id == id);
    tx.commit().await?;
    made.ok_or(Error::NotFound("category"))
}

/// The category of this name, made at the top when there is none; `None` for no name.
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
    let (id, made) = store::named(&mut tx, actor, name).await?;
    if made {
        record(&mut tx, actor, system.clock.now(), id, name, None).await?;
    }
    tx.commit().await?;
    Ok(Some(id))
}

async fn record(
    tx: &mut crate::db::TenantTx,
    actor: &Actor,
    now: chrono::DateTime<chrono::Utc>,
    id: CategoryId,
    name: &str,
    parent: Option<CategoryId>,
) -> Result<()> {
    let entry = audit::Entry {
        action: "category.create",
        object_type: "category",
        object_id: Some(id.0),
        object_name: name,
        before: None,
        after: Some(json!({"parent_id": parent})),
    };
    audit::record(tx, actor, now, entry).await
}
