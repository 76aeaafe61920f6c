//! What the engine knows of a run and its nodes.

use super::super::graph::Definition;
use crate::ids::ExecutionId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{collections::BTreeMap, sync::Arc};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    Pending,
    Running,
    Waiting,
    Completed,
    Failed,
    Cancelled,
}

impl RunStatus {
    pub const ALL: [Self; 6] = [Self::Pending, Self::Running, Self::Waiting, Self::Completed, Self::Failed, Self::Cancelled];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Nothing changes any more.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NodeStatus {
    #[default]
    Pending,
    Running,
    /// It failed and is tried again at `due_at`.
    Retrying,
    /// For a time, or for somebody's answer.
    Waiting,
    Success,
    Error,
    Skipped,
    Cancelled,
}

impl NodeStatus {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Retrying => "retrying",
            Self::Waiting => "waiting",
            Self::Success => "success",
            Self::Error => "error",
            Self::Skipped => "skipped",
            Self::Cancelled => "cancelled",
        }
    }

    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Success | Self::Error | Self::Skipped | Self::Cancelled)
    }
}

/// What became of one node (S5's `nodeResults`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct NodeResult {
    pub status: NodeStatus,
    #[serde(default)]
    pub attempts: u32,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<Object>))]
    pub output: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// `timeout`, `upstream`, …: the executor's class of error; `mapping` when an input could not be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_class: Option<String>,
    /// The branch by which the run went on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution_id: Option<ExecutionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<f64>,
    /// When it is tried again, has taken too long, or has waited long enough.
    #[serde(default, alias = "retry_at", skip_serializing_if = "Option::is_none")]
    pub due_at: Option<DateTime<Utc>>,
    /// Where the output comes from, if this run did not make it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// How far a `for_each` is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<Items>,
}

/// Why a node did not run here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Its result is that of an earlier run.
    Kept,
    /// Its output was given when the run was started.
    Pinned,
    /// It was not asked for.
    LeftOut,
    /// It is switched off in the definition: the run passed it by.
    Disabled,
}

/// How far a `for_each` is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Items {
    pub total: u32,
    /// The next item to begin.
    pub next: u32,
    /// How many are being called or wait to be tried again.
    pub open: u32,
    pub failed: u32,
    /// Every item that has begun, by its place in the list.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub done: BTreeMap<u32, Item>,
    /// The list and what all calls have in common: found again from the node's inputs after a crash.
    #[serde(skip)]
    #[cfg_attr(feature = "ssr", schema(ignore))]
    pub source: Option<Arc<ItemSource>>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct ItemSource {
    pub list: Vec<Value>,
    pub common: Map<String, Value>,
}

/// What became of one item.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Item {
    pub status: NodeStatus,
    pub attempts: u32,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<Object>))]
    pub output: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution_id: Option<ExecutionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<DateTime<Utc>>,
}

/// Everything the engine knows of a run. Serialised after every event; what is read back goes on as if nothing had happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunState {
    pub status: RunStatus,
    pub input: Map<String, Value>,
    #[serde(default)]
    pub nodes: BTreeMap<String, NodeResult>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub output: Option<Value>,
    #[serde(default)]
    pub error: Option<String>,
    #[serde(default)]
    pub started_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub completed_at: Option<DateTime<Utc>>,
    /// What waits between tries are drawn from: the same run waits the same.
    #[serde(default)]
    pub seed: u64,
    /// The node up to which was asked, whose output is the run's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

impl RunState {
    /// A run that has not begun. `input` has been checked against the workflow's inputs.
    #[must_use]
    pub fn new(definition: &Definition, input: Map<String, Value>, seed: u64) -> Self {
        let nodes = definition.nodes.iter().filter(|node| !node.kind.is_annotation());
        let nodes = nodes.map(|node| (node.id.clone(), NodeResult::default())).collect();
        let (output, error, started_at, completed_at, until) = (None, None, None, None, None);
        Self { status: RunStatus::Pending, input, nodes, output, error, started_at, completed_at, seed, until }
    }

    /// A node that is running now, else one that waits; the first in the definition's order.
    #[must_use]
    pub fn current_node<'a>(&self, definition: &'a Definition) -> Option<&'a str> {
        let first = |wanted: NodeStatus| {
            let mut ids = definition.nodes.iter().map(|node| node.id.as_str());
            ids.find(|id| self.nodes.get(*id).is_some_and(|result| result.status == wanted))
        };
        first(NodeStatus::Running).or_else(|| first(NodeStatus::Waiting))
    }

    /// When the next node that waits is due.
    #[must_use]
    pub fn next_due(&self) -> Option<DateTime<Utc>> {
        self.nodes.values().filter(|result| result.status == NodeStatus::Waiting).filter_map(|result| result.due_at).min()
    }
}

/// `null` is an output too, and not the same as none.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}
