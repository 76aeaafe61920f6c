//! For which calls a key is.

use crate::{
    ids::{AgentId, KeyId, KeyMappingId, ToolId, UserId},
    tools::words,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

words! {
    /// For whom a mapping holds. Resolution asks agents first, then users, then everybody.
    ContextType {
        Agent = "agent", "Agent";
        User = "user", "Person";
        Global = "global", "Everybody";
    }
}

/// Which calls a key is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct KeyMapping {
    pub id: KeyMappingId,
    pub key_id: KeyId,
    /// Null: every tool that asks for the key's name.
    pub tool_id: Option<ToolId>,
    pub tool_name: Option<String>,
    pub context_type: ContextType,
    /// The agent or the user; null for everybody.
    pub context_id: Option<Uuid>,
    pub context_name: Option<String>,
    /// Inside a level the highest wins, then the newest mapping.
    pub priority: i32,
    pub created_at: DateTime<Utc>,
}

/// What a mapping is made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewMapping {
    /// Left out: every tool that asks for the key's name.
    #[serde(default)]
    pub tool_id: Option<ToolId>,
    pub context_type: ContextType,
    /// The agent or the user. Left out for `global`.
    #[serde(default)]
    pub context_id: Option<Uuid>,
    #[serde(default)]
    pub priority: i32,
}

/// Who asked for an explanation, in words: used by pages too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Who {
    pub agent_id: Option<AgentId>,
    pub user_id: Option<UserId>,
}

/// Why no key was given out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unresolved {
    pub key_name: String,
    /// Mapped, but switched off.
    pub inactive: usize,
    /// Mapped, but past their time.
    pub expired: usize,
}

impl std::fmt::Display for Unresolved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "The key “{}” that this tool needs is not there.", self.key_name)?;
        match (self.inactive, self.expired) {
            (0, 0) => f.write_str(" Add it under Keys, and map it to whoever calls."),
            (inactive, 0) => write!(f, " {inactive} mapped to this call: inactive."),
            (0, expired) => write!(f, " {expired} mapped to this call: expired."),
            (inactive, expired) => write!(f, " {inactive} mapped to this call: inactive; {expired}: expired."),
        }
    }
}
