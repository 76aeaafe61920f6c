//! Tools as a document.

use super::{
    MOST,
    portable::{Document, portable, portable_categories},
};
use crate::{
    Error, Result,
    access::Permission,
    actor::Actor,
    ids::ToolId,
    system::System,
    tools::{self, ToolFilter, categories},
};

/// The named tools, or (for none) all of the organization that the actor may see, by name. Platform tools come with every Toolcrib and are
/// left out.
pub async fn export(system: &System, actor: &Actor, ids: &[ToolId]) -> Result<Document> {
    actor.require(Permission::See)?;
    let ids = if ids.is_empty() { all(system, actor).await? } else { ids.to_vec() };
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        let tool = tools::get(system, actor, id).await?;
        if tool.organization_id.is_some() {
            found.push(tool);
        }
    }
    if found.is_empty() {
        return Err(Error::NotFound("tool"));
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    let categories = categories::list(system, actor).await?;
    let portables = found.iter().map(|tool| portable(tool, &categories)).collect::<Result<Vec<_>>>()?;
    Ok(Document::new(portable_categories(&categories, &found), portables))
}

async fn all(system: &System, actor: &Actor) -> Result<Vec<ToolId>> {
    let mut ids = Vec::new();
    let mut filter = ToolFilter { sort: Some(tools::ToolSort::Name), limit: Some(100), ..ToolFilter::default() };
    loop {
        let page = tools::list(system, actor, filter.clone()).await?;
        ids.extend(page.items.iter().map(|tool| tool.id));
        filter.cursor = page.next_cursor;
        if filter.cursor.is_none() {
            return Ok(ids);
        }
    }
}

/// Ids as an address lists them: `a,b,c`.
pub fn ids_in(text: &str) -> Result<Vec<ToolId>> {
    let ids = text.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::parse);
    let ids = ids.collect::<Result<Vec<ToolId>, _>>().map_err(|_| Error::Malformed("These are no ids of tools.".to_owned()))?;
    if ids.len() > MOST {
        return Err(Error::Malformed(format!("At most {MOST} tools at once; without ids all are exported.")));
    }
    Ok(ids)
}
