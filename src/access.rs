//! Roles and what they allow; scopes and what they leave. One table decides for page, REST, MCP, webhook and workflow alike.

use serde::{Deserialize, Serialize};

/// A member's role, strongest first (specification §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema))]
#[cfg_attr(feature = "ssr", sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Owner,
    Admin,
    Builder,
    Analyst,
    Member,
}

impl Role {
    pub const ALL: [Self; 5] = [Self::Owner, Self::Admin, Self::Builder, Self::Analyst, Self::Member];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Builder => "builder",
            Self::Analyst => "analyst",
            Self::Member => "member",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// One line that says what the role is for.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Owner => "Everything, including members' roles and deleting the organization",
            Self::Admin => "Tools, keys, members and grants",
            Self::Builder => "Agents, workflows and the tools they own",
            Self::Analyst => "Reads executions and dashboards, exports",
            Self::Member => "Uses what is granted",
        }
    }

    /// The table: which role may do what.
    #[must_use]
    pub fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match permission {
            P::See | P::UseTools | P::Grant => true,
            P::ReadExecutions => self != Self::Member,
            P::Build => matches!(self, Self::Owner | Self::Admin | Self::Builder),
            P::ManageTools | P::ManageKeys | P::ManageMembers | P::ReadAudit => {
                matches!(self, Self::Owner | Self::Admin)
            }
            P::ManageOrganization => self == Self::Owner,
        }
    }
}

/// Something a person or token may be allowed to do in an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// See names, lists and definitions of what one may use.
    See,
    /// Call tools that are public, owned or granted.
    UseTools,
    /// Say who may use a tool that one administers.
    Grant,
    /// Read everybody's executions, runs and dashboards.
    ReadExecutions,
    /// Make agents, workflows and tools of one's own.
    Build,
    /// Change every tool and every grant.
    ManageTools,
    /// Take in, map and delete keys. Nobody reads their values.
    ManageKeys,
    ManageMembers,
    ReadAudit,
    /// Make owners, delete the organization.
    ManageOrganization,
}

impl Permission {
    /// What to tell somebody who lacks it.
    #[must_use]
    pub fn needed(self) -> &'static str {
        match self {
            Self::See | Self::UseTools | Self::Grant => "This needs a membership of the organization.",
            Self::ReadExecutions => "This needs the role analyst, builder, admin or owner.",
            Self::Build => "This needs the role builder, admin or owner.",
            Self::ManageTools | Self::ManageKeys | Self::ManageMembers | Self::ReadAudit => "This needs the role admin or owner.",
            Self::ManageOrganization => "This needs the role owner.",
        }
    }
}

/// What an API token may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Read lists, definitions, executions and dashboards.
    Read,
    /// Call tools and run workflows.
    Execute,
    /// Create and change tools, agents and workflows.
    Write,
    /// Members, grants, tokens, keys.
    Admin,
}

impl Scope {
    pub const ALL: [Self; 4] = [Self::Read, Self::Execute, Self::Write, Self::Admin];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Execute => "execute",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }

    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Read => "Read tools, agents, workflows, executions",
            Self::Execute => "Call tools and run workflows",
            Self::Write => "Create and change tools, agents, workflows",
            Self::Admin => "Members, grants, tokens and keys",
        }
    }
}
