//! Executions: one call of one tool, whoever called. [`execute`](execute::execute) is the one way through which every call goes.

use crate::{
    ids::{AgentId, ExecutionId, KeyId, RunId, SessionId, ToolId, UserId},
    problem::FieldError,
    tools::{Kind, words},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[cfg(feature = "ssr")]
pub mod cancel;
#[cfg(feature = "ssr")]
pub mod dashboard;
#[cfg(feature = "ssr")]
pub mod execute;
#[cfg(feature = "ssr")]
pub mod get;
pub mod histogram;
#[cfg(feature = "ssr")]
mod inputs;
#[cfg(feature = "ssr")]
mod ledger;
#[cfg(feature = "ssr")]
pub mod left_behind;
#[cfg(feature = "ssr")]
pub mod list;
#[cfg(feature = "ssr")]
pub mod replay;
#[cfg(feature = "ssr")]
mod store;
#[cfg(feature = "ssr")]
pub mod who;

#[cfg(feature = "ssr")]
pub use cancel::Cancel;
#[cfg(feature = "ssr")]
pub use dashboard::{dashboard, pulses};
#[cfg(feature = "ssr")]
pub use execute::{ExecuteRequest, RunContext, execute};
#[cfg(feature = "ssr")]
pub use ledger::Ledger;
#[cfg(feature = "ssr")]
pub use {get::get, list::list};

words! {
    /// How an execution stands.
    Status {
        Pending = "pending", "Pending";
        Running = "running", "Running";
        Success = "success", "Success";
        Failed = "failed", "Failed";
        Timeout = "timeout", "Timed out";
        Cancelled = "cancelled", "Cancelled";
        Unauthorized = "unauthorized", "Unauthorized";
        RateLimited = "rate_limited", "Rate limited";
        InvalidInput = "invalid_input", "Invalid input";
    }
}

impl Status {
    /// Nothing more will happen.
    #[must_use]
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Pending | Self::Running)
    }

    /// Refused before anything was done.
    #[must_use]
    pub fn is_refusal(self) -> bool {
        matches!(self, Self::Unauthorized | Self::RateLimited | Self::InvalidInput)
    }
}

words! {
    /// Why an execution did not succeed.
    ErrorClass {
        InvalidInput = "invalid_input", "Invalid input";
        Unauthorized = "unauthorized", "Unauthorized";
        RateLimited = "rate_limited", "Rate limited";
        Timeout = "timeout", "Timeout";
        Upstream = "upstream", "Upstream";
        Sandbox = "sandbox", "Sandbox";
        Cancelled = "cancelled", "Cancelled";
        /// Our own fault.
        Internal = "internal", "Internal";
    }
}

impl ErrorClass {
    /// The status of an execution that ended this way.
    #[must_use]
    pub fn status(self) -> Status {
        match self {
            Self::InvalidInput => Status::InvalidInput,
            Self::Unauthorized => Status::Unauthorized,
            Self::RateLimited => Status::RateLimited,
            Self::Timeout => Status::Timeout,
            Self::Cancelled => Status::Cancelled,
            Self::Upstream | Self::Sandbox | Self::Internal => Status::Failed,
        }
    }
}

/// One call of one tool, with everything that is known of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Execution {
    pub id: ExecutionId,
    pub tool_id: ToolId,
    pub tool_name: String,
    pub tool_kind: Kind,
    pub tool_version: i32,
    pub user_id: Option<UserId>,
    pub agent_id: Option<AgentId>,
    pub session_id: Option<SessionId>,
    pub run_id: Option<RunId>,
    pub node_id: Option<String>,
    pub item_index: Option<i32>,
    pub execution_order: Option<i32>,
    /// `page`, `rest`, `mcp`, `webhook`, `workflow`, `demo`.
    pub source: String,
    pub status: Status,
    pub inputs: Value,
    pub outputs: Option<Value>,
    /// What a script printed.
    pub logs: Option<String>,
    pub warnings: Vec<String>,
    pub error_class: Option<ErrorClass>,
    pub error_message: Option<String>,
    /// What the executor did: request line, response status, attempts, exit code.
    pub account: Value,
    pub trace_id: Option<String>,
    pub user_prompt: Option<String>,
    /// The key that was used, never its value.
    pub key_id: Option<KeyId>,
    pub cost: Option<f64>,
    pub created_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub completed_at: Option<DateTime<Utc>>,
    pub duration_ms: Option<f64>,
}

impl Execution {
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.status == Status::Success
    }

    /// What was wrong with the inputs, for an `invalid_input`.
    #[must_use]
    pub fn field_errors(&self) -> Vec<FieldError> {
        self.account.get("errors").and_then(|errors| serde_json::from_value(errors.clone()).ok()).unwrap_or_default()
    }
}

