//! Saves a changed workflow, unless somebody else saved it meanwhile.

use super::{
    UpdateWorkflow, Workflow, check_words,
    create::refusals,
    get::get,
    store,
    together::hub::{Hub, News},
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

/// The workflow after the change. A revision that is no longer the newest is refused.
pub async fn update(system: &System, actor: &Actor, id: WorkflowId, change: UpdateWorkflow) -> Result<Workflow> {
    actor.require(Permission::Build)?;
    let mut tx = system.tenant(actor).await?;
    let old = store::find(&mut tx, actor, id).await?.ok_or(Error::NotFound("workflow"))?;
    if !store::may_change(actor, &old) {
        return Err(Error::Forbidden("Only its owner and admins may change a private workflow.".to_owned()));
    }
    if old.revision != change.revision {
        return Err(stale(change.revision, old.revision));
    }
    let tidy = |new: &Option<String>, old: &str| new.as_deref().map_or(old, str::trim).to_owned();
    let new = Workflow {
        name: tidy(&change.name, &old.name),
        display_name: tidy(&change.display_name, &old.display_name),
        description: tidy(&change.description, &old.description),
        definition: change.definition.unwrap_or_else(|| old.definition.clone()),
        visibility: change.visibility.unwrap_or(old.visibility),
        ..old.clone()
    };
    let mut errors = check_words(&new.name, &new.display_name, &new.description);
    errors.extend(refusals(&mut tx, system, actor, &new.definition, change.draft, Some(id)).await?);
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    if !store::save(&mut tx, &new, change.revision).await? {
        return Err(stale(change.revision, change.revision + 1));
    }
    let facts = |w: &Workflow, revision: i32| json!({ "name": w.name, "display_name": w.display_name, "visibility": w.visibility, "nodes": w.definition.nodes.len(), "edges": w.definition.edges.len(), "revision": revision });
    let entry = audit::Entry {
        action: "workflow.update",
        object_type: "workflow",
        object_id: Some(id.0),
        object_name: &new.display_name,
        before: Some(facts(&old, old.revision)),
        after: Some(facts(&new, old.revision + 1)),
    };
    audit::record(&mut tx, actor, system.clock.now(), entry).await?;
    // Whoever has the draft open sees it at once.
    let room = (actor.organization_id, id);
    let news = News::Saved { revision: old.revision + 1, user: actor.user_id, name: super::together::join::name(actor) };
    store::tell_servers(&mut tx, &Hub::message(system, room, news.clone())?).await?;
    tx.commit().await?;
    system.together.apply(room, news);
    get(system, actor, id).await
}

pub(super) fn stale(read: i32, newest: i32) -> Error {
    Error::Stale(format!(
        "Somebody else saved this workflow meanwhile: you changed revision {read}, the newest is {newest}. Nothing was saved. Load the newest and make your change there."
    ))
}
