//! A trigger goes for good, with the record of its firings. Its runs stay and keep its name.

use super::{
    create::facts,
    get::{changeable, find},
    store,
};
use crate::{
    actor::Actor,
    audit,
    error::{Error, Result},
    ids::{TriggerId, WorkflowId},
    system::System,
};

/// From then on its address is unknown. `revision`: only if it is still that one.
pub async fn delete(system: &System, actor: &Actor, workflow: WorkflowId, id: TriggerId, revision: Option<i32>) -> Result<()> {
    let (mut tx, _) = changeable(system, actor, workflow).await?;
    let old = find(&mut tx, workflow, id).await?;
    if revision.is_some_and(|revision| revision != old.revision) {
        return Err(Error::Stale("Somebody else saved this trigger meanwhile. Nothing was deleted.".to_owned()));
    }
    store::delete(&mut tx, id).await?;
    let entry = audit::Entry {
        action: "trigger.delete",
        object_type: "trigger",
        object_id: Some(id.0),
        object_name: &old.name,
        before: Some(facts(&old.as_new(), workflow)),
        after: None,
    };
    audit::record(&mut tx, actor, system.clock.now(), entry).await?;
    tx.commit().await
}
