//! Workflows: tools chained by a graph; and their runs. [`graph`] and [`engine`] are pure, [`runner`] does what the engine says.

use crate::{
    ids::{AgentId, RunId, SessionId, ToolId, TriggerId, UserId, WorkflowId},
    names,
    problem::FieldError,
    tools::{comparison::FieldChange, words},
};
use chrono::{DateTime, Utc};
use engine::{NodeResult, RunStatus, again};
use graph::{Definition, Finding};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

pub mod engine;
pub mod graph;
pub mod triggers;

#[cfg(feature = "ssr")]
pub mod cancel;
#[cfg(feature = "ssr")]
pub mod catalog;
#[cfg(feature = "ssr")]
pub mod composite;
#[cfg(feature = "ssr")]
pub mod create;
#[cfg(feature = "ssr")]
pub mod decide;
#[cfg(feature = "ssr")]
pub mod delete;
#[cfg(feature = "ssr")]
pub mod execute;
#[cfg(feature = "ssr")]
pub mod follow;
#[cfg(feature = "ssr")]
pub mod get;
#[cfg(feature = "ssr")]
pub mod get_run;
#[cfg(feature = "ssr")]
pub mod list;
#[cfg(feature = "ssr")]
pub mod list_items;
#[cfg(feature = "ssr")]
pub mod list_runs;
#[cfg(feature = "ssr")]
pub mod publish;
#[cfg(feature = "ssr")]
mod reach;
#[cfg(feature = "ssr")]
pub mod rerun;
#[cfg(feature = "ssr")]
mod runnable;
#[cfg(feature = "ssr")]
pub mod runner;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(feature = "ssr")]
pub mod update;
#[cfg(feature = "ssr")]
pub mod versions;

words! {
    /// Who sees a workflow inside the organization.
    Visibility {
        Private = "private", "Private";
        Public = "public", "Public";
    }
}

words! {
    /// Whose a workflow is.
    OwnerType {
        User = "user", "Person";
        Agent = "agent", "Agent";
    }
}

/// A workflow with its definition and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Workflow {
    pub id: WorkflowId,
    pub name: String,
    pub display_name: String,
    pub description: String,
    pub definition: Definition,
    /// Counts every save. A save names the revision it was made from.
    pub revision: i32,
    /// The version that runs use; `None`: it was never published, and runs use the draft.
    #[serde(default)]
    pub published_version: Option<i32>,
    pub visibility: Visibility,
    pub is_template: bool,
    pub owner_id: Option<uuid::Uuid>,
    pub owner_type: OwnerType,
    pub execution_count: i64,
    pub last_executed_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Judged with the tools that whoever asks may use.
    #[serde(default)]
    pub findings: Vec<Finding>,
}

/// A row of the list of workflows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct WorkflowSummary {
    pub id: WorkflowId,
    pub name: String,
    pub display_name: String,
    pub description: String,
    pub revision: i32,
    pub visibility: Visibility,
    pub execution_count: i64,
    pub last_executed_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// How many steps it has.
    pub steps: i64,
    /// The last five runs, newest first.
    pub last_runs: Vec<RunMark>,
}

/// How one run ended, for a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct RunMark {
    pub id: RunId,
    pub status: RunStatus,
    pub created_at: DateTime<Utc>,
}

/// What a workflow is made from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewWorkflow {
    /// 2 to 50 characters, `^[a-z][a-z0-9_]*$`, unique in the organization.
    pub name: String,
    /// Made from `name` when left out.
    #[serde(default)]
    pub display_name: String,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub definition: Definition,
    #[serde(default = "private")]
    pub visibility: Visibility,
    /// Keeps an unfinished definition too: findings are kept for later, as long as the graph has a clear meaning.
    #[serde(default)]
    pub draft: bool,
}

fn private() -> Visibility {
    Visibility::Private
}

/// A change of a workflow. What is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateWorkflow {
    /// The revision that was read; if it is no longer the newest, nothing is saved (412). Over REST `If-Match` may say it instead.
    #[serde(default)]
    pub revision: i32,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub display_name: Option<String>,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub definition: Option<Definition>,
    #[serde(default)]
    pub visibility: Option<Visibility>,
    #[serde(default)]
    pub draft: bool,
}

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
    /// Only what leads to this node is run, and its output is the run's.
    #[serde(default)]
    pub until: Option<String>,
    /// Node → the output to take instead of running it.
    #[serde(default)]
    #[cfg_attr(feature = "ssr", schema(value_type = Object))]
    pub pins: BTreeMap<String, Value>,
}

/// What is published.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Publish {
    /// The revision of the draft that was read; if it is no longer the newest, nothing is published (412). Over REST `If-Match` may say it instead.
    #[serde(default)]
    pub revision: i32,
    /// What is new.
    #[serde(default)]
    pub note: String,
}

/// A published version, without its definition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct WorkflowVersionHead {
    pub version: i32,
    /// The draft's, when it was published.
    pub revision: i32,
    pub note: String,
    pub created_by: Option<UserId>,
    pub created_by_name: String,
    pub created_at: DateTime<Utc>,
}

/// A published version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct WorkflowVersion {
    #[serde(flatten)]
    pub head: WorkflowVersionHead,
    pub definition: Definition,
}

/// What differs between two versions, by steps and connections. `null` is the draft.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct WorkflowComparison {
    pub from: Option<i32>,
    pub to: Option<i32>,
    pub changed: Vec<FieldChange>,
}

/// What a tool that is made of a workflow is called, where not like the workflow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewComposite {
    /// 2 to 50 characters, `^[a-z][a-z0-9_]*$`; the workflow's name where left out.
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub display_name: Option<String>,
    /// A model decides by this text when to call the tool; the workflow's where left out.
    #[serde(default)]
    pub description: Option<String>,
    /// Which version it runs; the newest one where left out.
    #[serde(default)]
    pub version: Option<i32>,
    /// The workflow's where left out.
    #[serde(default)]
    pub visibility: Option<crate::tools::Visibility>,
    /// Left a draft instead of being active at once.
    #[serde(default)]
    pub draft: bool,
}

/// A composite tool of a workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct CompositeUse {
    pub tool_id: ToolId,
    pub name: String,
    pub display_name: String,
    pub status: String,
    /// The version of the workflow that it runs.
    pub version: i32,
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
    pub status: RunStatus,
    pub error_message: Option<String>,
    pub source: String,
    pub created_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub completed_at: Option<DateTime<Utc>>,
}

/// Trims the words and checks them; all errors at once.
pub fn check_words(name: &str, display_name: &str, description: &str) -> Vec<FieldError> {
    let mut errors = Vec::new();
    names::check_name("name", name, &mut errors);
    names::check_text("display_name", display_name, 200, &mut errors);
    if description.chars().count() > 5_000 {
        errors.push(FieldError::new("description", "At most 5 000 characters."));
    }
    errors
}

/// Findings as errors of the fields of what was sent.
#[must_use]
pub fn as_errors(definition: &Definition, findings: &[Finding]) -> Vec<FieldError> {
    findings.iter().map(|finding| FieldError::new(finding.pointer(definition), format!("{} {}", finding.message, finding.remedy))).collect()
}
