//! Runs of workflows: how they are asked for, and what is known of them.

use super::{
    engine::{self, NodeResult, RunStatus, again},
    graph::Definition,
};
use crate::ids::{AgentId, RunId, SessionId, TriggerId, UserId, WorkflowId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// How a run is asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StartRun {
    #[serde(default)]
    #[cfg_attr(feature = "ssr", schema(value_type = Object))]
    pub input: Map<String, Value>,
    /// Answer when the run has ended, or after `timeout_ms` with the run as it stands then.
    #[serde(default)]
    pub wait: bool,
    /// How long to wait at most: 60 000 where left out, 300 000 at most.
    #[serde(default)]
    pub timeout_ms: Option<u64>,
    #[serde(default)]
    pub session_id: Option<SessionId>,
    #[serde(default)]
    pub trace_id: Option<String>,
    /// This published version; where left out the newest one, or the draft of what was never published.
    #[serde(default)]
    pub version: Option<i32>,
    /// The draft, whatever is published.
    #[serde(default)]
    pub draft: bool,
    /// `"start"`; `{"node": "id"}`: that node and what follows it, with the results of what leads there taken from `earlier` or pinned; or
    /// `"failure"`: what failed or never ran in `earlier`.
    #[serde(default)]
    pub from: again::From,
    /// An ended run of this workflow whose results are kept. Without `input`, its input is taken too.
    #[serde(default)]
    pub earlier: Option<RunId>,
    /// Takes what is pinned in the workflow instead of running those nodes. Of the draft only: published versions never use it.
    #[serde(default)]
    pub pinned: bool,
    /// Only what leads to this node is run, and its output is the run's.
    #[serde(default)]
    pub until: Option<String>,
    /// Node → the output to take instead of running it.
    #[serde(default)]
    #[cfg_attr(feature = "ssr", schema(value_type = Object))]
    pub pins: BTreeMap<String, Value>,
}

/// How a run is run again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Rerun {
    /// `"start"`, `"failure"` or `{"node": "id"}`: results of what lies before are kept. `"failure"` where left out.
    #[serde(default = "failure")]
    pub from: again::From,
    /// Only what leads to this node is run, and its output is the run's.
    #[serde(default)]
    pub until: Option<String>,
    /// Node → the output to take instead of running it.
    #[serde(default)]
    #[cfg_attr(feature = "ssr", schema(value_type = Object))]
    pub pins: BTreeMap<String, Value>,
    /// With the version that is published now (the draft, where none is), not with the one of then.
    #[serde(default)]
    pub newest: bool,
    #[serde(default)]
    pub wait: bool,
    #[serde(default)]
    pub timeout_ms: Option<u64>,
}

fn failure() -> again::From {
    again::From::Failure
}

/// A question to people that a run waits on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Approval {
    pub run_id: RunId,
    pub node_id: String,
    pub message: String,
    /// Who may answer: who has one of these roles, and these people. Both empty: owners, admins and builders.
    pub roles: Vec<String>,
    pub users: Vec<UserId>,
    pub requested_at: DateTime<Utc>,
    pub due_at: Option<DateTime<Utc>>,
    /// `approved` or `rejected`, once answered.
    pub decision: Option<String>,
    pub decided_by_name: Option<String>,
    pub note: String,
    pub decided_at: Option<DateTime<Utc>>,
}

/// The answer to an approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Decide {
    pub approve: bool,
    #[serde(default)]
    pub note: String,
}

/// What became of one item of a `for_each`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct RunItem {
    pub index: i32,
    #[serde(flatten)]
    pub result: engine::Item,
}

/// One run of a workflow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Run {
    pub id: RunId,
    pub workflow_id: WorkflowId,
    pub workflow_name: String,
    pub workflow_revision: i32,
    /// `None`: it runs the draft.
    #[serde(default)]
    pub workflow_version: Option<i32>,
    pub status: RunStatus,
    /// A node that is running now.
    pub current_node: Option<String>,
    #[cfg_attr(feature = "ssr", schema(value_type = Object))]
    pub input_data: Map<String, Value>,
    pub output_data: Option<Value>,
    pub node_results: BTreeMap<String, NodeResult>,
    pub error_message: Option<String>,
    pub user_id: Option<UserId>,
    pub agent_id: Option<AgentId>,
    pub source: String,
    /// What started it; `None` with a name: a trigger that is gone since.
    #[serde(default)]
    pub trigger_id: Option<TriggerId>,
    #[serde(default)]
    pub trigger_name: Option<String>,
    pub trace_id: Option<String>,
    pub created_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub completed_at: Option<DateTime<Utc>>,
    /// The workflow as it was when the run began.
    pub definition: Definition,
    /// The run that this one is a step of.
    pub parent_run_id: Option<RunId>,
    /// The run whose results it keeps.
    pub resumed_from: Option<RunId>,
}

/// A row of the list of runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct RunSummary {
    pub id: RunId,
    pub workflow_id: WorkflowId,
    pub workflow_name: String,
    pub workflow_revision: i32,
    /// `None`: it runs the draft.
    #[serde(default)]
    pub workflow_version: Option<i32>,
    pub status: RunStatus,
    pub error_message: Option<String>,
    pub source: String,
    /// What started it, if it was no person or program.
    #[serde(default)]
    pub trigger_name: Option<String>,
    /// The run whose results it keeps.
    #[serde(default)]
    pub resumed_from: Option<RunId>,
    pub created_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub completed_at: Option<DateTime<Utc>>,
}