/// A row of the list of executions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ExecutionSummary {
    pub id: ExecutionId,
    pub tool_id: ToolId,
    pub tool_name: String,
    pub tool_kind: Kind,
    pub tool_version: i32,
    pub user_id: Option<UserId>,
    pub agent_id: Option<AgentId>,
    pub run_id: Option<RunId>,
    pub node_id: Option<String>,
    pub source: String,
    pub status: Status,
    pub error_class: Option<ErrorClass>,
    pub error_message: Option<String>,
    pub cost: Option<f64>,
    pub created_at: DateTime<Utc>,
    pub duration_ms: Option<f64>,
}

words! {
    /// What a list of executions is sorted by.
    ExecutionSort {
        When = "when", "When";
        Tool = "tool", "Tool";
        Kind = "kind", "Kind";
        Status = "status", "Status";
        Source = "source", "Source";
        Duration = "duration", "Duration";
        Cost = "cost", "Cost";
    }
}

/// The order of a list of executions; left alone, the newest first. Only by time does it go through all of them: any other order is one
/// of the newest [`SORTED`] that match, so that it costs the same however many there are, and a call pays for no index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutionOrder {
    pub sort: ExecutionSort,
    pub descending: bool,
}

impl Default for ExecutionOrder {
    fn default() -> Self {
        Self { sort: ExecutionSort::When, descending: true }
    }
}

/// How many executions are put in another order than that of time.
pub const SORTED: i64 = 10_000;

/// Which executions to list, newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExecutionFilter {
    pub tool_id: Option<ToolId>,
    pub agent_id: Option<AgentId>,
    pub session_id: Option<SessionId>,
    pub run_id: Option<RunId>,
    pub status: Option<Status>,
    pub source: Option<String>,
    /// From this moment on.
    pub from: Option<DateTime<Utc>>,
    /// Before this moment.
    pub to: Option<DateTime<Utc>>,
    /// Words, or their beginnings, in the tool's name, the inputs, the outputs, the error or the prompt.
    pub text: Option<String>,
    pub order: ExecutionOrder,
    /// `next_cursor` of the page before, in the same order.
    pub cursor: Option<String>,
    /// 1 to 100; 50 when left out.
    pub limit: Option<i64>,
}

/// How far a dashboard looks back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Range {
    Hour,
    #[default]
    Day,
    Week,
    Month,
}

impl Range {
    pub const ALL: [Self; 4] = [Self::Hour, Self::Day, Self::Week, Self::Month];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Hour => "Last hour",
            Self::Day => "Last 24 hours",
            Self::Week => "Last 7 days",
            Self::Month => "Last 30 days",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|range| range.as_str() == text)
    }

    /// Length of the whole range in minutes.
    #[must_use]
    pub fn minutes(self) -> i64 {
        match self {
            Self::Hour => 60,
            Self::Day => 24 * 60,
            Self::Week => 7 * 24 * 60,
            Self::Month => 30 * 24 * 60,
        }
    }

    /// Length of one bucket of the series in minutes.
    #[must_use]
    pub fn bucket_minutes(self) -> i64 {
        match self {
            Self::Hour => 1,
            Self::Day => 30,
            Self::Week => 4 * 60,
            Self::Month => 24 * 60,
        }
    }
}

/// Figures of a period.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Calls that ran: successes and failures.
    pub count: i64,
    pub success: i64,
    pub failed: i64,
    /// Calls refused before anything ran.
    pub refused: i64,
    /// 0 to 1; `None` without calls.
    pub success_rate: Option<f64>,
    pub p50_ms: Option<f64>,
    pub p95_ms: Option<f64>,
    pub cost: f64,
}

/// One bucket of the time series.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bucket {
    pub at: DateTime<Utc>,
    pub success: i64,
    pub failed: i64,
    pub refused: i64,
    pub p50_ms: Option<f64>,
    pub p95_ms: Option<f64>,
}

/// A tool that fails, most failures first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FailingTool {
    pub tool_id: ToolId,
    pub tool_name: String,
    pub count: i64,
    pub failed: i64,
    pub last_error: Option<String>,
}

/// Is everything all right? From the rollups, never from counting rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dashboard {
    pub range: Range,
    pub now: Figures,
    /// The period of the same length before.
    pub before: Figures,
    pub series: Vec<Bucket>,
    pub series_before: Vec<Bucket>,
    pub failing: Vec<FailingTool>,
}

/// The last 24 hours of one tool, one figure per hour, oldest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pulse {
    pub tool_id: ToolId,
    pub calls: Vec<i64>,
    pub failures: Vec<i64>,
    pub success_rate: Option<f64>,
}
