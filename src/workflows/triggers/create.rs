//! A new trigger.

use super::{
    NewTrigger, Trigger, TriggerKind,
    check::check,
    get::{changeable, find},
    start::{published, with_upcoming},
    store::{self, Hook},
    times::Times,
};
use crate::{
    actor::Actor,
    audit,
    db::TenantTx,
    error::{Error, Result},
    ids::{TriggerId, WorkflowId},
    keys::{Secret, seal_for_trigger},
    random,
    system::System,
    workflows::Workflow,
};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

/// The trigger and, of one that others send to, its secret: it is shown this one time.
pub async fn create(system: &System, actor: &Actor, workflow: WorkflowId, mut new: NewTrigger) -> Result<(Trigger, Option<Secret>)> {
    let (mut tx, workflow) = changeable(system, actor, workflow).await?;
    let now = system.clock.now();
    let workflow_id = workflow.id;
    let next = checked(&mut tx, workflow, &mut new, now).await?;
    let id = TriggerId::new();
    let secret = (new.kind != TriggerKind::Schedule).then(|| Secret::new(random::secret("whsec_")));
    match &secret {
        Some(secret) => {
            let sealed = seal_for_trigger(&mut tx, &system.masters, actor.organization_id, id, secret).await?;
            let hook = Hook { address: &random::secret("hook_"), secret: &sealed };
            store::insert(&mut tx, actor, (id, workflow_id), &new, Some(&hook), next, now).await?;
        }
        None => store::insert(&mut tx, actor, (id, workflow_id), &new, None, next, now).await?,
    }
    let entry = audit::Entry {
        action: "trigger.create",
        object_type: "trigger",
        object_id: Some(id.0),
        object_name: &new.name,
        before: None,
        after: Some(facts(&new, workflow_id)),
    };
    audit::record(&mut tx, actor, now, entry).await?;
    let trigger = find(&mut tx, workflow_id, id).await?;
    tx.commit().await?;
    Ok((with_upcoming(trigger, now), secret))
}

/// Tidies it, refuses what is wrong with it, all at once, and says when a schedule is due first.
pub(super) async fn checked(
    tx: &mut TenantTx,
    workflow: Workflow,
    new: &mut NewTrigger,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>> {
    let taken = published(tx, workflow, new.version).await?;
    let mut errors = check(new, &taken.definition);
    let mut next = None;
    if let (TriggerKind::Schedule, Some(schedule)) = (new.kind, &new.schedule) {
        match Times::parse(schedule) {
            Ok(times) => {
                next = times.next(now);
                if next.is_none() {
                    errors.push(crate::problem::FieldError::new("schedule/cron", "This time never comes."));
                }
            }
            Err(wrong) => errors.extend(wrong),
        }
    }
    if errors.is_empty() { Ok(next) } else { Err(Error::Invalid(errors)) }
}

/// For the audit log.
pub(super) fn facts(trigger: &NewTrigger, workflow: WorkflowId) -> Value {
    json!({
        "workflow": workflow, "name": trigger.name, "kind": trigger.kind, "is_enabled": trigger.is_enabled, "version": trigger.version,
        "input": trigger.input, "schedule": trigger.schedule, "webhook": trigger.webhook,
    })
}
