//! Workflows to begin with, and workflows as documents.

use crate::error::AppError;
use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use toolcrib::workflows::{exchange::plan::Known, templates::Template};
#[cfg(feature = "ssr")]
use {
    crate::context,
    toolcrib::{
        Error,
        access::Permission,
        workflows::{
            import,
            templates::{self, FromTemplate},
        },
    },
};

/// What a new workflow can begin with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Beginnings {
    pub templates: Vec<Template>,
    /// What an import can match its tools with.
    pub known: Known,
}

#[server(prefix = "/api/fn", endpoint = "workflows/beginnings")]
pub async fn get_beginnings(org: String) -> Result<Beginnings, AppError> {
    let actor = context::actor(&org).await?;
    actor.require(Permission::Build)?;
    let templates = templates::all().iter().map(|whole| whole.template.clone()).collect();
    Ok(Beginnings { templates, known: import::known(&context::system()?, &actor).await? })
}

/// The tools and workflows that an import can match with.
#[server(prefix = "/api/fn", endpoint = "workflows/known", input = Json)]
pub async fn known_here(org: String) -> Result<Known, AppError> {
    let actor = context::actor(&org).await?;
    Ok(import::known(&context::system()?, &actor).await?)
}

#[server(prefix = "/api/fn", endpoint = "workflows/from_template")]
pub async fn create_from_template(org: String, template: String) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    let from = FromTemplate { template, ..FromTemplate::default() };
    let workflow = templates::create(&context::system()?, &actor, from).await?;
    leptos_axum::redirect(&format!("/{org}/workflows/{}", workflow.id));
    Ok(())
}

/// First what would happen is shown; `confirm` says that it was seen. `replace`: key of what is missing → id of what stands in for it.
#[server(prefix = "/api/fn", endpoint = "workflows/import")]
pub async fn import_workflow(
    org: String,
    document: String,
    #[server(default)] display_name: String,
    #[server(default)] replace: HashMap<String, String>,
    #[server(default)] confirm: String,
) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    actor.require(Permission::Build)?;
    if confirm.is_empty() {
        return Err(match toolcrib::workflows::exchange::read(&document) {
            Ok(_) => Error::conflict("confirm", "Look through what would be imported, then import it."),
            Err(refusal) => Error::invalid("document", refusal.words()),
        }
        .into());
    }
    let choices = replace.into_iter().filter(|(_, id)| !id.is_empty()).collect();
    let import = import::Import { text: document, display_name, choices, outline: confirm == "outline" };
    let workflow = import::import(&context::system()?, &actor, import).await?;
    leptos_axum::redirect(&format!("/{org}/workflows/{}", workflow.id));
    Ok(())
}
