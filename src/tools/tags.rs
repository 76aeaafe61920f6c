//! Words that tools are marked with: counted, renamed, merged, taken away.

use super::{access::Asker, store};
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    error::{Error, Result},
    page::{self, Page, decode_place, encode_place},
    system::System,
};
use serde_json::json;

/// Tags of the tools that may be seen, by name, with the number of tools that bear them.
pub async fn list(system: &System, actor: &Actor) -> Result<Vec<(String, i64)>> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    Ok(store::list::tags(&mut tx, Asker::of(actor), system.clock.now()).await?.0)
}

/// The same in pages of `limit` (1 to 200; 50 when left out).
pub async fn page(system: &System, actor: &Actor, cursor: Option<&str>, limit: Option<i64>) -> Result<Page<(String, i64)>> {
    actor.require(Permission::See)?;
    let after: Option<String> = cursor.map(decode_place).transpose()?;
    let limit = page::limit(limit);
    let mut tx = system.tenant(actor).await?;
    let tags = store::list::tags_after(&mut tx, Asker::of(actor), after.as_deref(), limit + 1, system.clock.now()).await?;
    Ok(Page::cut(tags, limit, |(last, _)| encode_place(last)))
}

/// Renames a tag on every tool of the organization; where the new name is borne already, the two become one. Says on how many tools.
pub async fn rename(system: &System, actor: &Actor, tag: &str, name: &str) -> Result<u64> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Error::invalid("name", "This is needed."));
    }
    if name.chars().count() > 50 || name.contains(',') {
        return Err(Error::invalid("name", "A tag has at most 50 characters and no comma."));
    }
    change(system, actor, tag, Some(name)).await
}

/// Takes a tag away from every tool of the organization. Says from how many.
pub async fn remove(system: &System, actor: &Actor, tag: &str) -> Result<u64> {
    change(system, actor, tag, None).await
}

async fn change(system: &System, actor: &Actor, tag: &str, name: Option<&str>) -> Result<u64> {
    actor.require(Permission::ManageTools)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    let tools = store::list::replace_tag(&mut tx, tag, name).await?;
    if tools == 0 {
        return Err(Error::NotFound("tag"));
    }
    let entry = audit::Entry {
        action: if name.is_some() { "tag.rename" } else { "tag.delete" },
        object_type: "tag",
        object_id: None,
        object_name: tag,
        before: Some(json!({"name": tag, "tools": tools})),
        after: name.map(|name| json!({"name": name})),
    };
    audit::record(&mut tx, actor, now, entry).await?;
    tx.commit().await?;
    Ok(tools)
}
