//! Pinned data: the output of a step, kept to stand in for it while a draft is tried out. Runs of published versions never use it.

use super::graph::Node;
use crate::ids::{RunId, UserId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[cfg(feature = "ssr")]
pub mod list;
#[cfg(feature = "ssr")]
pub mod remove;
#[cfg(feature = "ssr")]
pub mod set;

/// What one pin may hold, as JSON.
pub const MOST_BYTES: usize = 512 * 1024;

/// The output that stands in for a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Pin {
    pub node_id: String,
    #[cfg_attr(feature = "ssr", schema(value_type = Object))]
    pub output: Value,
    pub pinned_by: Option<UserId>,
    pub at: DateTime<Utc>,
}

/// What is pinned: an output as it is written here, or the one that the step had in a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetPin {
    /// Any JSON, `null` included.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<Object>))]
    pub output: Option<Value>,
    /// A run of this workflow in which the step gave an output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<RunId>,
}

/// `null` is an output too, and not the same as none.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// Whether an output may stand in for this step: it must not choose a branch, nor be the workflow's own input or output.
#[must_use]
pub fn may_be_pinned(node: &Node) -> bool {
    use super::graph::NodeKind;
    !node.kind.branches() && !matches!(node.kind, NodeKind::Input | NodeKind::Output) && !node.kind.is_annotation()
}
