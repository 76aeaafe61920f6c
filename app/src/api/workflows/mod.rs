//! Server functions of workflows and runs.

mod annotations;
mod canvas;
mod canvas_runs;
#[cfg(feature = "ssr")]
mod conflict;
mod edit;
mod exchange;
mod publishing;
mod runs;
mod samples;
mod triggers;
mod versions;

pub use annotations::*;
pub use canvas::*;
pub use canvas_runs::*;
pub use edit::*;
pub use exchange::*;
pub use publishing::*;
pub use runs::*;
pub use samples::*;
pub use triggers::*;
pub use versions::*;

use crate::error::AppError;
use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};
use toolcrib::{
    page::{ListOrder, Numbered},
    workflows::{
        RunSummary, Workflow, WorkflowSummary,
        graph::{ToolShape, WorkflowShape},
    },
};
#[cfg(feature = "ssr")]
use {
    crate::context,
    toolcrib::{
        Error,
        access::Permission,
        ids::WorkflowId,
        names,
        workflows::{self, NewWorkflow, UpdateWorkflow, Visibility, list, list_runs::ListRuns},
    },
};

/// The list of workflows, and whether who asks may make one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkflowList {
    pub workflows: Numbered<WorkflowSummary>,
    pub may_build: bool,
}

/// One workflow with what its page needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkflowPage {
    pub workflow: Workflow,
    /// The tools in it.
    pub tools: Vec<ToolShape>,
    /// The workflows that its steps run.
    pub workflows: Vec<WorkflowShape>,
    /// All tools that could be added, and all workflows (`workflow:` and the id): id and name.
    pub choices: Vec<(String, String)>,
    pub runs: Vec<RunSummary>,
    pub may_change: bool,
}

/// An id from an address: what is none is not found.
#[cfg(feature = "ssr")]
fn workflow_id(text: &str) -> Result<WorkflowId, AppError> {
    Ok(text.parse().map_err(|_| Error::NotFound("workflow"))?)
}

/// Whether the page offers to change it; the use cases decide again.
#[cfg(feature = "ssr")]
fn may_change(actor: &toolcrib::actor::Actor, workflow: &Workflow) -> bool {
    let mine = workflow.owner_id == Some(actor.user_id.0) || actor.may(Permission::ManageTools);
    actor.may(Permission::Build) && (mine || workflow.visibility == Visibility::Public)
}

/// All tools and workflows that could be a step: id (of workflows `workflow:` and the id) and name.
#[cfg(feature = "ssr")]
async fn choices(
    system: &toolcrib::system::System,
    actor: &toolcrib::actor::Actor,
    workflow: &Workflow,
    catalog: &workflows::graph::Catalog,
) -> Result<Vec<(String, String)>, Error> {
    let mut choices: Vec<(String, String)> = catalog
        .values()
        .map(|tool| {
            let note = if tool.status == "active" { String::new() } else { format!(" ({})", tool.status) };
            // Found by what people read and by what models read.
            let name = if tool.display_name == tool.name { String::new() } else { format!(" · {}", tool.name) };
            (tool.id.to_string(), format!("{}{name}{note}", tool.display_name))
        })
        .collect();
    let others = workflows::list::names(system, actor).await?.into_iter().filter(|(id, ..)| *id != workflow.id);
    choices.extend(others.map(|(id, name, _)| (format!("workflow:{id}"), format!("{name} (workflow)"))));
    choices.sort_by_key(|(_, name)| name.to_lowercase());
    Ok(choices)
}

#[server(prefix = "/api/fn", endpoint = "workflows/list", input = Json)]
pub async fn list_workflows(org: String, search: String, order: ListOrder) -> Result<WorkflowList, AppError> {
    let actor = context::actor(&org).await?;
    let workflows = list::numbered(&context::system()?, &actor, Some(&search), &order).await?;
    Ok(WorkflowList { workflows, may_build: actor.may(Permission::Build) })
}

#[server(prefix = "/api/fn", endpoint = "workflows/get")]
pub async fn get_workflow(org: String, id: String) -> Result<WorkflowPage, AppError> {
    let actor = context::actor(&org).await?;
    let system = context::system()?;
    let workflow = workflows::get::get(&system, &actor, workflow_id(&id)?).await?;
    let catalog = workflows::catalog::catalog_with(&system, &actor, workflow.id, &workflow.definition).await?;
    let used = workflow.definition.tool_ids();
    let choices = choices(&system, &actor, &workflow, &catalog).await?;
    let tools = catalog.tools.into_values().filter(|tool| used.contains(&tool.id)).collect();
    let query = ListRuns { workflow_id: Some(workflow.id), limit: Some(8), ..ListRuns::default() };
    let runs = workflows::list_runs::list_runs(&system, &actor, &query).await?.items;
    let may_change = may_change(&actor, &workflow);
    let workflows = catalog.workflows.into_values().collect();
    Ok(WorkflowPage { workflow, tools, workflows, choices, runs, may_change })
}

#[server(prefix = "/api/fn", endpoint = "workflows/create")]
pub async fn create_workflow(
    org: String,
    display_name: String,
    #[server(default)] name: String,
    #[server(default)] description: String,
    #[server(default)] visibility: String,
) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    let name = if name.trim().is_empty() { names::name_from(&display_name) } else { name };
    let visibility = Visibility::parse(&visibility).unwrap_or(Visibility::Private);
    let new = NewWorkflow { name, display_name, description, definition: workflows::graph::Definition::default(), visibility, draft: true };
    let workflow = workflows::create::create(&context::system()?, &actor, new).await?;
    leptos_axum::redirect(&format!("/{org}/workflows/{}", workflow.id));
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "workflows/save_settings")]
pub async fn save_settings(
    org: String,
    id: String,
    revision: i32,
    #[server(default)] overwrite: String,
    display_name: String,
    name: String,
    #[server(default)] description: String,
    #[server(default)] visibility: String,
) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    let (system, id_of) = (context::system()?, workflow_id(&id)?);
    let change = UpdateWorkflow {
        revision: edit::read_revision(revision, &overwrite)?,
        name: Some(name),
        display_name: Some(display_name),
        description: Some(description),
        definition: None,
        visibility: Visibility::parse(&visibility),
        draft: true,
    };
    match workflows::update::update(&system, &actor, id_of, change.clone()).await {
        Err(Error::Stale(_)) => return Err(conflict::of_settings(&workflows::get::get(&system, &actor, id_of).await?, &change)),
        other => other?,
    };
    leptos_axum::redirect(&format!("/{org}/workflows/{id}/outline"));
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "workflows/delete")]
pub async fn delete_workflow(org: String, id: String) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    workflows::delete::delete(&context::system()?, &actor, workflow_id(&id)?).await?;
    leptos_axum::redirect(&format!("/{org}/workflows"));
    Ok(())
}
