//! What breaks if a key is deleted or switched off: which tools would use it, for whom, and what each of them would use instead.

use super::{
    askers_store,
    choose::{Asked, Candidate, choose},
    store,
};
use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    ids::{AgentId, KeyId, ToolId, UserId},
    keys::{ContextType, KeyUse},
    system::System,
};
use chrono::{DateTime, Utc};

/// Every call that would use this key now: by tool, and by who calls.
pub async fn uses(system: &System, actor: &Actor, id: KeyId) -> Result<Vec<KeyUse>> {
    actor.require(Permission::ManageKeys)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    let key = store::find(&mut tx, id, now).await?.ok_or(Error::NotFound("key"))?;
    let candidates = store::candidates(&mut tx, &key.key_name, None).await?;
    let tools = askers_store::tools_asking_for(&mut tx, &key.key_name).await?;
    let agents = askers_store::agents_of_tools(&mut tx, &key.key_name).await?;
    let people = askers_store::mapped_people(&mut tx, &key.key_name).await?;
    let mut uses = Vec::new();
    for (tool_id, tool_name) in tools {
        let everybody = Caller { agent: None, user: None, name: None };
        let mapped = people.iter().map(|(user, name)| Caller { agent: None, user: Some(*user), name: Some(name.clone()) });
        let attached = agents.iter().filter(|(tool, ..)| *tool == tool_id);
        let attached = attached.map(|(_, agent, name)| Caller { agent: Some(*agent), user: None, name: Some(name.clone()) });
        for caller in std::iter::once(everybody).chain(mapped).chain(attached) {
            uses.extend(caller.would_use(&candidates, id, (tool_id, &tool_name, &key.key_name), now));
        }
    }
    Ok(uses)
}

struct Caller {
    agent: Option<AgentId>,
    user: Option<UserId>,
    name: Option<String>,
}

impl Caller {
    fn would_use(&self, candidates: &[Candidate], id: KeyId, tool: (ToolId, &str, &str), now: DateTime<Utc>) -> Option<KeyUse> {
        let (tool_id, tool_name, key_name) = tool;
        let asked = Asked { tool_id, key_name, agent_id: self.agent, user_id: self.user };
        if choose(candidates, asked, now).ok()?.key_id != id {
            return None;
        }
        let others: Vec<Candidate> = candidates.iter().filter(|candidate| candidate.key_id != id).cloned().collect();
        let instead = choose(&others, asked, now).ok();
        Some(KeyUse {
            tool_id,
            tool_name: tool_name.to_owned(),
            context_type: match (self.agent, self.user) {
                (Some(_), _) => ContextType::Agent,
                (None, Some(_)) => ContextType::User,
                (None, None) => ContextType::Global,
            },
            context_id: self.agent.map(|id| id.0).or(self.user.map(|id| id.0)),
            context_name: self.name.clone(),
            instead_id: instead.as_ref().map(|other| other.key_id),
            instead_name: instead.map(|other| other.display_name),
        })
    }
}
