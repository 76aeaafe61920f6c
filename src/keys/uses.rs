//! What breaks if a key is deleted or switched off: what would use it, for whom, and what each of them would use instead.

use super::{
    AskerKind, KeyAsker, KeyWay, Reach, askers_store,
    choose::{Asked, Candidate, choose},
    mappings_store, store,
};
use crate::{
    access::Permission,
    actor::Actor,
    config::Config,
    error::{Error, Result},
    ids::{AgentId, KeyId, ToolId, UserId},
    keys::{ContextType, KeyUse},
    page::{Page, page_of},
    system::System,
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Everything that would use this key now: tools and workflows by who calls, and MCP servers whose tools are listed with it.
pub async fn uses(system: &System, actor: &Actor, id: KeyId) -> Result<Vec<KeyUse>> {
    actor.require(Permission::ManageKeys)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    let key = store::find(&mut tx, id, now).await?.ok_or(Error::NotFound("key"))?;
    let candidates = mappings_store::candidates(&mut tx, &key.key_name, None).await?;
    let askers = askers_store::askers(&mut tx, Some(&key.key_name)).await?;
    let agents = askers_store::agents_of_tools(&mut tx, &key.key_name).await?;
    let people = askers_store::mapped_people(&mut tx, &key.key_name).await?;
    let reach = Reach { key_name: key.key_name.clone(), hosts: key.allowed_hosts.clone() };
    let mut uses = Vec::new();
    // One after the other they stand together: the same asker may ask in several ways.
    for asking in askers.chunk_by(|a, b| (a.kind, a.id) == (b.kind, b.id)) {
        let Some(asker) = asking.first() else { continue };
        let refused = asking.iter().find_map(|asker| reach.check_way(asker.way, address(&system.config, asker)).err());
        let found = Found { id, candidates: &candidates, asker, asking, refused: refused.map(|refused| refused.to_string()), now };
        let everybody = Caller { agent: None, user: None, name: None };
        let mapped = people.iter().map(|(user, name)| Caller { agent: None, user: Some(*user), name: Some(name.clone()) });
        let attached = agents.iter().filter(|(tool, ..)| Some(*tool) == asker.as_tool());
        let attached = attached.map(|(_, agent, name)| Caller { agent: Some(*agent), user: None, name: Some(name.clone()) });
        match asker.kind {
            AskerKind::McpServer => uses.extend(found.by(everybody)),
            AskerKind::Tool | AskerKind::Workflow => {
                uses.extend(std::iter::once(everybody).chain(mapped).chain(attached).filter_map(|caller| found.by(caller)));
            }
        }
    }
    Ok(uses)
}

/// What would use it in pages of `limit` (1 to 200; 50 when left out): by what asks, then by who calls.
pub async fn page(system: &System, actor: &Actor, id: KeyId, cursor: Option<&str>, limit: Option<i64>) -> Result<Page<KeyUse>> {
    // Which key a call gets is decided for all of them together.
    page_of(uses(system, actor, id).await?, cursor, limit, |one| {
        // Everybody first, as above.
        let caller = (ContextType::Global as u8 - one.context_type as u8, one.context_name.clone(), one.context_id);
        (one.asker_kind as u8, one.asker_name.clone(), one.asker_id, caller)
    })
}

/// Where the key is sent: what a tool names, or where a service that Toolcrib knows itself is.
pub(super) fn address<'a>(config: &'a Config, asker: &'a KeyAsker) -> Option<&'a str> {
    match asker.way {
        KeyWay::Twilio => Some(&config.twilio_url),
        KeyWay::Pipedream => Some(&config.pipedream_url),
        _ => asker.address.as_deref(),
    }
}

struct Caller {
    agent: Option<AgentId>,
    user: Option<UserId>,
    name: Option<String>,
}

struct Found<'a> {
    id: KeyId,
    candidates: &'a [Candidate],
    asker: &'a KeyAsker,
    asking: &'a [KeyAsker],
    refused: Option<String>,
    now: DateTime<Utc>,
}

impl Found<'_> {
    /// The use of this caller, if it is this key that they would get.
    fn by(&self, caller: Caller) -> Option<KeyUse> {
        let asker = self.asker;
        // No tool: a key that belongs to one tool alone is not meant.
        let tool_id = asker.tool_id.unwrap_or(ToolId(Uuid::nil()));
        let asked = Asked { tool_id, key_name: &asker.key_name, agent_id: caller.agent, user_id: caller.user };
        if choose(self.candidates, asked, self.now).ok()?.key_id != self.id {
            return None;
        }
        let others: Vec<Candidate> = self.candidates.iter().filter(|candidate| candidate.key_id != self.id).cloned().collect();
        let instead = choose(&others, asked, self.now).ok();
        let mut ways: Vec<KeyWay> = self.asking.iter().map(|asker| asker.way).collect();
        ways.dedup();
        Some(KeyUse {
            asker_kind: asker.kind,
            asker_id: asker.id,
            asker_name: asker.name.clone(),
            ways,
            context_type: match (caller.agent, caller.user) {
                (Some(_), _) => ContextType::Agent,
                (None, Some(_)) => ContextType::User,
                (None, None) => ContextType::Global,
            },
            context_id: caller.agent.map(|id| id.0).or(caller.user.map(|id| id.0)),
            context_name: caller.name,
            refused: self.refused.clone(),
            instead_id: instead.as_ref().map(|other| other.key_id),
            instead_name: instead.map(|other| other.display_name),
        })
    }
}
