//! What a node is set to.

use crate::ids::{UserId, WorkflowId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What a node is set to: what it is fed, what happens when it fails, and what its type needs. Unknown entries are kept as they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NodeConfig {
    /// Constants: input field → value.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[cfg_attr(feature = "ssr", schema(value_type = Object))]
    pub inputs: Map<String, Value>,
    /// Input field → expression over the outputs of earlier nodes: `{"total": "load.price * load.count"}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub expressions: BTreeMap<String, String>,
    /// `input`: what the workflow is given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<InputField>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<RetryPolicy>,
    /// How long one attempt may take.
    #[serde(default, alias = "timeout_ms", skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// What becomes of the run when this node fails: `fail` where left out.
    #[serde(default, alias = "on_error", skip_serializing_if = "Option::is_none")]
    pub on_error: Option<OnError>,
    /// The older way to say `"onError": "continue"`.
    #[serde(default, alias = "continue_on_error", skip_serializing_if = "std::ops::Not::not")]
    pub continue_on_error: bool,
    /// Stands in for the output of a node that failed, with `"onError": "continue"`.
    #[serde(default, alias = "default_output", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<Object>))]
    pub default_output: Option<Value>,
    /// `condition`: goes on by `true` where this expression holds, else by `false`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// `switch`: the first case that holds is taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<Case>,
    /// `merge`: `all` where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<MergeMode>,
    /// `transform`: an expression whose value is the whole output. Without it the output is what the node is fed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// `delay`: how long. May be fed as the input `ms` instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ms: Option<u64>,
    /// `delay`: until when (RFC 3339). May be fed as the input `until` instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// `approval`: what is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// `approval`: who may answer. Owners, admins and builders where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approvers: Option<Approvers>,
    /// `approval`: how long the answer may take. Without it the run waits as long as it takes.
    #[serde(default, alias = "expires_after_ms", skip_serializing_if = "Option::is_none")]
    pub expires_after_ms: Option<u64>,
    /// `approval`: what an answer that did not come means; `fail` where left out.
    #[serde(default, alias = "on_expiry", skip_serializing_if = "Option::is_none")]
    pub on_expiry: Option<OnExpiry>,
    /// `workflow`, and `for_each` without a tool: which workflow is run.
    #[serde(default, alias = "workflow_id", skip_serializing_if = "Option::is_none")]
    pub workflow_id: Option<WorkflowId>,
    /// `for_each`: input field of each call → expression over `item`, `index` and earlier outputs. Without it the item's own fields are given.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub each: BTreeMap<String, String>,
    /// `for_each`: how many calls at the same time; 4 where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<u32>,
    /// `for_each`: whether an item that fails ends the node (`fail`) or leaves a gap (`continue`).
    #[serde(default, alias = "on_item_error", skip_serializing_if = "Option::is_none")]
    pub on_item_error: Option<OnItemError>,
    /// `note`: its words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// `note` and `group`: how wide and how high, in the canvas's units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
    /// `note` and `group`: yellow and grey where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tint: Option<Tint>,
    #[serde(flatten)]
    #[cfg_attr(feature = "ssr", schema(value_type = Object))]
    pub other: Map<String, Value>,
}

impl NodeConfig {
    #[must_use]
    pub fn on_error(&self) -> OnError {
        match self.on_error {
            Some(choice) => choice,
            None if self.continue_on_error => OnError::Continue,
            None => OnError::Fail,
        }
    }

    /// Sets whether the run goes on without this node, and leaves an error branch as it is.
    pub fn set_goes_on(&mut self, goes_on: bool) {
        self.continue_on_error = goes_on;
        if goes_on || self.on_error == Some(OnError::Continue) {
            self.on_error = None;
        }
    }
}

/// The room that a note or a group takes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Size {
    pub width: f64,
    pub height: f64,
}

/// The paper of a note, the ground of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Tint {
    Yellow,
    Blue,
    Green,
    Red,
    Grey,
}

impl Tint {
    pub const ALL: [Self; 5] = [Self::Yellow, Self::Blue, Self::Green, Self::Red, Self::Grey];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yellow => "yellow",
            Self::Blue => "blue",
            Self::Green => "green",
            Self::Red => "red",
            Self::Grey => "grey",
        }
    }
}

/// What becomes of the run when a node fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OnError {
    /// The run fails; what depends on the node is skipped.
    #[default]
    Fail,
    /// The run goes on by the edges whose `sourceHandle` is `error`.
    Branch,
    /// The run goes on as if the node had given its `defaultOutput`.
    Continue,
}

/// A way out of a `switch`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Case {
    /// The `sourceHandle` of the edges that leave by this case.
    pub handle: String,
    /// The case holds where this expression is true.
    pub when: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MergeMode {
    /// Waits until every branch has arrived or is known not to come.
    #[default]
    All,
    /// Goes on with the first branch that arrives.
    Any,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OnItemError {
    #[default]
    Fail,
    Continue,
}

/// What it means when nobody answered in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OnExpiry {
    #[default]
    Fail,
    Approve,
    Reject,
}

/// Who may answer an approval: who has one of these roles, and these people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Approvers {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<UserId>,
}

/// One thing the workflow is given when it starts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct InputField {
    pub name: String,
    #[serde(rename = "type", default)]
    pub kind: FieldKind,
    #[serde(default)]
    pub required: bool,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<Object>))]
    pub default: Option<Value>,
}

/// JSON's types, as JSON Schema names them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    #[default]
    String,
    Number,
    Integer,
    Boolean,
    Array,
    Object,
}

impl FieldKind {
    pub const ALL: [Self; 6] = [Self::String, Self::Number, Self::Integer, Self::Boolean, Self::Array, Self::Object];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::Array => "array",
            Self::Object => "object",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// How often a failed call is tried again, and after how long (doubled each time, five minutes at most).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RetryPolicy {
    /// Attempts in all, the first one included.
    #[serde(alias = "max_attempts")]
    pub max_attempts: u32,
    #[serde(default, alias = "backoff_ms")]
    pub backoff_ms: u64,
    /// Waits between half and all of the time, so that many runs do not come back at the same moment. On where left out.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub jitter: bool,
}

fn yes() -> bool {
    true
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_yes(value: &bool) -> bool {
    *value
}
