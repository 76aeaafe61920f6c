//! Who asks for keys: tools, MCP servers whose tools are listed, nodes of workflows; and what would be missing without one.

use super::ContextType;
use crate::{
    ids::{KeyId, ToolId},
    tools::words,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

words! {
    /// What asks for a key.
    AskerKind {
        Tool = "tool", "Tool";
        /// Its tools are listed with the key, on nobody's behalf.
        McpServer = "mcp_server", "MCP server";
        /// One of its nodes names the key.
        Workflow = "workflow", "Workflow";
    }
}

words! {
    /// What a key is asked for.
    KeyWay {
        Request = "request", "sent with its request";
        Token = "token", "gets an OAuth 2.0 token";
        Script = "script", "variable of its script";
        Twilio = "twilio", "signs in to Twilio";
        Pipedream = "pipedream", "signs in to Pipedream";
        McpHttp = "mcp_http", "signs in to its MCP server";
        McpStdio = "mcp_stdio", "variable of its MCP server's program";
        Webhook = "webhook", "signs a webhook";
    }
}

impl KeyWay {
    /// A small request can tell whether the key is taken.
    #[must_use]
    pub fn can_be_tested(self) -> bool {
        matches!(self, Self::Request | Self::Token | Self::Twilio | Self::Pipedream)
    }

    /// The value is handed to a program, which can do with it what it likes.
    #[must_use]
    pub fn is_program(self) -> bool {
        matches!(self, Self::Script | Self::McpStdio)
    }
}

/// Somebody who asks for a key, in one way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyAsker {
    pub kind: AskerKind,
    pub id: Uuid,
    pub name: String,
    /// The tool that is called; none where a server is asked for its tools.
    pub tool_id: Option<ToolId>,
    pub key_name: String,
    pub way: KeyWay,
    /// Where the key is sent, where that is fixed.
    pub address: Option<String>,
}

impl KeyAsker {
    /// The tool, if it is one itself.
    #[must_use]
    pub fn as_tool(&self) -> Option<ToolId> {
        self.tool_id.filter(|_| self.kind == AskerKind::Tool)
    }

    /// Nothing is wrong as long as nobody uses it: a platform tool that signs where it is asked to.
    #[must_use]
    pub fn is_optional(&self) -> bool {
        self.kind == AskerKind::Tool && self.way == KeyWay::Webhook
    }
}

/// A call that would use a key: what asks for it, and who calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct KeyUse {
    pub asker_kind: AskerKind,
    pub asker_id: Uuid,
    pub asker_name: String,
    /// What the key is for there.
    pub ways: Vec<KeyWay>,
    /// An agent, a person, or everybody who has no key of their own.
    pub context_type: ContextType,
    pub context_id: Option<Uuid>,
    pub context_name: Option<String>,
    /// Why the call is refused already: the key may not be sent where it would be. Null: it works.
    pub refused: Option<String>,
    /// The key that the call would use instead; null: it would be refused.
    pub instead_id: Option<KeyId>,
    pub instead_name: Option<String>,
}
