//! Workflows: tools chained by a graph; and their runs. [`graph`], [`canvas`] and [`engine`] are pure, [`runner`] does what the engine says.

use crate::{
    ids::{RunId, ToolId, UserId, WorkflowId},
    names,
    problem::FieldError,
    tools::{comparison::FieldChange, words},
};
use chrono::{DateTime, Utc};
use engine::RunStatus;
use graph::{Definition, Finding};
use serde::{Deserialize, Serialize};

pub mod canvas;
pub mod engine;
pub mod exchange;
pub mod graph;
pub mod inspect;
pub mod pins;
mod run;
pub mod run_live;
pub mod templates;
pub mod together;
pub mod triggers;

#[cfg(feature = "ssr")]
mod begin;
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
pub mod export;
#[cfg(feature = "ssr")]
pub mod follow;
#[cfg(feature = "ssr")]
pub mod get;
#[cfg(feature = "ssr")]
pub mod get_run;
#[cfg(feature = "ssr")]
pub mod import;
#[cfg(feature = "ssr")]
pub mod list;
#[cfg(feature = "ssr")]
pub mod list_items;
#[cfg(feature = "ssr")]
pub mod list_runs;
#[cfg(feature = "ssr")]
mod prepare;
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
pub mod samples;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(feature = "ssr")]
pub mod update;
#[cfg(feature = "ssr")]
pub mod vanished;
#[cfg(feature = "ssr")]
pub mod versions;

pub use run::{Approval, Decide, Rerun, Run, RunItem, RunSummary, StartRun};

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
