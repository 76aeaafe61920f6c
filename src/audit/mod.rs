//! Who did what to which object, when, from where. Written in the transaction of the change itself; the database lets nobody change it after.

use crate::{ids::AuditEntryId, tools::words};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

#[cfg(feature = "ssr")]
pub mod export;
#[cfg(feature = "ssr")]
pub mod list;
#[cfg(feature = "ssr")]
pub mod record;
#[cfg(feature = "ssr")]
mod sorted;
#[cfg(feature = "ssr")]
pub mod store;

#[cfg(feature = "ssr")]
pub use export::export;
#[cfg(feature = "ssr")]
pub use record::{Entry, Who, record, record_by_system, record_everywhere};

/// One line of the audit log, as it is read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditEntry {
    pub id: AuditEntryId,
    /// The person or the agent; `None` for the system itself.
    pub actor_id: Option<Uuid>,
    /// `user`, `agent` or `system`.
    pub actor_type: String,
    /// The name at that time: people and agents may be gone since.
    pub actor_name: String,
    /// Noun and verb: `tool.create`.
    pub action: String,
    pub object_type: String,
    pub object_id: Option<Uuid>,
    pub object_name: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
    pub address: Option<String>,
    pub created_at: DateTime<Utc>,
}

/// What to look for; everything absent means all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFilter {
    /// `tool.create`, or the beginning up to a dot: `tool`.
    #[serde(default)]
    pub action: Option<String>,
    #[serde(default)]
    pub actor: Option<Uuid>,
    #[serde(default)]
    pub object_type: Option<String>,
    #[serde(default)]
    pub object_id: Option<Uuid>,
    #[serde(default)]
    pub from: Option<DateTime<Utc>>,
    #[serde(default)]
    pub until: Option<DateTime<Utc>>,
    #[serde(default)]
    pub order: AuditOrder,
}

words! {
    /// What the log is sorted by.
    AuditSort {
        When = "when", "When";
        Who = "who", "Who";
        Action = "action", "Action";
        Object = "object", "Object";
        Address = "address", "Address";
    }
}

/// The order of the log; left alone, the newest first. As with executions, any order but that of time is one of the newest [`SORTED`]
/// entries that match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditOrder {
    pub sort: AuditSort,
    pub descending: bool,
}

impl Default for AuditOrder {
    fn default() -> Self {
        Self { sort: AuditSort::When, descending: true }
    }
}

/// How many entries are put in another order than that of time.
pub const SORTED: i64 = 10_000;

/// A page of the log; `next_cursor` leads to the older ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditPage {
    pub items: Vec<AuditEntry>,
    pub next_cursor: Option<String>,
    /// Older entries match as well, which were not put in order.
    #[serde(default)]
    pub is_cut: bool,
}

/// The values that occur, for the filters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFacets {
    pub actions: Vec<String>,
    pub object_types: Vec<String>,
    pub actors: Vec<(Uuid, String)>,
}
