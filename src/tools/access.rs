//! Who may do what with a tool. The rule itself is the SQL function `tool_access`, so that lists, pages and calls cannot disagree.

use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    ids::AgentId,
};

/// How far somebody may go with a tool; each includes the ones before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    None,
    Read,
    Execute,
    Admin,
}

impl From<i32> for Level {
    fn from(level: i32) -> Self {
        match level {
            1 => Self::Read,
            2 => Self::Execute,
            3.. => Self::Admin,
            _ => Self::None,
        }
    }
}

/// On whose behalf a question about tools is asked: what `tool_access` needs to know.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asker {
    pub person: uuid::Uuid,
    pub manager: bool,
    pub agent: Option<uuid::Uuid>,
}

impl Asker {
    pub fn of(actor: &Actor) -> Self {
        Self {
            person: actor.user_id.0,
            manager: actor.agent_id.is_none() && actor.role.may(Permission::ManageTools),
            agent: actor.agent_id.map(|id| id.0),
        }
    }

    /// The same question for an agent that a person acts for.
    pub fn agent(actor: &Actor, agent: AgentId) -> Self {
        Self { person: actor.user_id.0, manager: false, agent: Some(agent.0) }
    }
}

impl Level {
    /// 404 for what may not be seen, 403 for what may be seen but not changed.
    pub fn require_admin(self) -> Result<()> {
        match self {
            Self::None => Err(Error::NotFound("tool")),
            Self::Admin => Ok(()),
            _ => Err(Error::Forbidden("Only the owner of this tool, admins and those with an admin grant may change it.".to_owned())),
        }
    }
}
