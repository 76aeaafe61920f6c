//! A category is renamed, described or moved.

use super::{Category, DEEPEST, UpdateCategory, check, store, tree};
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    error::{Error, Result},
    ids::CategoryId,
    problem::FieldError,
    seen,
    system::System,
    tools::access::Asker,
};
use chrono::{DateTime, Utc};
use serde_json::json;

/// Changes what `change` names. A category cannot be moved below itself.
pub async fn update(system: &System, actor: &Actor, id: CategoryId, change: UpdateCategory) -> Result<Category> {
    update_seen(system, actor, id, change, None).await
}

/// The same, if the category is still what was `seen`.
pub async fn update_seen(
    system: &System,
    actor: &Actor,
    id: CategoryId,
    change: UpdateCategory,
    seen: Option<DateTime<Utc>>,
) -> Result<Category> {
    actor.require(Permission::ManageTools)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    store::lock_tree(&mut tx).await?;
    let all = store::all(&mut tx, Asker::of(actor), now).await?;
    let flat = tree::flatten(all);
    let before = flat.iter().find(|category| category.id == id).cloned().ok_or(Error::NotFound("category"))?;
    seen::check("category", seen, before.updated_at)?;
    let name = change.name.map_or_else(|| before.name.clone(), |name| name.trim().to_owned());
    let description = change.description.map_or_else(|| before.description.clone(), |text| text.trim().to_owned());
    let parent_id = change.parent_id.unwrap_or(before.parent_id);
    let mut errors = check(&name, &description);
    if let Some(parent) = parent_id {
        let below = tree::with_descendants(&flat, id);
        let deepest_below = flat.iter().filter(|category| below.contains(&category.id)).map(|category| category.depth).max();
        let height = deepest_below.unwrap_or(before.depth) - before.depth;
        match flat.iter().find(|category| category.id == parent) {
            None => errors.push(FieldError::new("parent_id", "There is no such category.")),
            Some(_) if below.contains(&parent) => {
                errors.push(FieldError::new("parent_id", "A category cannot stand below itself or one of its own."));
            }
            Some(parent) if usize::try_from(parent.depth + 2 + height).unwrap_or(0) > DEEPEST => {
                errors.push(FieldError::new("parent_id", format!("A tree has at most {DEEPEST} levels.")));
            }
            Some(_) => {}
        }
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    store::update(&mut tx, id, parent_id, &name, &description).await?;
    let shown =
        |name: &str, description: &str, parent: Option<CategoryId>| json!({"name": name, "description": description, "parent_id": parent});
    let (old, new) = (shown(&before.name, &before.description, before.parent_id), shown(&name, &description, parent_id));
    if old != new {
        let entry = audit::Entry {
            action: "category.update",
            object_type: "category",
            object_id: Some(id.0),
            object_name: &name,
            before: Some(old),
            after: Some(new),
        };
        audit::record(&mut tx, actor, now, entry).await?;
    }
    let after = tree::flatten(store::all(&mut tx, Asker::of(actor), now).await?).into_iter().find(|category| category.id == id);
    tx.commit().await?;
    after.ok_or(Error::NotFound("category"))
}
