//! What the canvas asks of the server: the draft with all it needs to judge it, edits to keep, and tools that were not in it before.

use crate::error::AppError;
use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use toolcrib::ids::{ToolId, UserId};
use toolcrib::workflows::{
    Workflow,
    graph::{Catalog, change::Change},
};
#[cfg(feature = "ssr")]
use {
    super::{choices, may_change, workflow_id},
    crate::context,
    toolcrib::{
        Error,
        actor::Actor,
        ids::WorkflowId,
        workflows::{
            self, UpdateWorkflow,
            graph::{Definition, Node, NodeKind, change::apply, layout},
        },
    },
};

/// A draft as the canvas opens it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CanvasDraft {
    /// Every node has a place.
    pub workflow: Workflow,
    /// The tools and workflows in it.
    pub catalog: Catalog,
    /// All that could be added: id (of workflows `workflow:` and the id) and name.
    pub choices: Vec<(String, String)>,
    pub may_change: bool,
    /// What tools were called that steps name and that are gone.
    #[serde(default)]
    pub vanished: BTreeMap<ToolId, String>,
    /// Who asked. What they draw is sent as theirs only.
    pub user: UserId,
}

#[server(prefix = "/api/fn", endpoint = "workflows/canvas")]
pub async fn get_canvas(org: String, id: String) -> Result<CanvasDraft, AppError> {
    draft(&context::actor(&org).await?, &id).await
}

/// The same for a canvas that is open already: it stays open though nobody is signed in any more.
#[server(prefix = "/api/fn", endpoint = "workflows/newest_canvas")]
pub async fn newest_canvas(org: String, id: String) -> Result<CanvasDraft, AppError> {
    draft(&context::actor_here(&org).await?, &id).await
}

#[cfg(feature = "ssr")]
async fn draft(actor: &Actor, id: &str) -> Result<CanvasDraft, AppError> {
    let system = context::system()?;
    let mut workflow = workflows::get::get(&system, actor, workflow_id(id)?).await?;
    layout::arrange(&mut workflow.definition);
    let all = workflows::catalog::catalog(&system, actor).await?;
    let choices = choices(&system, actor, &workflow, &all).await?;
    let catalog = workflows::catalog::catalog_for(&system, actor, workflow.id, &workflow.definition).await?;
    let may_change = may_change(actor, &workflow);
    let vanished = workflows::vanished::vanished(&system, actor, &workflow.definition, &catalog).await?;
    Ok(CanvasDraft { workflow, catalog, choices, may_change, vanished, user: actor.user_id })
}

/// Applies edits in their order to the revision they were made on and keeps the result as the draft: its new revision. `user`: who made them.
#[server(prefix = "/api/fn", endpoint = "workflows/apply_changes", input = Json)]
pub async fn apply_changes(org: String, id: String, revision: i32, changes: Vec<Change>, user: UserId) -> Result<i32, AppError> {
    let actor = context::actor_here(&org).await?;
    if actor.user_id != user {
        return Err(Error::Unauthenticated("Somebody else is signed in in this browser now.".to_owned()).into());
    }
    let system = context::system()?;
    let id = workflow_id(&id)?;
    let mut workflow = workflows::get::get(&system, &actor, id).await?;
    if workflow.revision != revision {
        let message = format!("Somebody else changed this workflow: you drew on revision {revision}, the newest is {}.", workflow.revision);
        return Err(Error::Stale(message).into());
    }
    // As the canvas opened it.
    layout::arrange(&mut workflow.definition);
    let catalog = workflows::catalog::catalog_for(&system, &actor, id, &workflow.definition).await?;
    let mut definition = workflow.definition;
    for change in changes {
        definition = apply(definition, change, &catalog).map_err(|(field, message)| Error::invalid(field, message))?;
    }
    let update = UpdateWorkflow { revision, definition: Some(definition), draft: true, ..UpdateWorkflow::default() };
    Ok(workflows::update::update(&system, &actor, id, update).await?.revision)
}

/// Says that this tab has the canvas open, and which step is chosen there.
#[server(prefix = "/api/fn", endpoint = "workflows/here", input = Json)]
pub async fn here(org: String, id: String, tab: String, chosen: Option<String>) -> Result<(), AppError> {
    let actor = context::actor_here(&org).await?;
    Ok(workflows::together::here::here(&context::system()?, &actor, workflow_id(&id)?, tab, chosen).await?)
}

/// What is known of tools and workflows that come into a draft, by the ids of [`CanvasDraft::choices`].
#[server(prefix = "/api/fn", endpoint = "workflows/shapes", input = Json)]
pub async fn shapes(org: String, id: String, chosen: Vec<String>) -> Result<Catalog, AppError> {
    let actor = context::actor_here(&org).await?;
    let mut asked = Definition::default();
    for choice in chosen.iter().take(500) {
        let mut node = Node::new(choice.clone(), NodeKind::Tool);
        match choice.strip_prefix("workflow:") {
            Some(workflow) => {
                node.kind = NodeKind::Workflow;
                node.config.workflow_id = workflow.parse::<WorkflowId>().ok();
            }
            None => node.tool_id = choice.parse::<ToolId>().ok(),
        }
        asked.nodes.push(node);
    }
    Ok(workflows::catalog::catalog_for(&context::system()?, &actor, workflow_id(&id)?, &asked).await?)
}
