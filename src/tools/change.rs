//! What makes a tool and what changes one.

use super::{ApiSpec, Kind, Status, Visibility};
use crate::ids::CategoryId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// When a call that failed is tried again. Only on 429, 502, 503, 504 and broken connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RetryPolicy {
    /// Calls in all, the first included: 1 to 10.
    pub max_attempts: u32,
    /// The first wait; doubled every time.
    pub backoff_ms: u64,
    /// Try POST and PATCH again too.
    pub retry_unsafe_methods: bool,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { max_attempts: 3, backoff_ms: 250, retry_unsafe_methods: false }
    }
}

/// What a tool is made from. Everything but `name`, `kind` and what the kind needs has a default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewTool {
    pub name: String,
    /// Made from `name` when left out.
    #[serde(default)]
    pub display_name: String,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub icon: Option<String>,
    #[serde(default)]
    pub category_id: Option<CategoryId>,
    #[serde(default)]
    pub tags: Vec<String>,
    pub kind: Kind,
    /// JSON Schema draft-07 of an object. Left out: no inputs.
    #[serde(default = "empty_object")]
    pub input_schema: Value,
    #[serde(default = "empty_object")]
    pub output_schema: Value,
    #[serde(default)]
    pub static_config: Map<String, Value>,
    #[serde(default = "empty_object")]
    pub config_metadata: Value,
    #[serde(default)]
    pub api_spec: Option<ApiSpec>,
    #[serde(default)]
    pub script_content: Option<String>,
    #[serde(default)]
    pub test_content: Option<String>,
    #[serde(default = "empty_object")]
    pub executor_config: Value,
    /// `draft` (default) or `active`. With tests that fail it stays a draft.
    #[serde(default = "draft")]
    pub status: Status,
    #[serde(default)]
    pub is_async: bool,
    #[serde(default = "yes")]
    pub attach_to_agent: bool,
    #[serde(default)]
    pub execute_on_call_start: bool,
    #[serde(default = "default_timeout")]
    pub timeout_ms: i32,
    #[serde(default)]
    pub rate_limit_per_minute: Option<i32>,
    #[serde(default)]
    pub rate_limit_per_hour: Option<i32>,
    #[serde(default)]
    pub retry_policy: RetryPolicy,
    #[serde(default)]
    pub cost_per_call: Option<f64>,
    #[serde(default = "private")]
    pub visibility: Visibility,
}

impl NewTool {
    /// A tool of this name and kind with all defaults.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: Kind) -> Self {
        Self {
            name: name.into(),
            display_name: String::new(),
            description: String::new(),
            icon: None,
            category_id: None,
            tags: Vec::new(),
            kind,
            input_schema: empty_object(),
            output_schema: empty_object(),
            static_config: Map::new(),
            config_metadata: empty_object(),
            api_spec: None,
            script_content: None,
            test_content: None,
            executor_config: empty_object(),
            status: Status::Draft,
            is_async: false,
            attach_to_agent: true,
            execute_on_call_start: false,
            timeout_ms: default_timeout(),
            rate_limit_per_minute: None,
            rate_limit_per_hour: None,
            retry_policy: RetryPolicy::default(),
            cost_per_call: None,
            visibility: Visibility::Private,
        }
    }
}

fn empty_object() -> Value {
    Value::Object(Map::new())
}
fn draft() -> Status {
    Status::Draft
}
fn private() -> Visibility {
    Visibility::Private
}
fn yes() -> bool {
    true
}
fn default_timeout() -> i32 {
    30_000
}

/// Tells a field that is null (take it away) from one that is left out (leave it).
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// A change of a tool. What is left out stays. Kind and status do not change this way.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct UpdateTool {
    /// The version that was read; a newer one stored meanwhile refuses the change (412).
    pub expected_version: Option<i32>,
    /// `updated_at` as it was read: stricter than the version, since it also sees changes that make no version.
    pub expected_updated_at: Option<DateTime<Utc>>,
    /// What changed, for the list of versions.
    pub changelog: String,
    pub name: Option<String>,
    pub display_name: Option<String>,
    pub description: Option<String>,
    #[serde(deserialize_with = "given")]
    pub icon: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    pub category_id: Option<Option<CategoryId>>,
    pub tags: Option<Vec<String>>,
    pub input_schema: Option<Value>,
    pub output_schema: Option<Value>,
    pub static_config: Option<Map<String, Value>>,
    pub config_metadata: Option<Value>,
    pub api_spec: Option<ApiSpec>,
    pub script_content: Option<String>,
    #[serde(deserialize_with = "given")]
    pub test_content: Option<Option<String>>,
    pub executor_config: Option<Value>,
    pub is_async: Option<bool>,
    pub attach_to_agent: Option<bool>,
    pub execute_on_call_start: Option<bool>,
    pub timeout_ms: Option<i32>,
    #[serde(deserialize_with = "given")]
    pub rate_limit_per_minute: Option<Option<i32>>,
    #[serde(deserialize_with = "given")]
    pub rate_limit_per_hour: Option<Option<i32>>,
    pub retry_policy: Option<RetryPolicy>,
    #[serde(deserialize_with = "given")]
    pub cost_per_call: Option<Option<f64>>,
    pub visibility: Option<Visibility>,
}
