//! Cancels a run, whichever server runs it: the fence is raised, so that the one who runs it cannot write any more and stops.

use super::{
    Run,
    engine::{Event, Plan, transition},
    get_run::get_run,
    store::{self, Changed},
};
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    db::TenantTx,
    error::{Error, Result},
    ids::{OrganizationId, RunId},
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
    let Some((_, state, _)) = store::lock_run(&mut tx, id).await? else {
        return Err(Error::NotFound("run"));
    };
    if state.status.is_final() {
        return Err(Error::Conflict { message: format!("This run has ended already: it is {}.", state.status.as_str()), field: None });
    }
    let stopped = cancel_tree(&mut tx, system, actor.organization_id, id).await?;
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
    for run in stopped {
        system.runner.wake(run);
    }
    get_run(system, actor, id).await
}

/// Cancels a run with all runs inside it. Which were open.
pub(super) async fn cancel_tree(tx: &mut TenantTx, system: &System, organization: OrganizationId, id: RunId) -> Result<Vec<RunId>> {
    let mut stopped = Vec::new();
    for run in std::iter::once(id).chain(store::open_descendants(tx, id).await?) {
        let Some((definition, state, fence)) = store::lock_run(tx, run).await? else { continue };
        if state.status.is_final() {
            continue;
        }
        let (state, _) = transition(&Plan::new(definition.clone()), state, Event::Cancel, system.clock.now());
        let all = Changed::all(&state);
        store::checkpoint(&mut **tx, (organization, run, fence), &definition, &state, &all).await?;
        store::put_down_items(tx, run, &all.items).await?;
        store::raise_fence(tx, run).await?;
        stopped.push(run);
    }
    Ok(stopped)
}
