//! Who is asking, for which organization, by which way, and what they may do.

use crate::{
    access::{Permission, Role, Scope},
    error::{Error, Result},
    ids::{AgentId, OrganizationId, UserId},
};
use std::net::IpAddr;

/// The way a call came in; recorded with executions and in the audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Page,
    Rest,
    Mcp,
    Webhook,
    /// A trigger whose time has come.
    Schedule,
    /// A voice call that began.
    CallStart,
    Workflow,
    Demo,
}

impl Source {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Rest => "rest",
            Self::Mcp => "mcp",
            Self::Webhook => "webhook",
            Self::Schedule => "schedule",
            Self::CallStart => "call_start",
            Self::Workflow => "workflow",
            Self::Demo => "demo",
        }
    }
}

/// A person or an agent, inside one organization. Every use case takes one.
#[derive(Clone, Debug)]
pub struct Actor {
    pub organization_id: OrganizationId,
    /// The person; for an agent's token, the person who made the token.
    pub user_id: UserId,
    pub user_name: String,
    pub role: Role,
    /// Set when the caller is an agent: then only what is attached to it and granted may be called.
    pub agent_id: Option<AgentId>,
    /// `None`: a signed-in person, not limited by scopes.
    pub scopes: Option<Vec<Scope>>,
    pub source: Source,
    pub address: Option<IpAddr>,
}

impl Actor {
    /// Refuses with a sentence that names what is missing.
    pub fn require(&self, permission: Permission) -> Result<()> {
        if !self.role.may(permission) || (self.agent_id.is_some() && !matches!(permission, Permission::See | Permission::UseTools)) {
            let needed =
                if self.agent_id.is_some() { "An agent may only read and call what is attached to it." } else { permission.needed() };
            return Err(Error::Forbidden(needed.to_owned()));
        }
        let scope = match permission {
            Permission::See | Permission::ReadExecutions => Scope::Read,
            Permission::UseTools => Scope::Execute,
            Permission::Build | Permission::ManageTools => Scope::Write,
            Permission::Grant
            | Permission::ManageKeys
            | Permission::ManageMembers
            | Permission::ReadAudit
            | Permission::ManageOrganization => Scope::Admin,
        };
        match &self.scopes {
            Some(scopes) if !scopes.contains(&scope) => Err(Error::Forbidden(format!("This token lacks the scope “{}”.", scope.as_str()))),
            _ => Ok(()),
        }
    }

    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.require(permission).is_ok()
    }
}
