//! Many tools at once: bulk actions, export, import. What cannot be done with one tool is said of that tool; the others go on.

#[cfg(feature = "ssr")]
pub mod bulk;
#[cfg(feature = "ssr")]
pub mod export;
#[cfg(feature = "ssr")]
pub mod import;
#[cfg(feature = "ssr")]
pub mod kept;
#[cfg(feature = "ssr")]
pub mod portable;

#[cfg(feature = "ssr")]
pub use {
    bulk::bulk,
    export::export,
    import::{import, preview},
};

use crate::ids::{CategoryId, ToolId};
use serde::{Deserialize, Serialize};

/// The most tools one bulk action or export by ids takes.
pub const MOST: usize = 500;

/// What is done with each tool of a selection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum BulkAction {
    AddTag {
        tag: String,
    },
    RemoveTag {
        tag: String,
    },
    /// Null: out of any category.
    Move {
        category_id: Option<CategoryId>,
    },
    Activate,
    Disable,
    Deprecate,
    Delete,
}

impl BulkAction {
    /// What was done, for people: "Tagged", "Moved".
    #[must_use]
    pub fn done(&self) -> &'static str {
        match self {
            Self::AddTag { .. } => "Tagged",
            Self::RemoveTag { .. } => "Tag removed",
            Self::Move { .. } => "Moved",
            Self::Activate => "Activated",
            Self::Disable => "Disabled",
            Self::Deprecate => "Deprecated",
            Self::Delete => "Deleted",
        }
    }
}

/// What became of one tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Done,
    /// It was so already.
    Unchanged,
    Refused,
}

/// One tool of a bulk action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct BulkItem {
    pub id: ToolId,
    /// Empty where there is no such tool, or none that may be seen.
    pub name: String,
    pub outcome: Outcome,
    /// Why it was refused.
    pub why: Option<String>,
}

/// What became of a bulk action, tool by tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct BulkReport {
    pub action: BulkAction,
    pub items: Vec<BulkItem>,
}

/// What an import does, or did, with one tool of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ImportAction {
    Create,
    Update,
    Unchanged,
    /// It cannot be imported; `why` says it.
    Conflict,
}

impl ImportAction {
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Create => "Create",
            Self::Update => "Update",
            Self::Unchanged => "Unchanged",
            Self::Conflict => "Conflict",
        }
    }
}

/// One tool of an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ImportItem {
    pub name: String,
    pub action: ImportAction,
    /// The tool that is there, or that was made.
    pub id: Option<ToolId>,
    /// The version that is there.
    pub version: Option<i32>,
    /// The fields that differ.
    pub fields: Vec<String>,
    /// Why it cannot be imported; after an import also why it was not.
    pub why: Option<String>,
}

/// What an import would do, or did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ImportReport {
    pub items: Vec<ImportItem>,
    /// Categories that are not there yet.
    pub new_categories: Vec<String>,
    /// Names this preview: an import that sends it is refused when something changed since.
    pub fingerprint: String,
}

impl ImportReport {
    #[must_use]
    pub fn count(&self, action: ImportAction) -> usize {
        self.items.iter().filter(|item| item.action == action).count()
    }
}
