//! Cancels a run, whichever server runs it: the fence is raised, so that the one who runs it cannot write any more and stops.

use super::{
    Run,
    engine::{Event, transition},
    get_run::get_run,
    store,
};
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    error::{Error, Result},
    ids::RunId,
    system::System,
};

/// The cancelled run. One that has ended already is a conflict.
pub async fn cancel(system: &System, actor: &Actor, id: RunId) -> Result<Run> {
    actor.require(Permission::UseTools)?;
    let mut tx = system.tenant(actor).await?;
    let run = store::find_run(&mut tx, actor, id).await?.ok_or(Error::NotFound("run"))?;
    if run.user_id != Some(actor.user_id) && !actor.may(Permission::Build) {
        return Err(Error::Forbidden("Only who started a run, builders and admins may cancel it.".to_owned()));
    }
    // Locked and read again: the runner may have finished it since.
    let Some((definition, state, fence)) = store::lock_run(&mut tx, id).await? else {
        return Err(Error::NotFound("run"));
    };
    if state.status.is_final() {
        return Err(Error::Conflict { message: format!("This run has ended already: it is {}.", state.status.as_str()), field: None });
    }
    let (state, _) = transition(&definition, state, Event::Cancel, system.clock.now());
    store::checkpoint(&mut tx, id, fence, &definition, &state, &state.nodes).await?;
    store::raise_fence(&mut tx, id).await?;
    let entry = audit::Entry {
        action: "run.cancel",
        object_type: "run",
        object_id: Some(id.0),
        object_name: &run.workflow_name,
        before: None,
        after: None,
    };
    audit::record(&mut tx, actor, system.clock.now(), entry).await?;
    tx.commit().await?;
    system.runner.wake(id);
    get_run(system, actor, id).await
}
