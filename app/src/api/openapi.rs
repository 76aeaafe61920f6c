//! OpenAPI documents, for their pages.

use crate::error::AppError;
use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};
use toolcrib::openapi::{OpenapiDocument, OpenapiDocumentDetail};

#[cfg(feature = "ssr")]
use crate::context;
#[cfg(feature = "ssr")]
use toolcrib::{
    Error,
    access::Permission,
    ids::OpenapiDocumentId,
    openapi::{self, ImportOperations, NewOpenapiDocument, State},
};

/// The documents, and whether who asks may add one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenapiDocuments {
    pub items: Vec<OpenapiDocument>,
    pub may_build: bool,
}

/// A document's page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenapiPage {
    pub detail: OpenapiDocumentDetail,
    pub may_build: bool,
}

#[cfg(feature = "ssr")]
fn id_of(text: &str) -> Result<OpenapiDocumentId, Error> {
    text.parse().map_err(|_| Error::NotFound("OpenAPI document"))
}

#[server(prefix = "/api/fn", endpoint = "openapi/list", input = Json)]
pub async fn list_openapi_documents(org: String) -> Result<OpenapiDocuments, AppError> {
    let system = context::system()?;
    let actor = context::actor(&org).await?;
    Ok(OpenapiDocuments { items: openapi::list::list(&system, &actor).await?, may_build: actor.may(Permission::Build) })
}

#[server(prefix = "/api/fn", endpoint = "openapi/get", input = Json)]
pub async fn read_openapi_document(org: String, id: String) -> Result<OpenapiPage, AppError> {
    let system = context::system()?;
    let actor = context::actor(&org).await?;
    let detail = openapi::get::get(&system, &actor, id_of(&id)?).await?;
    Ok(OpenapiPage { detail, may_build: actor.may(Permission::Build) })
}

#[server(prefix = "/api/fn", endpoint = "openapi/add")]
pub async fn add_openapi_document(
    org: String,
    #[server(default)] text: String,
    #[server(default)] url: String,
    #[server(default)] base_url: String,
) -> Result<(), AppError> {
    let system = context::system()?;
    let actor = context::actor(&org).await?;
    let added = openapi::add::add(&system, &actor, NewOpenapiDocument { text, url: Some(url), base_url: Some(base_url) }).await?;
    leptos_axum::redirect(&format!("/{org}/openapi/{}", added.document.id));
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "openapi/refresh")]
pub async fn refresh_openapi_document(
    org: String,
    id: String,
    #[server(default)] text: String,
    #[server(default)] url: String,
    #[server(default)] base_url: String,
) -> Result<(), AppError> {
    let system = context::system()?;
    let actor = context::actor(&org).await?;
    openapi::refresh::refresh(&system, &actor, id_of(&id)?, NewOpenapiDocument { text, url: Some(url), base_url: Some(base_url) }).await?;
    leptos_axum::redirect(&format!("/{org}/openapi/{id}"));
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "openapi/delete")]
pub async fn delete_openapi_document(org: String, id: String) -> Result<(), AppError> {
    let system = context::system()?;
    let actor = context::actor(&org).await?;
    openapi::delete::delete(&system, &actor, id_of(&id)?).await?;
    leptos_axum::redirect(&format!("/{org}/openapi"));
    Ok(())
}

/// Imports what was chosen. With a `preset` the choice is made by state: `new` or `changed`.
#[server(prefix = "/api/fn", endpoint = "openapi/import")]
pub async fn import_openapi_operations(
    org: String,
    id: String,
    #[server(default)] operations: Vec<String>,
    #[server(default)] preset: String,
    #[server(default)] activate: bool,
) -> Result<(), AppError> {
    let system = context::system()?;
    let actor = context::actor(&org).await?;
    let document = id_of(&id)?;
    let operations = match State::parse(&preset) {
        None => operations,
        Some(state) => {
            let items = openapi::get::get(&system, &actor, document).await?.items;
            items.into_iter().filter(|item| item.state == state).map(|item| item.key).collect()
        }
    };
    let done = openapi::import::import(&system, &actor, document, ImportOperations { operations, activate }).await?;
    let refused: Vec<String> = done
        .iter()
        .filter(|one| one.outcome == "refused")
        .map(|one| format!("{}: {}", one.key, one.message.as_deref().unwrap_or_default()))
        .collect();
    if !refused.is_empty() {
        let well = done.len() - refused.len();
        return Err(Error::conflict("operations", format!("{well} done, {} not. {}", refused.len(), refused.join(" "))).into());
    }
    let count = |outcome: &str| done.iter().filter(|one| one.outcome == outcome).count();
    leptos_axum::redirect(&format!("/{org}/openapi/{id}?created={}&updated={}", count("created"), count("updated")));
    Ok(())
}
