//! Published versions of a workflow: list, look, compare, publish, restore.

use crate::error::AppError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use toolcrib::{
    page::Page,
    workflows::{CompositeUse, Workflow, WorkflowComparison, WorkflowVersion, WorkflowVersionHead, graph::ToolShape},
};
#[cfg(feature = "ssr")]
use {
    super::{may_change, workflow_id},
    crate::context,
    toolcrib::{
        Error,
        workflows::{self, NewComposite, Publish},
    },
};

/// The versions of a workflow, and how far its draft is from the newest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkflowVersionsPage {
    pub workflow: Workflow,
    pub versions: Page<WorkflowVersionHead>,
    /// Steps and connections that the draft has otherwise than the published version; `None` where nothing is published.
    pub differences: Option<usize>,
    pub tools: Vec<CompositeUse>,
    pub may_change: bool,
}

/// One version with the tools in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShownVersion {
    pub version: WorkflowVersion,
    pub tools: Vec<ToolShape>,
}

#[server(prefix = "/api/fn", endpoint = "workflows/versions")]
pub async fn workflow_versions(org: String, id: String, cursor: String) -> Result<WorkflowVersionsPage, AppError> {
    let actor = context::actor(&org).await?;
    let system = context::system()?;
    let id = workflow_id(&id)?;
    let workflow = workflows::get::get(&system, &actor, id).await?;
    let cursor = Some(cursor.as_str()).filter(|cursor| !cursor.is_empty());
    let versions = workflows::versions::versions(&system, &actor, id, cursor, None).await?;
    let differences = match workflow.published_version {
        Some(version) => Some(workflows::versions::compare(&system, &actor, id, Some(version), None).await?.changed.len()),
        None => None,
    };
    let tools = workflows::composite::uses(&system, &actor, id).await?;
    let may_change = may_change(&actor, &workflow);
    Ok(WorkflowVersionsPage { workflow, versions, differences, tools, may_change })
}

#[server(prefix = "/api/fn", endpoint = "workflows/version")]
pub async fn get_workflow_version(org: String, id: String, version: i32) -> Result<ShownVersion, AppError> {
    let actor = context::actor(&org).await?;
    let system = context::system()?;
    let version = workflows::versions::version(&system, &actor, workflow_id(&id)?, version).await?;
    let used = version.definition.tool_ids();
    let tools = workflows::catalog::catalog(&system, &actor).await?.tools.into_values().filter(|tool| used.contains(&tool.id)).collect();
    Ok(ShownVersion { version, tools })
}

/// `from` and `to` are numbers, or `draft`.
#[server(prefix = "/api/fn", endpoint = "workflows/compare")]
pub async fn compare_workflow_versions(org: String, id: String, from: String, to: String) -> Result<WorkflowComparison, AppError> {
    let actor = context::actor(&org).await?;
    let side = |text: &str| if text == "draft" { Ok(None) } else { text.parse().map(Some).map_err(|_| Error::NotFound("version")) };
    Ok(workflows::versions::compare(&context::system()?, &actor, workflow_id(&id)?, side(&from)?, side(&to)?).await?)
}

#[server(prefix = "/api/fn", endpoint = "workflows/publish")]
pub async fn publish_workflow(org: String, id: String, revision: i32, #[server(default)] note: String) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    workflows::publish::publish(&context::system()?, &actor, workflow_id(&id)?, Publish { revision, note }).await?;
    leptos_axum::redirect(&format!("/{org}/workflows/{id}/versions"));
    Ok(())
}

/// The draft becomes what it was at a version. `revision`: the draft that was seen.
#[server(prefix = "/api/fn", endpoint = "workflows/restore_version")]
pub async fn restore_workflow_version(org: String, id: String, version: i32, revision: i32) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    workflows::versions::restore(&context::system()?, &actor, workflow_id(&id)?, version, Some(revision)).await?;
    leptos_axum::redirect(&format!("/{org}/workflows/{id}"));
    Ok(())
}

/// A tool that runs the newest version.
#[server(prefix = "/api/fn", endpoint = "workflows/make_tool")]
pub async fn make_tool(org: String, id: String, name: String, #[server(default)] description: String) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    let new = NewComposite { name: Some(name), description: Some(description), ..NewComposite::default() };
    let tool = workflows::composite::make_tool(&context::system()?, &actor, workflow_id(&id)?, new).await?;
    leptos_axum::redirect(&format!("/{org}/tools/{}", tool.id));
    Ok(())
}
