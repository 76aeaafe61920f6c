//! A newer document in place of the old one. Tools stay as they are until their operations are imported again.

use super::{NewOpenapiDocument, OpenapiDocumentDetail, add, get, read, store};
use crate::{access::Permission, actor::Actor, audit, error::Result, ids::OpenapiDocumentId, system::System};
use serde_json::json;

/// With neither text nor address, the document is fetched again from where it came.
pub async fn refresh(system: &System, actor: &Actor, id: OpenapiDocumentId, mut new: NewOpenapiDocument) -> Result<OpenapiDocumentDetail> {
    actor.require(Permission::Build)?;
    let (before, _) = store::find(&mut system.tenant(actor).await?, id).await?;
    if new.text.trim().is_empty() && new.url.as_deref().is_none_or(|url| url.trim().is_empty()) {
        new.url.clone_from(&before.url);
    }
    let (document, url) = add::understand(system, &new, &before.base_url).await?;
    let mut tx = system.tenant(actor).await?;
    let operations = i32::try_from(read::places(&document.value).len()).unwrap_or(i32::MAX);
    store::replace(&mut tx, id, &document, url.or(before.url).as_deref(), operations).await?;
    let entry = audit::Entry {
        action: "openapi_document.refresh",
        object_type: "openapi_document",
        object_id: Some(id.0),
        object_name: &document.title,
        before: Some(json!({"version": before.version, "operations": before.operations})),
        after: Some(json!({"version": document.version, "operations": operations})),
    };
    audit::record(&mut tx, actor, system.clock.now(), entry).await?;
    tx.commit().await?;
    get::get(system, actor, id).await
}
