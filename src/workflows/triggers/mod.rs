//! Triggers: what starts runs of a published workflow by itself. A webhook is an address that others send to, a schedule is a cron pattern in a
//! time zone, a call start is a voice call that begins. A run names its trigger, and every firing is recorded with what came of it.

use crate::{
    ids::{RunId, TriggerId, UserId, WorkflowId},
    tools::words,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub mod check;
#[cfg(feature = "ssr")]
pub mod create;
#[cfg(feature = "ssr")]
pub mod delete;
#[cfg(feature = "ssr")]
pub mod due;
#[cfg(feature = "ssr")]
pub mod firings;
#[cfg(feature = "ssr")]
pub mod get;
pub mod payload;
pub mod plan;
#[cfg(feature = "ssr")]
pub mod receive;
#[cfg(feature = "ssr")]
pub mod rotate;
#[cfg(feature = "ssr")]
pub mod signature;
#[cfg(feature = "ssr")]
mod start;
#[cfg(feature = "ssr")]
mod store;
#[cfg(feature = "ssr")]
pub mod times;
#[cfg(feature = "ssr")]
pub mod update;

/// The header that carries the secret; `Authorization: Bearer` does as well, and `X-Vapi-Secret` for calls.
pub const SECRET_HEADER: &str = "x-toolcrib-secret";
/// `sha256=` and the HMAC-SHA256 of `timestamp.body` in hexadecimal digits.
pub const SIGNATURE_HEADER: &str = "x-toolcrib-signature";
/// Seconds since 1970: when the sender signed.
pub const TIMESTAMP_HEADER: &str = "x-toolcrib-timestamp";
/// Names a delivery: one that was taken is not taken again. `Idempotency-Key` and `webhook-id` do as well.
pub const DELIVERY_HEADERS: [&str; 3] = ["x-toolcrib-delivery", "idempotency-key", "webhook-id"];
/// The largest body of a delivery.
pub const MOST_BODY: usize = 1024 * 1024;
/// The longest a sender may wait for the end of the run, in seconds.
pub const LONGEST_WAIT: u64 = 60;
/// How long the secret before counts beside the new one, unless told otherwise, and at most, in seconds.
pub const GRACE: u32 = 24 * 3600;
pub const LONGEST_GRACE: u32 = 7 * 24 * 3600;

words! {
    /// What fires a trigger.
    TriggerKind {
        Webhook = "webhook", "Webhook";
        Schedule = "schedule", "Schedule";
        CallStart = "call_start", "Call start";
    }
}

words! {
    /// How a sender shows that it may.
    #[derive(Default)]
    Auth {
        /// It sends the secret in a header.
        #[default]
        Secret = "secret", "Secret in a header";
        /// It signs time and body with the secret, and each signature counts once.
        Hmac = "hmac", "Signature (HMAC-SHA256)";
    }
}

words! {
    /// What happens at a due time while the run before has not ended.
    #[derive(Default)]
    Overlap {
        #[default]
        Skip = "skip", "Skip this time";
        Queue = "queue", "Wait for its end";
        Allow = "allow", "Run beside it";
        Cancel = "cancel", "Cancel the earlier run";
    }
}

words! {
    /// What happens to due times at which no server was there.
    #[derive(Default)]
    Missed {
        #[default]
        Skip = "skip", "Leave them out";
        Once = "once", "Run once for all of them";
        All = "all", "Run for each, up to a number";
    }
}

words! {
    /// What came of a firing.
    Outcome {
        Started = "started", "Started a run";
        Queued = "queued", "Waits for the run before";
        Skipped = "skipped", "Skipped";
        Missed = "missed", "Missed";
        Refused = "refused", "Refused";
    }
}

/// When a schedule is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Minute, hour, day of the month, month, day of the week: `0 9 * * 1-5`. `L`, `W`, `#` and `@daily` and its like are understood.
    pub cron: String,
    /// Of the IANA database: `Europe/Berlin`. `UTC` where left out.
    #[serde(default = "utc")]
    pub time_zone: String,
    #[serde(default)]
    pub overlap: Overlap,
    #[serde(default)]
    pub missed: Missed,
    /// With `all`: how many of the missed times are made up at most, the newest; 1 to 100.
    #[serde(default = "ten")]
    pub missed_most: u32,
}

fn utc() -> String {
    "UTC".to_owned()
}

fn ten() -> u32 {
    10
}

