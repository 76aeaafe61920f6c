//! Categories and tags, for their page.

use crate::error::AppError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use toolcrib::{ids::CategoryId, page::Page, tools::Category};

#[cfg(feature = "ssr")]
use toolcrib::{
    Error,
    access::Permission,
    seen,
    tools::{
        categories::{self, NewCategory, UpdateCategory as Change, tree},
        tags,
    },
};
#[cfg(feature = "ssr")]
use {super::conflict, crate::context};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sorting {
    pub categories: Vec<Category>,
    /// A page of them.
    pub tags: Page<(String, i64)>,
    pub may_build: bool,
    pub may_manage: bool,
}

#[server(prefix = "/api/fn", endpoint = "categories/page")]
pub async fn categories_page(org: String, #[server(default)] after: String) -> Result<Sorting, AppError> {
    let system = context::system()?;
    let actor = context::actor(&org).await?;
    Ok(Sorting {
        categories: categories::list(&system, &actor).await?,
        tags: tags::page(&system, &actor, Some(after.as_str()).filter(|after| !after.is_empty()), None).await?,
        may_build: actor.may(Permission::Build),
        may_manage: actor.may(Permission::ManageTools),
    })
}

#[cfg(feature = "ssr")]
fn parent(text: &str) -> Result<Option<CategoryId>, Error> {
    match text.trim() {
        "" => Ok(None),
        id => id.parse().map(Some).map_err(|_| Error::invalid("parent_id", "There is no such category.")),
    }
}

/// Back to the page, whose lists then are new.
#[cfg(feature = "ssr")]
fn back(org: &str) {
    leptos_axum::redirect(&format!("/{org}/tools/categories"));
}

#[server(prefix = "/api/fn", endpoint = "categories/create")]
pub async fn create_category(
    org: String,
    name: String,
    #[server(default)] description: String,
    #[server(default)] parent_id: String,
) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    let new = NewCategory { name, description, parent_id: parent(&parent_id)? };
    categories::create(&context::system()?, &actor, new).await?;
    back(&org);
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "categories/update")]
pub async fn update_category(
    org: String,
    id: CategoryId,
    name: String,
    #[server(default)] description: String,
    #[server(default)] parent_id: String,
    #[server(default)] expected: String,
    #[server(default)] overwrite: String,
) -> Result<(), AppError> {
    let (system, actor) = (context::system()?, context::actor(&org).await?);
    let (read, parent_id) = (conflict::read(&expected, &overwrite)?, parent(&parent_id)?);
    let change = Change { name: Some(name.clone()), description: Some(description.clone()), parent_id: Some(parent_id) };
    match categories::update_seen(&system, &actor, id, change, Some(read)).await {
        Err(Error::Stale(message)) => {
            let all = categories::list(&system, &actor).await?;
            let stored = all.iter().find(|category| category.id == id).ok_or(Error::NotFound("category"))?;
            let place = |parent: Option<CategoryId>| parent.map_or_else(|| "At the top".to_owned(), |id| tree::path(&all, id));
            let fields = [
                ("Name", stored.name.clone(), name),
                ("Description", stored.description.clone(), description),
                ("Below", place(stored.parent_id), place(parent_id)),
            ];
            return Err(conflict::refusal(message, seen::tag(stored.updated_at), fields));
        }
        other => drop(other?),
    }
    back(&org);
    Ok(())
}

/// Moves a category below another, or to the top, if it still is what was seen.
#[server(prefix = "/api/fn", endpoint = "categories/move")]
pub async fn move_category(
    org: String,
    id: CategoryId,
    #[server(default)] parent_id: String,
    #[server(default)] expected: String,
) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    let change = Change { parent_id: Some(parent(&parent_id)?), ..Change::default() };
    categories::update_seen(&context::system()?, &actor, id, change, Some(conflict::read(&expected, "")?)).await?;
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "categories/delete")]
pub async fn delete_category(org: String, id: CategoryId) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    categories::delete(&context::system()?, &actor, id).await?;
    back(&org);
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "tags/rename")]
pub async fn rename_tag(org: String, tag: String, name: String) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    tags::rename(&context::system()?, &actor, &tag, &name).await?;
    back(&org);
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "tags/remove")]
pub async fn remove_tag(org: String, tag: String) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    tags::remove(&context::system()?, &actor, &tag).await?;
    back(&org);
    Ok(())
}
