//! Which key a call gets: a pure function over the mappings that are there, so that calls, the explanation on its page and "what breaks
//! if I delete this" cannot disagree.

use super::{ContextType, KeyStatus, KeyWay, Unresolved};
use crate::ids::{AgentId, KeyId, KeyMappingId, ToolId, UserId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A mapping and what matters of its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Candidate {
    pub mapping_id: KeyMappingId,
    pub context_type: ContextType,
    pub context_id: Option<Uuid>,
    /// The mapping is for this tool only.
    pub tool_id: Option<ToolId>,
    pub priority: i32,
    pub mapped_at: DateTime<Utc>,
    pub key_id: KeyId,
    pub key_name: String,
    pub display_name: String,
    pub masked_value: String,
    /// The key is for this tool only.
    pub key_tool_id: Option<ToolId>,
    pub is_active: bool,
    pub expires_at: Option<DateTime<Utc>>,
    /// The hosts the key may be sent to; empty: any.
    pub allowed_hosts: Vec<String>,
}

/// For which call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked<'a> {
    pub tool_id: ToolId,
    pub key_name: &'a str,
    pub agent_id: Option<AgentId>,
    pub user_id: Option<UserId>,
}

impl Candidate {
    /// Does this mapping have anything to do with the call?
    #[must_use]
    pub fn matches(&self, asked: Asked<'_>) -> bool {
        let context = match self.context_type {
            ContextType::Agent => self.context_id.is_some() && self.context_id == asked.agent_id.map(|id| id.0),
            ContextType::User => self.context_id.is_some() && self.context_id == asked.user_id.map(|id| id.0),
            ContextType::Global => true,
        };
        let tool = |only: Option<ToolId>| only.is_none_or(|only| only == asked.tool_id);
        context && self.key_name == asked.key_name && tool(self.tool_id) && tool(self.key_tool_id)
    }

    #[must_use]
    pub fn status(&self, now: DateTime<Utc>) -> KeyStatus {
        KeyStatus::of(self.is_active, self.expires_at, now)
    }

    /// Agent, then user, then everybody.
    fn level(&self) -> u8 {
        match self.context_type {
            ContextType::Agent => 0,
            ContextType::User => 1,
            ContextType::Global => 2,
        }
    }
}

/// The mappings of this call in the order in which they are asked: agent, user, global; inside a level the highest priority, then the newest.
#[must_use]
pub fn in_order(candidates: &[Candidate], asked: Asked<'_>) -> Vec<Candidate> {
    let mut ordered: Vec<Candidate> = candidates.iter().filter(|candidate| candidate.matches(asked)).cloned().collect();
    ordered.sort_by(|a, b| {
        let newest = b.mapped_at.cmp(&a.mapped_at).then(b.mapping_id.cmp(&a.mapping_id));
        a.level().cmp(&b.level()).then(b.priority.cmp(&a.priority)).then(newest)
    });
    ordered
}

/// The first of them that is active and not expired.
pub fn choose(candidates: &[Candidate], asked: Asked<'_>, now: DateTime<Utc>) -> Result<Candidate, Unresolved> {
    let ordered = in_order(candidates, asked);
    let count = |status| ordered.iter().filter(|candidate| candidate.status(now) == status).count();
    let refused =
        Unresolved { key_name: asked.key_name.to_owned(), inactive: count(KeyStatus::Inactive), expired: count(KeyStatus::Expired) };
    ordered.into_iter().find(|candidate| candidate.status(now) == KeyStatus::Active).ok_or(refused)
}

/// What became of a mapping in a resolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// This key is used.
    Used,
    PassedOverInactive,
    PassedOverExpired,
    /// Would be next: another one came first.
    NotReached,
}

/// One step of a resolution, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Step {
    #[serde(flatten)]
    pub candidate: Candidate,
    pub context_name: Option<String>,
    pub verdict: Verdict,
}

/// Which key a call would get, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Explanation {
    /// What the tool asks for.
    pub key_name: String,
    /// The key that would be used; null: the call would be `unauthorized`.
    pub key_id: Option<KeyId>,
    /// One sentence.
    pub summary: String,
    /// Where the call would send the key, as far as that is fixed, and whether it may.
    pub destinations: Vec<Destination>,
    /// Every mapping of this call, in the order in which they are asked.
    pub steps: Vec<Step>,
}

/// Where a key would be sent, or to what it would be given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Destination {
    pub way: KeyWay,
    /// Null where a program gets it.
    pub host: Option<String>,
    /// Why it is not sent there; null: it is.
    pub refused: Option<String>,
}

/// What happens to each mapping of the call, in order.
#[must_use]
pub fn verdicts(candidates: &[Candidate], asked: Asked<'_>, now: DateTime<Utc>) -> Vec<(Candidate, Verdict)> {
    let mut found = false;
    in_order(candidates, asked)
        .into_iter()
        .map(|candidate| {
            let verdict = match candidate.status(now) {
                _ if found => Verdict::NotReached,
                KeyStatus::Inactive => Verdict::PassedOverInactive,
                KeyStatus::Expired => Verdict::PassedOverExpired,
                KeyStatus::Active => {
                    found = true;
                    Verdict::Used
                }
            };
            (candidate, verdict)
        })
        .collect()
}
