//! Saves a changed trigger. From then on its runs act as who saved it: nobody has others' rights used for what they did not write.

use super::{
    NewTrigger, Trigger,
    create::{checked, facts},
    get::{changeable, find},
    start::with_upcoming,
    store,
};
use crate::{
    actor::Actor,
    audit,
    error::{Error, Result},
    ids::{TriggerId, WorkflowId},
    system::System,
};

/// The trigger after the change. A schedule begins anew: what was due before is not made up.
pub async fn update(system: &System, actor: &Actor, workflow: WorkflowId, id: TriggerId, mut new: NewTrigger) -> Result<Trigger> {
    let (mut tx, workflow) = changeable(system, actor, workflow).await?;
    let (now, workflow_id) = (system.clock.now(), workflow.id);
    let old = find(&mut tx, workflow_id, id).await?;
    if old.revision != new.revision {
        return Err(stale());
    }
    if old.kind != new.kind {
        return Err(Error::invalid("kind", "A trigger keeps its kind. Make another one."));
    }
    let next = checked(&mut tx, workflow, &mut new, now).await?;
    if !store::save(&mut tx, actor, id, &new, next, now).await? {
        return Err(stale());
    }
    let entry = audit::Entry {
        action: "trigger.update",
        object_type: "trigger",
        object_id: Some(id.0),
        object_name: &new.name,
        before: Some(facts(&old.as_new(), workflow_id)),
        after: Some(facts(&new, workflow_id)),
    };
    audit::record(&mut tx, actor, now, entry).await?;
    let trigger = find(&mut tx, workflow_id, id).await?;
    tx.commit().await?;
    Ok(with_upcoming(trigger, now))
}

fn stale() -> Error {
    Error::Stale("Somebody else saved this trigger meanwhile. Nothing was changed: read it again and make your change there.".to_owned())
}
