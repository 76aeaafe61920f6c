//! MCP servers and the tools imported from them. An imported tool is pinned by the hash of what was approved; when its server offers
//! something else under the same name, calls stop until an admin has looked at the difference (the *rug-pull* guard).

use crate::{
    ids::{McpServerId, ToolId},
    tools::{Visibility, words},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

pub mod check;
pub mod difference;
pub mod naming;
pub mod schema;

#[cfg(feature = "ssr")]
pub mod breaker;
#[cfg(feature = "ssr")]
pub mod client;
#[cfg(feature = "ssr")]
pub mod decide;
#[cfg(feature = "ssr")]
pub mod delete;
#[cfg(feature = "ssr")]
pub mod get;
#[cfg(feature = "ssr")]
pub mod hash;
#[cfg(feature = "ssr")]
pub mod import;
#[cfg(feature = "ssr")]
pub mod refresh;
#[cfg(feature = "ssr")]
pub mod register;
#[cfg(feature = "ssr")]
pub(crate) mod store;
#[cfg(feature = "ssr")]
pub mod update;
#[cfg(feature = "ssr")]
pub mod watch;

pub use difference::{FieldDifference, difference};

words! {
    /// How a server is spoken to.
    Transport {
        StreamableHttp = "streamable_http", "Streamable HTTP";
        Stdio = "stdio", "Standard input and output";
    }
}

words! {
    /// How Toolcrib says who it is to a server reached by HTTP.
    Auth {
        None = "none", "None";
        Bearer = "bearer", "Bearer token";
        Header = "header", "Header";
    }
}

words! {
    /// How the last contact went.
    Health {
        Unknown = "unknown", "Not reached yet";
        Up = "up", "Up";
        Down = "down", "Down";
    }
}

words! {
    /// Whether calls go out to a server that failed before.
    Circuit {
        Closed = "closed", "Closed";
        HalfOpen = "half_open", "Half open";
        Open = "open", "Open";
    }
}

words! {
    /// How an imported tool stands to what its server offers now.
    PinState {
        /// As it was approved.
        Pinned = "pinned", "Approved";
        Changed = "changed", "Changed upstream";
        Gone = "gone", "Gone upstream";
        Rejected = "rejected", "Change rejected";
    }
}

impl PinState {
    /// Calls go out.
    #[must_use]
    pub fn may_run(self) -> bool {
        self == Self::Pinned
    }
}

/// What a server is made from. Secrets are never in it: keys are named, and looked up for each call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewMcpServer {
    pub name: String,
    #[serde(default)]
    pub description: String,
    #[serde(default = "http")]
    pub transport: Transport,
    /// Where the server is, for `streamable_http`.
    #[serde(default)]
    pub url: Option<String>,
    #[serde(default = "no_auth")]
    pub auth: Auth,
    /// The header that carries the key, for `header`.
    #[serde(default)]
    pub auth_header: Option<String>,
    /// The name of the key that is sent.
    #[serde(default)]
    pub auth_key_name: Option<String>,
    /// The program, for `stdio`. It runs in the sandbox.
    #[serde(default)]
    pub command: Option<String>,
    #[serde(default)]
    pub args: Vec<String>,
    /// Environment variables, each with the name of the key it holds.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Whether the program has network.
    #[serde(default)]
    pub allow_network: bool,
}

fn http() -> Transport {
    Transport::StreamableHttp
}
fn no_auth() -> Auth {
    Auth::None
}

impl NewMcpServer {
    /// A server reached by HTTP, without authentication.
    #[must_use]
    pub fn at(name: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            description: String::new(),
            transport: Transport::StreamableHttp,
            url: Some(url.into()),
            auth: Auth::None,
            auth_header: None,
            auth_key_name: None,
            command: None,
            args: Vec::new(),
            env: BTreeMap::new(),
            allow_network: false,
        }
    }
}

/// A server, and how it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct McpServer {
    pub id: McpServerId,
    #[serde(flatten)]
    pub configuration: NewMcpServer,
    /// +1 with every change after which it is connected to anew.
    pub config_version: i32,
    pub status: Health,
    /// The protocol revision that was agreed on.
    pub protocol_version: Option<String>,
    /// What the server calls itself.
    pub server_info: Option<Value>,
    pub last_seen_at: Option<DateTime<Utc>>,
    pub last_error: Option<String>,
    pub last_error_at: Option<DateTime<Utc>>,
    /// When its tools were listed last.
    pub listed_at: Option<DateTime<Utc>>,
    /// Failures one after the other.
    pub failures: i32,
    pub circuit: Circuit,
    /// Since when calls are refused without being sent.
    pub opened_at: Option<DateTime<Utc>>,
    /// Tools it offers.
    pub offered: i64,
    /// Tools imported from it.
    pub imported: i64,
    /// Imported tools that are stopped: changed, gone or rejected.
    pub stopped: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A tool as its server describes it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Definition {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    pub description: String,
    pub input_schema: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_schema: Option<Value>,
    /// Hints of the server about what the tool does; not to be trusted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Value>,
}

/// A tool that a server offers, and what became of it here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct OfferedTool {
    pub definition: Definition,
    pub hash: String,
    /// A name that fits the rules of tools here.
    pub proposed_name: String,
    /// Why it cannot be imported.
    pub refusal: Option<String>,
    pub imported: Vec<ImportedAs>,
}

/// A tool that was imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ImportedAs {
    pub tool_id: ToolId,
    pub tool_name: String,
    pub upstream_name: String,
    pub state: PinState,
}

/// Which tools to import from a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Import {
    pub tools: Vec<ImportTool>,
    #[serde(default = "public")]
    pub visibility: Visibility,
    /// Active at once; else drafts.
    #[serde(default = "yes")]
    pub activate: bool,
}

fn public() -> Visibility {
    Visibility::Public
}
fn yes() -> bool {
    true
}

/// One tool of an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ImportTool {
    pub upstream_name: String,
    /// The name here; proposed from the upstream name when left out.
    #[serde(default)]
    pub name: Option<String>,
}

/// The pin of an imported tool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Pin {
    pub tool_id: ToolId,
    pub server_id: McpServerId,
    pub server_name: String,
    pub upstream_name: String,
    pub state: PinState,
    pub hash: String,
    /// As it was approved.
    pub definition: Definition,
    pub proposed_hash: Option<String>,
    /// As the server offers it now, where that differs.
    pub proposed: Option<Definition>,
    pub noticed_at: Option<DateTime<Utc>>,
    pub approved_at: DateTime<Utc>,
    pub approved_by_name: Option<String>,
}

impl Pin {
    /// What differs between what was approved and what is offered now.
    #[must_use]
    pub fn differences(&self) -> Vec<FieldDifference> {
        self.proposed.as_ref().map(|proposed| difference(&self.definition, proposed)).unwrap_or_default()
    }
}
