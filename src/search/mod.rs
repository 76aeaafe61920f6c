//! Finding anything of an organization by its name.

use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
pub mod everything;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FoundKind {
    Tool,
    Agent,
    Workflow,
    Key,
    McpServer,
    OpenapiDocument,
    Member,
}

impl FoundKind {
    /// The part of the address its pages stand under.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Tool => "tools",
            Self::Agent => "agents",
            Self::Workflow => "workflows",
            Self::Key => "keys",
            Self::McpServer => "mcp-servers",
            Self::OpenapiDocument => "openapi",
            Self::Member => "members",
        }
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Tool => "Tool",
            Self::Agent => "Agent",
            Self::Workflow => "Workflow",
            Self::Key => "Key",
            Self::McpServer => "MCP server",
            Self::OpenapiDocument => "OpenAPI document",
            Self::Member => "Member",
        }
    }
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub kind: FoundKind,
    pub id: uuid::Uuid,
    pub name: String,
    pub display_name: String,
    /// A tool that who asked may call.
    pub callable: bool,
}

impl Found {
    /// The address of its page. Members have none of their own: they stand in their list.
    #[must_use]
    pub fn href(&self, org: &str) -> String {
        let path = self.kind.path();
        match self.kind {
            FoundKind::Member => format!("/{org}/{path}#member-{}", self.id),
            _ => format!("/{org}/{path}/{}", self.id),
        }
    }
}
