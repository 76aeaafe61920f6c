//! The run that a firing starts: as whom it acts, and which version it takes.

use super::{Trigger, store::Armed};
use crate::{
    access::{Permission, Role, Scope},
    actor::{Actor, Source},
    db::TenantTx,
    error::{Error, Result},
    ids::RunId,
    system::System,
    workflows::{
        StartRun, Workflow,
        begin::Begun,
        execute,
        runnable::{Runnable, runnable},
        store,
    },
};
use serde_json::{Map, Value};

/// Who the trigger acts as. Rights are looked up at every firing, so that whoever lost them cannot go on by a trigger.
pub(super) async fn acting(tx: &mut TenantTx, armed: &Armed, source: Source) -> Result<Actor> {
    let gone = || Error::Forbidden("The person whom this trigger acts as is no member any more. Save it, and it acts as you.".to_owned());
    let (user_name, role) = store::member(tx, armed.organization_id, armed.user_id).await?.ok_or_else(gone)?;
    Ok(Actor {
        organization_id: armed.organization_id,
        user_id: armed.user_id,
        user_name,
        role: Role::parse(&role).ok_or_else(gone)?,
        agent_id: None,
        scopes: Some(vec![Scope::Read, Scope::Execute]),
        source,
        address: None,
    })
}

/// The definition that runs are started with: a published version. What somebody is changing at this moment is not started by itself.
pub(super) async fn published(tx: &mut TenantTx, workflow: Workflow, version: Option<i32>) -> Result<Runnable> {
    if workflow.published_version.is_none() {
        let message = "This workflow was never published. Triggers start a published version, not a draft that somebody may be changing: publish it first.";
        return Err(Error::Conflict { message: message.to_owned(), field: None });
    }
    runnable(tx, workflow, version, false).await
}

/// What the trigger would start now.
pub(super) async fn taken(tx: &mut TenantTx, armed: &Armed, actor: &Actor) -> Result<Runnable> {
    actor.require(Permission::UseTools)?;
    let workflow = store::find(tx, actor, armed.workflow_id).await?.ok_or(Error::NotFound("workflow"))?;
    published(tx, workflow, armed.version).await
}

/// Checks the input and stores the run; after the commit the runner has it driven.
pub(super) async fn record(
    tx: &mut TenantTx,
    system: &System,
    armed: &Armed,
    actor: &Actor,
    run: RunId,
    taken: Runnable,
    input: Map<String, Value>,
) -> Result<Begun> {
    let start = StartRun { input, ..StartRun::default() };
    execute::record(tx, system, actor, (run, armed.workflow_id), taken, start, Some((armed.id, &armed.name))).await
}

/// Why nothing was started, for the record; `None`: something went wrong on our side, and it is worth trying again.
pub(super) fn refusal(error: &Error) -> Option<String> {
    match error {
        Error::Internal(_) | Error::Unavailable(_) => None,
        // As long as a person reads.
        told => Some(told.told().chars().take(500).collect()),
    }
}

/// Fills in what a schedule has before it.
pub(super) fn with_upcoming(mut trigger: Trigger, now: chrono::DateTime<chrono::Utc>) -> Trigger {
    if let Some(times) =
        trigger.schedule.as_ref().filter(|_| trigger.is_enabled).and_then(|schedule| super::times::Times::parse(schedule).ok())
    {
        let first = trigger.next_due_at.filter(|due| *due > now);
        trigger.upcoming = match first {
            Some(first) => std::iter::once(first).chain(times.upcoming(first, 4)).collect(),
            None => times.upcoming(now, 5),
        };
    }
    trigger
}
