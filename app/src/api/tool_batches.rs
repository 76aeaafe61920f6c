//! Many tools at once, for their pages.

use crate::error::AppError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use toolcrib::{
    ids::ToolId,
    tools::{
        Category, Tool,
        batch::{BulkReport, ImportReport},
    },
};

#[cfg(feature = "ssr")]
use crate::context;
#[cfg(feature = "ssr")]
use toolcrib::{
    Error,
    access::Permission,
    tools::{
        self,
        batch::{
            self, BulkAction,
            kept::{Batch, keep, kept},
            portable::Document,
        },
        categories,
    },
};

/// The tools that were chosen, and what can be done with them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chosen {
    pub tools: Vec<Tool>,
    pub categories: Vec<Category>,
    pub may_build: bool,
}

/// What was kept for a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Shown {
    Bulk(BulkReport),
    Preview(ImportReport),
    Imported(ImportReport),
}

#[server(prefix = "/api/fn", endpoint = "tools/selection")]
pub async fn selection(org: String, #[server(default)] ids: Vec<String>) -> Result<Chosen, AppError> {
    let system = context::system()?;
    let actor = context::actor(&org).await?;
    let mut found = Vec::new();
    for id in ids.iter().take(batch::MOST).filter_map(|id| id.parse::<ToolId>().ok()) {
        match tools::get(&system, &actor, id).await {
            Ok(tool) => found.push(tool),
            // Deleted meanwhile, perhaps by this very page.
            Err(Error::NotFound(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Chosen { tools: found, categories: categories::list(&system, &actor).await?, may_build: actor.may(Permission::Build) })
}

#[server(prefix = "/api/fn", endpoint = "tools/bulk")]
pub async fn bulk_tools(
    org: String,
    #[server(default)] ids: Vec<ToolId>,
    action: String,
    #[server(default)] tag: String,
    #[server(default)] category_id: String,
) -> Result<(), AppError> {
    let system = context::system()?;
    let actor = context::actor(&org).await?;
    let action = match action.as_str() {
        "add_tag" => BulkAction::AddTag { tag },
        "remove_tag" => BulkAction::RemoveTag { tag },
        "move" => {
            let chosen = Some(category_id.trim()).filter(|id| !id.is_empty()).map(str::parse).transpose();
            BulkAction::Move { category_id: chosen.map_err(|_| Error::invalid("category_id", "There is no such category."))? }
        }
        "activate" => BulkAction::Activate,
        "disable" => BulkAction::Disable,
        "deprecate" => BulkAction::Deprecate,
        "delete" => BulkAction::Delete,
        _ => return Err(Error::invalid("action", "There is no such action.").into()),
    };
    let report = batch::bulk(&system, &actor, &ids, action).await?;
    let kept = keep(&system, &actor, &Batch::Bulk { report }).await?;
    let chosen: String = ids.iter().map(|id| format!("&id={id}")).collect();
    leptos_axum::redirect(&format!("/{org}/tools/selection?batch={kept}{chosen}"));
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "tools/batch")]
pub async fn get_batch(org: String, id: String) -> Result<Option<Shown>, AppError> {
    let actor = context::actor(&org).await?;
    let Ok(id) = id.parse::<uuid::Uuid>() else { return Ok(None) };
    match kept(&context::system()?, &actor, id).await {
        Ok(Batch::Bulk { report }) => Ok(Some(Shown::Bulk(report))),
        Ok(Batch::Preview { report, .. }) => Ok(Some(Shown::Preview(report))),
        Ok(Batch::Imported { report }) => Ok(Some(Shown::Imported(report))),
        // Kept for a week only.
        Err(Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[server(prefix = "/api/fn", endpoint = "tools/import_preview")]
pub async fn preview_import(org: String, #[server(default)] document: String) -> Result<(), AppError> {
    let system = context::system()?;
    let actor = context::actor(&org).await?;
    if document.trim().is_empty() {
        return Err(Error::invalid("document", "Paste a document, or choose a file.").into());
    }
    let document = Document::parse(&document)?;
    let report = batch::preview(&system, &actor, &document).await?;
    let kept = keep(&system, &actor, &Batch::Preview { document, report }).await?;
    leptos_axum::redirect(&format!("/{org}/tools/import?batch={kept}"));
    Ok(())
}

/// Imports what a preview showed; refused when it would do something else now.
#[server(prefix = "/api/fn", endpoint = "tools/import")]
pub async fn import_tools(org: String, batch: uuid::Uuid) -> Result<(), AppError> {
    let system = context::system()?;
    let actor = context::actor(&org).await?;
    let Batch::Preview { document, report } = kept(&system, &actor, batch).await? else {
        return Err(Error::conflict("batch", "This was imported already.").into());
    };
    let report = batch::import(&system, &actor, &document, Some(&report.fingerprint)).await?;
    let kept = keep(&system, &actor, &Batch::Imported { report }).await?;
    leptos_axum::redirect(&format!("/{org}/tools/import?batch={kept}"));
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "tools/duplicate")]
pub async fn duplicate_tool(org: String, id: ToolId) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    let tool = tools::duplicate(&context::system()?, &actor, id).await?;
    leptos_axum::redirect(&format!("/{org}/tools/{}/definition", tool.id));
    Ok(())
}
