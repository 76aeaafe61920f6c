//! The agents of an organization.

use super::{AgentSummary, store};
use crate::{access::Permission, actor::Actor, error::Result, system::System};

/// At most this many in one page.
pub const MOST: i64 = 200;

/// Agents by name: `limit` (1 to 200) of them after the name `after`, and the name to go on from where there are more.
pub async fn list(
    system: &System,
    actor: &Actor,
    search: Option<&str>,
    after: Option<&str>,
    limit: i64,
) -> Result<(Vec<AgentSummary>, Option<String>)> {
    actor.require(Permission::See)?;
    let limit = limit.clamp(1, MOST);
    let search = search.map(str::trim).filter(|text| !text.is_empty());
    let mut tx = system.tenant(actor).await?;
    let mut agents = store::list(&mut tx, actor.agent_id, search, after, limit + 1, system.clock.now()).await?;
    let more = agents.len() as i64 > limit;
    agents.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = if more { agents.last().map(|last| last.agent.name.clone()) } else { None };
    Ok((agents, next))
}
