//! Publishes a workflow: what is its draft now becomes a version, which runs use from then on.

use super::{
    Publish, WorkflowVersionHead, as_errors,
    catalog::catalog_of,
    graph::{Finding, validate::validate},
    store,
    update::stale,
};
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    error::{Error, Result},
    ids::WorkflowId,
    system::System,
};
use serde_json::json;

/// The new version. A draft with problems is refused, and so is one that somebody changed meanwhile, or that is published already.
pub async fn publish(system: &System, actor: &Actor, id: WorkflowId, publish: Publish) -> Result<WorkflowVersionHead> {
    actor.require(Permission::Build)?;
    let note = publish.note.trim().to_owned();
    if note.chars().count() > 2_000 {
        return Err(Error::invalid("note", "At most 2 000 characters."));
    }
    let mut tx = system.tenant(actor).await?;
    let workflow = store::find(&mut tx, actor, id).await?.ok_or(Error::NotFound("workflow"))?;
    if !store::may_change(actor, &workflow) {
        return Err(Error::Forbidden("Only its owner and admins may publish a private workflow.".to_owned()));
    }
    if workflow.revision != publish.revision {
        return Err(stale(publish.revision, workflow.revision));
    }
    let tools = catalog_of(&mut tx, system, actor, &workflow.definition, Some(id)).await?;
    let mut findings = validate(&workflow.definition, &tools);
    findings.retain(Finding::is_error);
    if !findings.is_empty() {
        return Err(Error::Invalid(as_errors(&workflow.definition, &findings)));
    }
    if let Some(newest) = workflow.published_version
        && let Some(version) = store::version(&mut tx, id, newest).await?
        && version.definition == workflow.definition
    {
        return Err(Error::conflict("revision", format!("Nothing has changed since version {newest}.")));
    }
    let now = system.clock.now();
    // Of two at the same moment the second finds the revision published already, or changed.
    let Some(version) = store::publish(&mut tx, actor, &workflow, &note, now).await? else {
        return Err(Error::conflict("revision", "Somebody published this workflow just now."));
    };
    let entry = audit::Entry {
        action: "workflow.publish",
        object_type: "workflow",
        object_id: Some(id.0),
        object_name: &workflow.display_name,
        before: workflow.published_version.map(|version| json!({ "version": version })),
        after: Some(json!({ "version": version, "revision": workflow.revision, "note": note })),
    };
    audit::record(&mut tx, actor, now, entry).await?;
    tx.commit().await?;
    let (created_by, created_by_name) = (Some(actor.user_id), actor.user_name.clone());
    Ok(WorkflowVersionHead { version, revision: workflow.revision, note, created_by, created_by_name, created_at: now })
}
