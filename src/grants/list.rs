//! Who was granted a tool, and what somebody was granted.

use super::{
    Grant, Subject,
    store::{self, Filter},
};
use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    ids::{GrantId, ToolId},
    page::{Cursor, Page},
    system::System,
    tools::{self, Level, access::Asker},
};

/// Grants on one tool, newest first. Whoever administers the tool sees all of them, everybody else their own.
pub async fn list(system: &System, actor: &Actor, tool: ToolId, cursor: Option<&str>, limit: Option<i64>) -> Result<Page<Grant>> {
    actor.require(Permission::See)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    let (_, level) = tools::store::find(&mut tx, Asker::of(actor), tool, now).await?.ok_or(Error::NotFound("tool"))?;
    if level == Level::None {
        return Err(Error::NotFound("tool"));
    }
    let filter = Filter { tool: Some(tool), seen_by: Some(Asker::of(actor)), ..Filter::default() };
    let cursor = cursor.filter(|cursor| !cursor.is_empty()).map(Cursor::decode).transpose()?;
    store::list(&mut tx, filter, cursor, limit.unwrap_or(50).clamp(1, 200), now).await
}

/// What a member or agent was granted (without `subject`: everybody), newest first, as far as the actor may know: grants on tools
/// that they administer, and their own.
pub async fn of_subject(
    system: &System,
    actor: &Actor,
    subject: Option<Subject>,
    cursor: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<Grant>> {
    actor.require(Permission::See)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    let filter = Filter { subject, seen_by: Some(Asker::of(actor)), ..Filter::default() };
    let cursor = cursor.filter(|cursor| !cursor.is_empty()).map(Cursor::decode).transpose()?;
    store::list(&mut tx, filter, cursor, limit.unwrap_or(50).clamp(1, 200), now).await
}

/// What this subject was granted on this tool, for whoever administers the tool or is asking about themselves.
pub async fn find_for(system: &System, actor: &Actor, tool: ToolId, subject: Subject) -> Result<Option<Grant>> {
    actor.require(Permission::See)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    let filter = Filter { tool: Some(tool), subject: Some(subject), seen_by: Some(Asker::of(actor)), ..Filter::default() };
    Ok(store::list(&mut tx, filter, None, 1, now).await?.items.pop())
}

/// One grant, for whoever administers the tool or is named by it.
pub async fn get(system: &System, actor: &Actor, tool: ToolId, id: GrantId) -> Result<Grant> {
    actor.require(Permission::See)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    let filter = Filter { id: Some(id), tool: Some(tool), seen_by: Some(Asker::of(actor)), ..Filter::default() };
    store::list(&mut tx, filter, None, 1, now).await?.items.pop().ok_or(Error::NotFound("grant"))
}
