//! The tools somebody may see.

use super::{Facets, Tool, ToolFilter, ToolSummary, access::Asker, categories, store};
use crate::{access::Permission, actor::Actor, error::Result, page::Page, system::System};

/// One page of the tools that match. An agent sees exactly what it may call.
pub async fn list(system: &System, actor: &Actor, filter: ToolFilter) -> Result<Page<ToolSummary>> {
    Ok(find(system, actor, filter).await?.0)
}

/// The same, with the number of all tools that match.
///
/// Two steps: `places` says which tools come in which order, `summaries` fetches what a row shows. Search by meaning joins the first step:
/// its ranking is one more order of ids, to be fused with the one of the words.
pub async fn find(system: &System, actor: &Actor, filter: ToolFilter) -> Result<(Page<ToolSummary>, i64)> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    let places = store::list::places(&mut tx, Asker::of(actor), &filter, system.clock.now()).await?;
    let items = store::list::summaries(&mut tx, &places.ids).await?;
    Ok((Page { items, next_cursor: places.next_cursor }, places.total))
}

/// The same with everything that a tool is.
pub async fn whole(system: &System, actor: &Actor, filter: ToolFilter) -> Result<Page<Tool>> {
    actor.require(Permission::See)?;
    let (asker, now) = (Asker::of(actor), system.clock.now());
    let mut tx = system.tenant(actor).await?;
    let places = store::list::places(&mut tx, asker, &filter, now).await?;
    let mut items = Vec::with_capacity(places.ids.len());
    for id in places.ids {
        items.extend(store::find(&mut tx, asker, id, now).await?.map(|(tool, _)| tool));
    }
    Ok(Page { items, next_cursor: places.next_cursor })
}

/// What the list can be filtered by.
pub async fn facets(system: &System, actor: &Actor) -> Result<Facets> {
    actor.require(Permission::See)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    let asker = Asker::of(actor);
    let categories = categories::tree::flatten(categories::store::all(&mut tx, asker, now).await?);
    let (tags, tools) = store::list::tags(&mut tx, asker, now).await?;
    let owners = store::list::owners(&mut tx, asker, now).await?;
    let agents = if actor.agent_id.is_some() { Vec::new() } else { store::list::agents(&mut tx).await? };
    Ok(Facets { categories, tags, owners, agents, tools })
}
