//! The agents of an organization.

use super::{AgentSummary, store};
use crate::{
    access::Permission,
    actor::Actor,
    error::Result,
    page::{ListOrder, Numbered},
    system::System,
};

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

/// Agents for people to leaf through, by `name` (the usual order), `tools`, `callable` or `last_call`.
pub async fn numbered(system: &System, actor: &Actor, search: Option<&str>, order: &ListOrder) -> Result<Numbered<AgentSummary>> {
    actor.require(Permission::See)?;
    let search = search.map(str::trim).filter(|text| !text.is_empty());
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    let found = store::numbered(&mut tx, actor.agent_id, search, order, now).await?;
    if found.items.is_empty() && found.page > 1 {
        // There were more once, or somebody typed the number.
        return store::numbered(&mut tx, actor.agent_id, search, &order.first(), now).await;
    }
    Ok(found)
}
