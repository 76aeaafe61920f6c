//! A document goes; the tools that were made from it stay.

use super::store;
use crate::{access::Permission, actor::Actor, audit, error::Result, ids::OpenapiDocumentId, system::System};
use serde_json::json;

/// Removes the document.
pub async fn delete(system: &System, actor: &Actor, id: OpenapiDocumentId) -> Result<()> {
    actor.require(Permission::Build)?;
    let mut tx = system.tenant(actor).await?;
    let (document, _) = store::find(&mut tx, id).await?;
    store::delete(&mut tx, id).await?;
    let entry = audit::Entry {
        action: "openapi_document.delete",
        object_type: "openapi_document",
        object_id: Some(id.0),
        object_name: &document.title,
        before: Some(json!({"version": document.version, "tools": document.tools})),
        after: None,
    };
    audit::record(&mut tx, actor, system.clock.now(), entry).await?;
    tx.commit().await
}
