//! Finding anything of an organization by its name.

use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
pub mod everything;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FoundKind {
    Tool,
    Agent,
    Workflow,
    Key,
}

impl FoundKind {
    /// The part of the address its pages stand under.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Tool => "tools",
            Self::Agent => "agents",
            Self::Workflow => "workflows",
            Self::Key => "keys",
        }
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Tool => "Tool",
            Self::Agent => "Agent",
            Self::Workflow => "Workflow",
            Self::Key => "Key",
        }
    }
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub kind: FoundKind,
    pub id: uuid::Uuid,
    pub name: String,
    pub display_name: String,
}
