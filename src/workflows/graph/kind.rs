//! What a node does, and which ways lead out of it.

use super::{Node, OnError};
use serde::{Deserialize, Serialize};

/// The branch of a node that failed, where its policy says `branch`.
pub const ERROR_BRANCH: &str = "error";

/// What a node does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// Calls a tool.
    #[default]
    Tool,
    /// What the workflow is given.
    Input,
    /// What the workflow gives back.
    Output,
    /// Goes on by `true` or `false`.
    Condition,
    /// Goes on by the first case that holds, else by `default`.
    Switch,
    /// Calls a tool or a workflow for every item of a list.
    ForEach,
    /// Joins branches: waits for all that come, or for the first.
    Merge,
    /// Makes values from values.
    Transform,
    /// Waits for a time.
    Delay,
    /// Waits for a person.
    Approval,
    /// Runs another workflow.
    Workflow,
    /// Words on the canvas. A run does not know them.
    Note,
    /// A frame on the canvas, with a name, around what stands in it. A run does not know it.
    Group,
}

impl NodeKind {
    pub const ALL: [Self; 13] = [
        Self::Tool,
        Self::Input,
        Self::Output,
        Self::Condition,
        Self::Switch,
        Self::ForEach,
        Self::Merge,
        Self::Transform,
        Self::Delay,
        Self::Approval,
        Self::Workflow,
        Self::Note,
        Self::Group,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tool => "tool",
            Self::Input => "input",
            Self::Output => "output",
            Self::Condition => "condition",
            Self::Switch => "switch",
            Self::ForEach => "for_each",
            Self::Merge => "merge",
            Self::Transform => "transform",
            Self::Delay => "delay",
            Self::Approval => "approval",
            Self::Workflow => "workflow",
            Self::Note => "note",
            Self::Group => "group",
        }
    }

    /// Goes on by one of several branches.
    #[must_use]
    pub fn branches(self) -> bool {
        matches!(self, Self::Condition | Self::Switch | Self::Approval)
    }

    /// Calls something outside: it can be tried again and can take too long.
    #[must_use]
    pub fn calls(self) -> bool {
        matches!(self, Self::Tool | Self::ForEach | Self::Workflow)
    }

    /// Can be switched off without taking away what the workflow is given or gives back.
    #[must_use]
    pub fn can_be_off(self) -> bool {
        self.is_step()
    }

    /// Stands on the canvas for people: it is not run, nothing leads to it, and nothing is wrong with it.
    #[must_use]
    pub fn is_annotation(self) -> bool {
        matches!(self, Self::Note | Self::Group)
    }

    /// What an outline lists between the inputs and the outputs.
    #[must_use]
    pub fn is_step(self) -> bool {
        !matches!(self, Self::Input | Self::Output | Self::Note | Self::Group)
    }

    /// Takes what arrives and does not insist on every branch.
    #[must_use]
    pub fn joins(self) -> bool {
        matches!(self, Self::Merge | Self::Output)
    }
}

impl Node {
    /// The names an edge may give as `sourceHandle` to say by which branch it leaves this node.
    #[must_use]
    pub fn branch_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = match self.kind {
            NodeKind::Condition => vec!["true", "false"],
            NodeKind::Switch => self.config.cases.iter().map(|case| case.handle.as_str()).chain(["default"]).collect(),
            NodeKind::Approval => vec!["approved", "rejected"],
            _ => Vec::new(),
        };
        if self.config.on_error() == OnError::Branch {
            names.push(ERROR_BRANCH);
        }
        names
    }
}
