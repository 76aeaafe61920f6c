//! Tools: what agents may call. Types and rules here, one file per use case.

use crate::ids::{AgentId, CategoryId, OrganizationId, ToolId, UserId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

#[cfg(feature = "ssr")]
pub mod access;
#[cfg(feature = "ssr")]
pub mod categories;
pub mod check;
#[cfg(feature = "ssr")]
pub mod create;
#[cfg(feature = "ssr")]
pub mod delete;
#[cfg(feature = "ssr")]
pub mod get;
#[cfg(feature = "ssr")]
pub mod list;
#[cfg(feature = "ssr")]
pub mod status;
#[cfg(feature = "ssr")]
pub(crate) mod store;
pub mod template;
#[cfg(feature = "ssr")]
pub mod update;
#[cfg(feature = "ssr")]
pub mod versions;

#[cfg(feature = "ssr")]
pub use {create::create, delete::delete, get::get, list::list, status::change_status, update::update};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$item:meta])* $variant:ident = $word:literal, $label:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema))]
        #[cfg_attr(feature = "ssr", sqlx(type_name = "text", rename_all = "snake_case"))]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$item])* $variant,)* }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// For people.
            #[must_use]
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }

            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($word => Some(Self::$variant),)* _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// Who does the work of a tool.
    Kind {
        ApiRequest = "api_request", "API request";
        Python = "python", "Python";
        Shell = "shell", "Shell";
        Mcp = "mcp", "MCP";
        Sms = "sms", "SMS";
        TransferCall = "transfer_call", "Call transfer";
        PipedreamAction = "pipedream_action", "Pipedream action";
        Composite = "composite", "Composite";
        Builtin = "builtin", "Built in";
    }
}

impl Kind {
    /// The kinds that can be made: those with an executor.
    pub const AVAILABLE: &[Self] = &[Self::ApiRequest, Self::Python];

    #[must_use]
    pub fn is_available(self) -> bool {
        Self::AVAILABLE.contains(&self)
    }

    /// One line that says what a tool of this kind does.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::ApiRequest => "Calls an HTTP API: method, address, parameters, body template.",
            Self::Python => "Runs a script of yours in a sandbox without network.",
            Self::Shell => "Runs a shell script in a sandbox.",
            Self::Mcp => "Calls a tool of an MCP server.",
            Self::Sms => "Sends text messages.",
            Self::TransferCall => "Transfers a phone call.",
            Self::PipedreamAction => "Runs a Pipedream action.",
            Self::Composite => "Runs a published workflow.",
            Self::Builtin => "Comes with Toolcrib.",
        }
    }
}

words! {
    /// Where a tool stands. See [`Status::may_become`].
    Status {
        Draft = "draft", "Draft";
        Active = "active", "Active";
        Disabled = "disabled", "Disabled";
        Deprecated = "deprecated", "Deprecated";
    }
}

impl Status {
    /// The status machine (specification §3): draft → active, active ⇄ disabled, active ⇄ deprecated; nothing else.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Draft, Self::Active)
                | (Self::Active, Self::Disabled | Self::Deprecated)
                | (Self::Disabled, Self::Active)
                | (Self::Deprecated, Self::Active)
        )
    }

    /// The statuses that may follow.
    #[must_use]
    pub fn next(self) -> Vec<Self> {
        Self::ALL.iter().copied().filter(|next| self.may_become(*next)).collect()
    }
}

words! {
    /// Who sees a tool inside the organization.
    Visibility {
        Platform = "platform", "Platform";
        Public = "public", "Public";
        Private = "private", "Private";
    }
}

words! {
    /// Whose a tool is.
    OwnerType {
        User = "user", "Person";
        Agent = "agent", "Agent";
        Platform = "platform", "Platform";
    }
}

/// How an API wants to be convinced of who calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum AuthType {
    #[default]
    None,
    Bearer,
    #[serde(alias = "api_key")]
    ApiKey,
    Basic,
    Oauth2,
}

impl AuthType {
    pub const ALL: [Self; 5] = [Self::None, Self::Bearer, Self::ApiKey, Self::Basic, Self::Oauth2];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Bearer => "bearer",
            Self::ApiKey => "api-key",
            Self::Basic => "basic",
            Self::Oauth2 => "oauth2",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|auth| auth.as_str() == text)
    }
}

/// The request an `api_request` tool makes. Stored in camelCase; snake_case is accepted too.
///
/// `{name}` in `path` and `{{name}}` everywhere are inputs. In `body_template` a string that is exactly `"{{name}}"` becomes the
/// input's JSON value; inside longer text the value is written as text. A header, query or body entry whose only content is an
/// optional input that was not given is left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApiSpec {
    #[serde(alias = "base_url")]
    pub base_url: String,
    #[serde(default)]
    pub path: String,
    pub method: String,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    #[serde(default, alias = "query_params")]
    pub query_params: BTreeMap<String, String>,
    #[serde(default, alias = "body_template", skip_serializing_if = "Option::is_none")]
    pub body_template: Option<Value>,
    #[serde(default, alias = "auth_type")]
    pub auth_type: AuthType,
    #[serde(default, alias = "auth_key_name", skip_serializing_if = "Option::is_none")]
    pub auth_key_name: Option<String>,
}

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

/// A row of the tool list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ToolSummary {
    pub id: ToolId,
    pub name: String,
    pub display_name: String,
    pub description: String,
    pub kind: Kind,
    pub status: Status,
    pub visibility: Visibility,
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
    /// `draft` (default) or `active`.
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

/// What tools are sorted by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Category {
    pub id: CategoryId,
    pub name: String,
}

/// Which tools to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ToolFilter {
    /// Words in name, display name, description or tags.
    pub text: Option<String>,
    pub kind: Option<Kind>,
    pub status: Option<Status>,
    pub category_id: Option<CategoryId>,
    /// Only what is attached to this agent.
    pub agent_id: Option<AgentId>,
    pub cursor: Option<String>,
    /// 1 to 100; 50 when left out.
    pub limit: Option<i64>,
}
