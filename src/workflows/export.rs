//! A workflow as a document that another organization can read.

use super::{
    catalog::catalog_for,
    exchange::{self, Document},
    get::get,
    versions,
};
use crate::{actor::Actor, error::Result, ids::WorkflowId, system::System};

/// The draft, or a published version. Only tools that the actor may call are named in it.
pub async fn export(system: &System, actor: &Actor, id: WorkflowId, version: Option<i32>) -> Result<Document> {
    let workflow = get(system, actor, id).await?;
    let definition = match version {
        Some(version) => versions::version(system, actor, id, version).await?.definition,
        None => workflow.definition,
    };
    let tools = catalog_for(system, actor, id, &definition).await?;
    let document = exchange::write(&workflow.name, &workflow.display_name, &workflow.description, &definition, &tools);
    Ok(Document { published_version: version, ..document })
}
