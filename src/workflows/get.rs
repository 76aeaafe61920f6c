//! One workflow with its findings.

use super::{Workflow, catalog::catalog_of, graph::validate::validate, store};
use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    ids::WorkflowId,
    system::System,
};

/// The workflow, if the actor may see it.
pub async fn get(system: &System, actor: &Actor, id: WorkflowId) -> Result<Workflow> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    let mut workflow = store::find(&mut tx, actor, id).await?.ok_or(Error::NotFound("workflow"))?;
    let tools = catalog_of(&mut tx, system, actor, &workflow.definition, Some(id)).await?;
    workflow.findings = validate(&workflow.definition, &tools);
    Ok(workflow)
}
