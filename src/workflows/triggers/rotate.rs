//! A new secret. The one before counts for a while, so that senders can be changed one after the other.

use super::{
    GRACE, LONGEST_GRACE, Trigger,
    get::{changeable, find},
    store,
};
use crate::{
    actor::Actor,
    audit,
    error::{Error, Result},
    ids::{TriggerId, WorkflowId},
    keys::{Secret, seal_for_trigger},
    random,
    system::System,
};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// How a secret is replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateSecret {
    /// How long the secret before still counts: 86 400 seconds (a day) where left out, 604 800 (a week) at most; 0: from now on it does not.
    #[serde(default)]
    pub grace_seconds: Option<u32>,
}

/// The new secret, which is shown this one time.
pub async fn rotate(system: &System, actor: &Actor, workflow: WorkflowId, id: TriggerId, how: &RotateSecret) -> Result<(Trigger, Secret)> {
    let grace = how.grace_seconds.unwrap_or(GRACE);
    if grace > LONGEST_GRACE {
        return Err(Error::invalid("grace_seconds", "At most 604 800 seconds, which is a week."));
    }
    let (mut tx, _) = changeable(system, actor, workflow).await?;
    let now = system.clock.now();
    let old = find(&mut tx, workflow, id).await?;
    if old.address.is_none() {
        return Err(Error::Conflict { message: "A schedule has no secret.".to_owned(), field: None });
    }
    let secret = Secret::new(random::secret("whsec_"));
    let sealed = seal_for_trigger(&mut tx, &system.masters, actor.organization_id, id, &secret).await?;
    let until = (grace > 0).then(|| now + TimeDelta::seconds(i64::from(grace)));
    store::rotate(&mut tx, id, &sealed, until, now).await?;
    let entry = audit::Entry {
        action: "trigger.rotate",
        object_type: "trigger",
        object_id: Some(id.0),
        object_name: &old.name,
        before: None,
        after: Some(json!({ "old_secret_until": until })),
    };
    audit::record(&mut tx, actor, now, entry).await?;
    let trigger = find(&mut tx, workflow, id).await?;
    tx.commit().await?;
    Ok((trigger, secret))
}
