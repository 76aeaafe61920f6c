//! An admin decides about a tool that its server changed.

use super::{Pin, PinState, import::schemas, store};
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    db::TenantTx,
    error::{Error, Result},
    ids::ToolId,
    system::System,
    tools::{self, Tool, UpdateTool, access::Asker},
};
use serde_json::json;

/// Approves the change that has this hash: the tool becomes what its server offers now, as a new version, and runs again.
pub async fn approve(system: &System, actor: &Actor, tool: ToolId, proposed_hash: &str) -> Result<Tool> {
    let (mut tx, pin, before) = begin(system, actor, tool, proposed_hash).await?;
    let now = system.clock.now();
    let proposed = pin.proposed.clone().ok_or(Error::NotFound("change"))?;
    let (input_schema, output_schema) = schemas(&proposed)?;
    let changed: Vec<String> = pin.differences().into_iter().map(|one| one.field).collect();
    let mut executor_config = before.executor_config.clone();
    executor_config["hash"] = json!(proposed_hash);
    let change = UpdateTool {
        changelog: format!("Approved what {} changed: {}", pin.server_name, changed.join(", ")).chars().take(1_000).collect(),
        // A description of our own making stays.
        description: (before.description == pin.definition.description).then(|| proposed.description.clone()),
        input_schema: Some(input_schema),
        output_schema: Some(output_schema),
        executor_config: Some(executor_config),
        ..UpdateTool::default()
    };
    let after = tools::update::apply_in(&mut tx, actor, tool, change, now).await?;
    store::approve_pin(&mut tx, tool, actor.user_id, now).await?;
    record(&mut tx, actor, now, "mcp_tool.approve", &pin, proposed_hash).await?;
    tx.commit().await?;
    Ok(after)
}

/// Rejects the change that has this hash: the tool stays stopped until its server offers something else.
pub async fn reject(system: &System, actor: &Actor, tool: ToolId, proposed_hash: &str) -> Result<()> {
    let (mut tx, pin, _) = begin(system, actor, tool, proposed_hash).await?;
    let now = system.clock.now();
    let proposed = pin.proposed.clone().ok_or(Error::NotFound("change"))?;
    store::set_pin_state(&mut tx, tool, PinState::Rejected, Some((&proposed, proposed_hash)), now).await?;
    record(&mut tx, actor, now, "mcp_tool.reject", &pin, proposed_hash).await?;
    tx.commit().await
}

/// The pin, held, with the very change that was looked at.
async fn begin(system: &System, actor: &Actor, tool: ToolId, proposed_hash: &str) -> Result<(TenantTx, Pin, Tool)> {
    actor.require(Permission::ManageTools)?;
    let mut tx = system.tenant(actor).await?;
    let (before, _) = tools::store::find(&mut tx, Asker::of(actor), tool, system.clock.now()).await?.ok_or(Error::NotFound("tool"))?;
    let server = store::pin_of(&mut tx, tool).await?.ok_or(Error::NotFound("pin"))?.server_id;
    // In the order in which a refresh takes them.
    store::lock(&mut tx, server).await?;
    store::lock_pin(&mut tx, tool).await?;
    let pin = store::pin_of(&mut tx, tool).await?.ok_or(Error::NotFound("pin"))?;
    match pin.proposed_hash.as_deref() {
        None => Err(Error::Conflict {
            message: "There is no change to decide about: the tool is as it was approved, or gone.".to_owned(),
            field: None,
        }),
        Some(hash) if hash != proposed_hash => {
            Err(Error::Stale("The server has changed the tool again meanwhile. Look at the difference as it is now.".to_owned()))
        }
        Some(_) => Ok((tx, pin, before)),
    }
}

async fn record(
    tx: &mut TenantTx,
    actor: &Actor,
    now: chrono::DateTime<chrono::Utc>,
    action: &'static str,
    pin: &Pin,
    hash: &str,
) -> Result<()> {
    let entry = audit::Entry {
        action,
        object_type: "tool",
        object_id: Some(pin.tool_id.0),
        object_name: &pin.upstream_name,
        before: Some(json!({"state": pin.state, "hash": pin.hash, "definition": pin.definition})),
        after: Some(json!({"hash": hash, "definition": pin.proposed})),
    };
    audit::record(tx, actor, now, entry).await
}
