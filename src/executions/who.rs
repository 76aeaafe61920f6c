//! Names for the ids that executions carry, and what their list can be filtered by.

use crate::{
    access::Permission,
    actor::Actor,
    error::Result,
    ids::{AgentId, ToolId, UserId},
    system::System,
    tools::access::Asker,
};
use std::collections::HashMap;

/// Names of people and agents of the organization. Who has left, or was deleted, has none.
#[derive(Debug, Default)]
pub struct Names {
    users: HashMap<UserId, String>,
    agents: HashMap<AgentId, String>,
}

impl Names {
    #[must_use]
    pub fn user(&self, id: Option<UserId>) -> Option<String> {
        id.and_then(|id| self.users.get(&id).cloned())
    }

    #[must_use]
    pub fn agent(&self, id: Option<AgentId>) -> Option<String> {
        id.and_then(|id| self.agents.get(&id).cloned())
    }

    /// One line: the agent where one called, else the person.
    #[must_use]
    pub fn caller(&self, user: Option<UserId>, agent: Option<AgentId>) -> String {
        match (agent, user) {
            (Some(_), _) => self.agent(agent).unwrap_or_else(|| "a deleted agent".to_owned()),
            (None, Some(_)) => self.user(user).unwrap_or_else(|| "a former member".to_owned()),
            (None, None) => "the system".to_owned(),
        }
    }
}

/// Everybody's name in this organization.
pub async fn names(system: &System, actor: &Actor) -> Result<Names> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    let organization = actor.organization_id.0;
    let users =
        sqlx::query!("select u.id, u.name from users u join memberships m on m.user_id = u.id where m.organization_id = $1", organization)
            .fetch_all(&mut *tx)
            .await?;
    let agents = sqlx::query!("select id, display_name from agents").fetch_all(&mut *tx).await?;
    Ok(Names {
        users: users.into_iter().map(|row| (UserId(row.id), row.name)).collect(),
        agents: agents.into_iter().map(|row| (AgentId(row.id), row.display_name)).collect(),
    })
}

/// Tools (that the actor may see) and agents to filter by: id and display name, by name.
pub async fn choices(system: &System, actor: &Actor) -> Result<(Vec<(ToolId, String)>, Vec<(AgentId, String)>)> {
    actor.require(Permission::See)?;
    let all = actor.may(Permission::ManageTools) || actor.may(Permission::ReadExecutions);
    let asker = Asker::of(actor);
    let mut tx = system.tenant(actor).await?;
    let tools = sqlx::query!(
        "select t.id, t.display_name from tools t
         where (t.execution_count > 0 or exists (select from platform_tool_uses u where u.tool_id = t.id)) and ($1 or tool_access(t, $2, $3, $4, $5) > 0)
         order by t.display_name, t.name limit 1000",
        all,
        asker.person,
        asker.manager,
        asker.agent,
        system.clock.now()
    )
    .fetch_all(&mut *tx)
    .await?;
    let agents = sqlx::query!("select id, display_name from agents order by display_name, name limit 1000").fetch_all(&mut *tx).await?;
    Ok((
        tools.into_iter().map(|row| (ToolId(row.id), row.display_name)).collect(),
        agents.into_iter().map(|row| (AgentId(row.id), row.display_name)).collect(),
    ))
}
