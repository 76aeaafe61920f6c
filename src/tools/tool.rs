//! A tool as it is stored, listed and remembered.

use super::{ApiSpec, Kind, OwnerType, RetryPolicy, Status, Visibility};
use crate::ids::{CategoryId, OrganizationId, ToolId, UserId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A tool with everything it is made of. Holds no secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Tool {
    pub id: ToolId,
    /// Null: a platform tool.
    pub organization_id: Option<OrganizationId>,
    pub name: String,
    pub display_name: String,
    pub description: String,
    pub icon: Option<String>,
    pub category_id: Option<CategoryId>,
    pub tags: Vec<String>,
    pub kind: Kind,
    pub input_schema: Value,
    pub output_schema: Value,
    /// What a model sees: `{name, description, parameters}`.
    pub function_schema: Value,
    /// Inputs with fixed values, hidden from the model.
    pub static_config: Map<String, Value>,
    /// What the form needs to rebuild itself.
    pub config_metadata: Value,
    pub api_spec: Option<ApiSpec>,
    pub script_content: Option<String>,
    pub test_content: Option<String>,
    pub executor_config: Value,
    pub status: Status,
    pub is_async: bool,
    pub attach_to_agent: bool,
    pub execute_on_call_start: bool,
    pub timeout_ms: i32,
    pub rate_limit_per_minute: Option<i32>,
    pub rate_limit_per_hour: Option<i32>,
    pub retry_policy: RetryPolicy,
    pub cost_per_call: Option<f64>,
    pub visibility: Visibility,
    pub owner_id: Option<uuid::Uuid>,
    pub owner_type: Option<OwnerType>,
    pub version: i32,
    pub execution_count: i64,
    pub last_executed_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Tool {
    /// The state of the tool: differs after every change, also after those that make no version.
    #[must_use]
    pub fn tag(&self) -> String {
        format!("{}.{}", self.version, self.updated_at.timestamp_micros())
    }

    /// What [`Tool::tag`] said, for a change that expects it.
    #[must_use]
    pub fn read_tag(tag: &str) -> Option<(i32, DateTime<Utc>)> {
        let (version, moment) = tag.split_once('.')?;
        Some((version.parse().ok()?, DateTime::from_timestamp_micros(moment.parse().ok()?)?))
    }

    /// Whether callers are asked for this input: it is neither fixed nor hidden from the model.
    #[must_use]
    pub fn asks_for(&self, input: &str) -> bool {
        let seen = self.function_schema.pointer("/parameters/properties").and_then(Value::as_object);
        seen.map_or(!self.static_config.contains_key(input), |seen| seen.contains_key(input))
    }
}

/// A row of the tool list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ToolSummary {
    pub id: ToolId,
    pub name: String,
    pub display_name: String,
    pub description: String,
    /// The name of a Lucide icon, see [`super::ICONS`].
    pub icon: Option<String>,
    pub kind: Kind,
    pub status: Status,
    pub visibility: Visibility,
    pub owner_id: Option<uuid::Uuid>,
    pub category_id: Option<CategoryId>,
    pub tags: Vec<String>,
    pub version: i32,
    pub input_schema: Value,
    pub function_schema: Value,
    pub execution_count: i64,
    pub last_executed_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// The state of a tool that somebody read, and means when they change or delete it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    pub version: i32,
    /// Stricter than the version, since it also sees changes that make none.
    pub updated_at: Option<DateTime<Utc>>,
}

impl Seen {
    /// Whether the tool is still what was read.
    #[must_use]
    pub fn is(self, tool: &Tool) -> bool {
        self.version == tool.version && self.updated_at.is_none_or(|at| at.timestamp_micros() == tool.updated_at.timestamp_micros())
    }
}

/// A tool as it was at a version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ToolVersion {
    pub version: i32,
    pub changelog: String,
    /// Contract, configuration and script as they were.
    pub snapshot: Value,
    pub created_by: Option<UserId>,
    pub created_by_name: Option<String>,
    pub created_at: DateTime<Utc>,
}

/// What goes with a tool when it is deleted, and what is left without it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goes {
    pub versions: i64,
    pub grants: i64,
    /// Agents it is attached to, by name.
    pub agents: Vec<String>,
    /// Workflows that call it, by name: they stay and fail at its steps.
    pub workflows: Vec<String>,
}