impl Default for Schedule {
    fn default() -> Self {
        let (overlap, missed) = (Overlap::default(), Missed::default());
        Self { cron: "0 9 * * 1-5".to_owned(), time_zone: utc(), overlap, missed, missed_most: ten() }
    }
}

/// One input of the workflow and where in what came its value lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Mapped {
    /// An input of the workflow.
    pub field: String,
    /// `body.order.id`, `query.source`, `headers["x-event"]`; of a call `call.customer.number`, `caller_phone_number`.
    pub from: String,
}

/// Who may send, how often, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    #[serde(default)]
    pub auth: Auth,
    /// How far the time of a signature may be from ours; 10 to 3 600.
    #[serde(default = "five_minutes")]
    pub tolerance_seconds: u32,
    /// Above it 429 is answered. No limit where left out.
    #[serde(default)]
    pub rate_limit_per_minute: Option<u32>,
    /// Where left out: each field of the body (and of the query) that the workflow has an input of the same name for. If it is not empty,
    /// exactly what it names.
    #[serde(default)]
    pub mapping: Vec<Mapped>,
}

fn five_minutes() -> u32 {
    300
}

impl Default for Webhook {
    fn default() -> Self {
        Self { auth: Auth::Secret, tolerance_seconds: five_minutes(), rate_limit_per_minute: None, mapping: Vec::new() }
    }
}

/// What a trigger is made from; when it is saved, all of what it is from then on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewTrigger {
    /// Unique among the workflow's triggers; at most 100 characters.
    pub name: String,
    pub kind: TriggerKind,
    #[serde(default = "yes")]
    pub is_enabled: bool,
    /// This published version; the newest one where left out.
    #[serde(default)]
    pub version: Option<i32>,
    /// Fixed inputs of the workflow. They win over what comes in.
    #[serde(default)]
    #[cfg_attr(feature = "ssr", schema(value_type = Object))]
    pub input: Map<String, Value>,
    /// Of a schedule.
    #[serde(default)]
    pub schedule: Option<Schedule>,
    /// Of a webhook and of a call start.
    #[serde(default)]
    pub webhook: Option<Webhook>,
    /// For a change: the revision that was read; if it is no longer the newest, nothing is saved (412). Over REST `If-Match` may say it instead.
    #[serde(default)]
    pub revision: i32,
}

fn yes() -> bool {
    true
}

/// A trigger with what it did last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Trigger {
    pub id: TriggerId,
    pub workflow_id: WorkflowId,
    pub name: String,
    pub kind: TriggerKind,
    pub is_enabled: bool,
    pub version: Option<i32>,
    #[cfg_attr(feature = "ssr", schema(value_type = Object))]
    pub input: Map<String, Value>,
    pub schedule: Option<Schedule>,
    pub webhook: Option<Webhook>,
    /// Counts every save.
    pub revision: i32,
    /// Its runs act as this person, who saved it last.
    pub acts_as: UserId,
    /// `None`: no member any more; the trigger is refused until somebody saves it anew.
    pub acts_as_name: Option<String>,
    /// Where to send to: `/v1/hooks/…`.
    pub address: Option<String>,
    pub secret_changed_at: Option<DateTime<Utc>>,
    /// Until then the secret before counts as well.
    pub old_secret_until: Option<DateTime<Utc>>,
    pub next_due_at: Option<DateTime<Utc>>,
    /// The next five due times of a schedule that is enabled.
    pub upcoming: Vec<DateTime<Utc>>,
    pub last_fired_at: Option<DateTime<Utc>>,
    pub last_run_id: Option<RunId>,
    pub last_refused_at: Option<DateTime<Utc>>,
    pub last_refusal: Option<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Trigger {
    /// What it would be made from now.
    #[must_use]
    pub fn as_new(&self) -> NewTrigger {
        NewTrigger {
            name: self.name.clone(),
            kind: self.kind,
            is_enabled: self.is_enabled,
            version: self.version,
            input: self.input.clone(),
            schedule: self.schedule.clone(),
            webhook: self.webhook.clone(),
            revision: self.revision,
        }
    }
}

/// One firing, or several refusals of one kind within a minute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Firing {
    pub id: uuid::Uuid,
    pub outcome: Outcome,
    /// Why nothing was started.
    pub reason: String,
    /// Of a schedule: the time that it was due.
    pub due_at: Option<DateTime<Utc>>,
    pub run_id: Option<RunId>,
    pub count: i32,
    pub fired_at: DateTime<Utc>,
}
