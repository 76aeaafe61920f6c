//! Agents, and what is attached to them. An attachment is the one source of truth for what an agent may be offered; calling
//! needs the permission to execute as well (specification §2 and §5).

use crate::{
    ids::{AgentId, AttachmentId, ToolId},
    names,
    problem::FieldError,
    tools::{
        Status,
        access::{Level, Verdict, verdict},
    },
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};

#[cfg(feature = "ssr")]
pub mod attach;
#[cfg(feature = "ssr")]
pub mod attachments;
#[cfg(feature = "ssr")]
pub mod attachments_store;
#[cfg(feature = "ssr")]
pub mod change_attachment;
#[cfg(feature = "ssr")]
pub mod create;
#[cfg(feature = "ssr")]
pub mod delete;
#[cfg(feature = "ssr")]
pub mod detach;
#[cfg(feature = "ssr")]
pub mod get;
#[cfg(feature = "ssr")]
pub mod list;
#[cfg(feature = "ssr")]
pub mod openai_tools;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(feature = "ssr")]
pub mod update;

/// An agent: something outside that calls tools, known here by name and by what is attached to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Agent {
    pub id: AgentId,
    pub name: String,
    pub display_name: String,
    pub description: String,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// An agent as it stands in a list: with how much it holds and when it last called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct AgentSummary {
    #[serde(flatten)]
    pub agent: Agent,
    /// How many tools are attached, enabled or not.
    pub tool_count: i64,
    /// How many of them the agent can call now: enabled, active, and permitted.
    pub callable_count: i64,
    pub last_executed_at: Option<DateTime<Utc>>,
}

/// What an agent is made from, and what a change replaces it with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewAgent {
    /// 2 to 50 characters, `^[a-z][a-z0-9_]*$`, unique in the organization.
    pub name: String,
    /// What people read; the name where it is left out.
    #[serde(default)]
    pub display_name: String,
    #[serde(default)]
    pub description: String,
}

impl NewAgent {
    /// Trims what people type around words, and fills the display name from the name.
    #[must_use]
    pub fn tidy(mut self) -> Self {
        self.name = self.name.trim().to_owned();
        self.display_name = self.display_name.trim().to_owned();
        self.description = self.description.trim().to_owned();
        if self.display_name.is_empty() {
            self.display_name.clone_from(&self.name);
        }
        self
    }

    /// Everything that is wrong with it at once.
    #[must_use]
    pub fn check(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        names::check_name("name", &self.name, &mut errors);
        if !self.display_name.is_empty() {
            names::check_text("display_name", &self.display_name, 200, &mut errors);
        }
        if self.description.chars().count() > 10_000 {
            errors.push(FieldError::new("description", "At most 10000 characters."));
        }
        errors
    }
}

/// A tool attached to an agent, with what decides whether it can be called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Attachment {
    pub id: AttachmentId,
    pub agent_id: AgentId,
    pub tool_id: ToolId,
    pub tool_name: String,
    pub tool_display_name: String,
    pub tool_description: String,
    pub tool_kind: String,
    pub tool_status: String,
    pub tool_visibility: String,
    pub tool_version: i32,
    /// Offered to the model. Otherwise the tool runs at the start of a call only.
    pub is_vapi_attached: bool,
    pub is_enabled: bool,
    /// What the agent should know about using this tool; added to the description that the model reads.
    pub usage_comments: String,
    /// The version that the agent is shown and that runs for it. Null: the newest.
    pub pinned_version: Option<i32>,
    /// What this agent may call it at most, beside the tool's own limits. Null: no limit of its own.
    pub rate_limit_per_minute: Option<i32>,
    pub rate_limit_per_hour: Option<i32>,
    /// Whether the agent has the permission to execute it: public, built in, or granted and not expired.
    pub is_permitted: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Attachment {
    /// Why the agent cannot call this tool now; `None` when it can.
    #[must_use]
    pub fn obstacle(&self) -> Option<&'static str> {
        if !self.is_enabled {
            return Some("The attachment is switched off.");
        }
        let level = if self.is_permitted { Level::Execute } else { Level::Read };
        // A status that this release does not know is none that runs.
        match verdict(level, Status::parse(&self.tool_status).unwrap_or(Status::Disabled), false) {
            Verdict::Draft => Some("The tool is a draft. Agents call active tools only."),
            Verdict::Disabled => Some("The tool is disabled. Agents call active tools only."),
            Verdict::Unseen | Verdict::ReadOnly => Some("The agent has no permission to execute this private tool, or it has expired."),
            Verdict::Callable { .. } => None,
        }
    }
}

/// A tool that could be attached, or the reason why it cannot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct AvailableTool {
    pub tool_id: ToolId,
    pub name: String,
    pub display_name: String,
    pub description: String,
    pub kind: String,
    pub status: String,
    pub visibility: String,
    /// Attaching it gives the agent the permission to execute it.
    pub needs_grant: bool,
    /// Why it cannot be attached by who asks; `None` when it can.
    pub obstacle: Option<String>,
}

/// Attach this tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewAttachment {
    pub tool_id: ToolId,
    #[serde(default)]
    pub usage_comments: String,
    #[serde(default)]
    pub pinned_version: Option<i32>,
}

/// What to change about an attachment; absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AttachmentChange {
    #[serde(default)]
    pub is_enabled: Option<bool>,
    #[serde(default)]
    pub usage_comments: Option<String>,
    /// Null takes the limit away.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<i32>))]
    pub rate_limit_per_minute: Option<Option<i32>>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<i32>))]
    pub rate_limit_per_hour: Option<Option<i32>>,
    /// The agent gets the tool as it was at this version, whatever becomes of it. Null: always the newest.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<i32>))]
    pub pinned_version: Option<Option<i32>>,
}

/// Tells a field that is null from one that is left out.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// A limit is a number of calls; none at all is what switching off is for.
#[cfg(feature = "ssr")]
fn check_limit(field: &str, limit: Option<Option<i32>>, errors: &mut Vec<FieldError>) {
    if limit.flatten().is_some_and(|limit| limit < 1) {
        errors.push(FieldError::new(field, "At least 1. To allow no calls, switch the attachment off."));
    }
}

/// Usage comments are a hint for a model, not a manual.
#[cfg(feature = "ssr")]
fn check_usage_comments(text: &str, errors: &mut Vec<FieldError>) {
    if text.chars().count() > 2_000 {
        errors.push(FieldError::new("usage_comments", "At most 2000 characters."));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_without_a_display_name_is_called_by_its_name() {
        let agent = NewAgent { name: " stock_keeper ".to_owned(), ..NewAgent::default() }.tidy();
        assert_eq!((agent.name.as_str(), agent.display_name.as_str()), ("stock_keeper", "stock_keeper"));
        assert!(agent.check().is_empty());
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let agent = NewAgent { name: "Bad Name".to_owned(), display_name: "x".repeat(201), description: "y".repeat(10_001) };
        let fields: Vec<_> = agent.check().into_iter().map(|error| error.pointer).collect();
        assert_eq!(fields, ["/name", "/display_name", "/description"]);
    }
}
