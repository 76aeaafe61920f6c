//! Who may do what with a tool. How far somebody may go is decided by the SQL function `tool_access`, so that lists can ask it of
//! thousands of tools; whether a call goes ahead is decided by [`verdict`], for page, REST, MCP, webhook and workflow alike, and
//! [`super::explain`] asks the same two.

use super::Status;
use serde::{Deserialize, Serialize};

/// How far somebody may go with a tool; each includes the ones before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
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

impl Level {
    /// For people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::None => "Nothing",
            Self::Read => "Read",
            Self::Execute => "Execute",
            Self::Admin => "Admin",
        }
    }
}

/// What becomes of a call, before its inputs are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It goes ahead; a deprecated tool warns.
    Callable {
        deprecated: bool,
    },
    /// For this caller there is no such tool.
    Unseen,
    /// It may be seen, not called.
    ReadOnly,
    /// A draft runs from its page only.
    Draft,
    Disabled,
}

/// The one place that decides whether somebody with this access calls a tool of this status. `is_test`: from the tool's own page.
#[must_use]
pub fn verdict(level: Level, status: Status, is_test: bool) -> Verdict {
    match (level, status) {
        (Level::None, _) => Verdict::Unseen,
        (_, Status::Disabled) => Verdict::Disabled,
        (_, Status::Draft) if !is_test => Verdict::Draft,
        (Level::Read, _) => Verdict::ReadOnly,
        (Level::Execute | Level::Admin, Status::Deprecated) => Verdict::Callable { deprecated: true },
        (Level::Execute | Level::Admin, Status::Active | Status::Draft) => Verdict::Callable { deprecated: false },
    }
}

#[cfg(feature = "ssr")]
pub(crate) use ssr::Asker;

#[cfg(feature = "ssr")]
mod ssr {
    use super::Level;
    use crate::{
        access::{Permission, Role},
        actor::Actor,
        error::{Error, Result},
        ids::{AgentId, UserId},
    };

    /// On whose behalf a question about tools is asked: what `tool_access` needs to know.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

        /// A member, asked about by somebody else.
        pub fn member(id: UserId, role: Role) -> Self {
            Self { person: id.0, manager: role.may(Permission::ManageTools), agent: None }
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
}
