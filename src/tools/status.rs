//! From draft to active and on.

use super::{Seen, Status, Tool, access::Asker, store, testing};
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    error::{Error, Result},
    ids::ToolId,
    system::System,
};
use serde_json::json;

/// Changes the status where the status machine allows it. A tool whose tests fail does not become active.
pub async fn change_status(system: &System, actor: &Actor, id: ToolId, status: Status) -> Result<Tool> {
    change_status_with(system, actor, id, status, false).await
}

/// The same; `force` activates a tool although its tests fail.
pub async fn change_status_with(system: &System, actor: &Actor, id: ToolId, status: Status, force: bool) -> Result<Tool> {
    change_status_seen(system, actor, id, status, force, None).await
}

/// The same, if the tool is still what was `seen`.
pub async fn change_status_seen(
    system: &System,
    actor: &Actor,
    id: ToolId,
    status: Status,
    force: bool,
    seen: Option<Seen>,
) -> Result<Tool> {
    actor.require(Permission::Build)?;
    if status == Status::Active && !force {
        require_tests(system, actor, id).await?;
    }
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    store::lock(&mut tx, id).await?;
    let (tool, level) = store::find(&mut tx, Asker::of(actor), id, now).await?.ok_or(Error::NotFound("tool"))?;
    level.require_admin()?;
    if seen.is_some_and(|seen| !seen.is(&tool)) {
        return Err(Error::Stale(format!(
            "Somebody changed this tool meanwhile; it is at version {} and {} now. Its status was not changed.",
            tool.version, tool.status
        )));
    }
    if !tool.status.may_become(status) {
        let next: Vec<&str> = tool.status.next().iter().map(|next| next.as_str()).collect();
        return Err(Error::conflict(
            "status",
            format!("A tool that is {} cannot become {status}. It can become {}.", tool.status, next.join(" or ")),
        ));
    }
    store::set_status(&mut tx, id, status).await?;
    let entry = audit::Entry {
        action: "tool.status",
        object_type: "tool",
        object_id: Some(id.0),
        object_name: &tool.name,
        before: Some(json!({"status": tool.status})),
        after: Some(json!({"status": status})),
    };
    audit::record(&mut tx, actor, now, entry).await?;
    let (tool, _) = store::find(&mut tx, Asker::of(actor), id, now).await?.ok_or(Error::NotFound("tool"))?;
    tx.commit().await?;
    Ok(tool)
}

/// The tests must pass, as they are now; they run here where their last result is of another script. Before the change's transaction:
/// tests take their time.
async fn require_tests(system: &System, actor: &Actor, id: ToolId) -> Result<()> {
    let found = store::find(&mut system.tenant(actor).await?, Asker::of(actor), id, system.clock.now()).await?;
    let (tool, level) = found.ok_or(Error::NotFound("tool"))?;
    level.require_admin()?;
    if !tool.status.may_become(Status::Active) || !testing::run::has_tests(&tool) {
        return Ok(());
    }
    let run = testing::run::current(system, actor, &tool).await?;
    if run.passed {
        return Ok(());
    }
    Err(Error::conflict("tests", format!("{} “{}” was not activated.", run.sentence(), tool.name)))
}
