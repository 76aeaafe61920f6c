//! Something wrong with a definition: where, what, and what to do about it.

use super::Definition;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It cannot run like this.
    Error,
    /// It can run, but is it meant?
    Warning,
}

/// What kind of thing is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FindingCode {
    Empty,
    TooLarge,
    DuplicateId,
    DanglingEdge,
    Cycle,
    Unreachable,
    UnknownTool,
    InactiveTool,
    UnknownWorkflow,
    /// A workflow that runs itself, or too many inside each other.
    Recursion,
    UnknownHandle,
    BadPath,
    BadExpression,
    RequiredInput,
    FedTwice,
    TypeMismatch,
    BadInputField,
    BadPolicy,
    /// Something the node's type needs is missing or out of range.
    BadConfig,
}

impl FindingCode {
    /// A definition with such a finding is not even kept as a draft: it has no clear meaning.
    #[must_use]
    pub fn is_structural(self) -> bool {
        match self {
            Self::TooLarge
            | Self::DuplicateId
            | Self::DanglingEdge
            | Self::Cycle
            | Self::Recursion
            | Self::BadInputField
            | Self::BadPolicy => true,
            Self::Empty
            | Self::Unreachable
            | Self::UnknownTool
            | Self::InactiveTool
            | Self::UnknownWorkflow
            | Self::UnknownHandle
            | Self::BadPath
            | Self::BadExpression
            | Self::RequiredInput
            | Self::FedTwice
            | Self::TypeMismatch
            | Self::BadConfig => false,
        }
    }
}

/// Something wrong with a definition: where, what, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Finding {
    pub code: FindingCode,
    pub severity: Severity,
    /// The node's id, where it is about one node.
    pub node: Option<String>,
    /// The node's field, where it is about one field.
    pub field: Option<String>,
    pub message: String,
    pub remedy: String,
}

impl Finding {
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// Where in the definition it lies, as a JSON pointer.
    #[must_use]
    pub fn pointer(&self, definition: &Definition) -> String {
        let index = self.node.as_deref().and_then(|id| definition.nodes.iter().position(|node| node.id == id));
        match (index, &self.field) {
            (Some(index), Some(field)) => format!("/definition/nodes/{index}/{}", field.replace('~', "~0").replace('/', "~1")),
            (Some(index), None) => format!("/definition/nodes/{index}"),
            (None, _) => "/definition".to_owned(),
        }
    }
}
