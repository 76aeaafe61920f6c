//! A new tool.

use super::{Kind, NewTool, Status, Tool, access::Asker, change_status, check, kinds, store, testing, versions::snapshot};
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    db::TenantTx,
    error::{Error, Result},
    ids::ToolId,
    problem::FieldError,
    system::System,
    variables,
};
use chrono::{DateTime, Utc};
use serde_json::json;

/// Makes a tool, owned by who asks. All that is wrong with it is said at once. One that shall be active and has tests is a draft until they
/// pass.
pub async fn create(system: &System, actor: &Actor, mut new: NewTool) -> Result<Tool> {
    actor.require(Permission::Build)?;
    let now = system.clock.now();
    let tests_first = new.status == Status::Active && testing::run::are_there(new.kind, new.test_content.as_deref());
    if tests_first {
        new.status = Status::Draft;
    }
    let mut tx = system.tenant(actor).await?;
    let known = variables::known(&variables::store::all(&mut tx).await?);
    let mut errors = Vec::new();
    crate::workflows::composite::fill(&mut tx, actor, &mut new, None, now, &mut errors).await?;
    errors.extend(check::check_tool_knowing(&mut new, &known));
    kinds::check_stored(&mut tx, &new, &mut errors).await?;
    if let Some(category) = new.category_id
        && !store::category_exists(&mut tx, category).await?
    {
        errors.push(FieldError::new("category_id", "There is no such category."));
    }
    if new.kind == Kind::Mcp {
        errors.push(FieldError::new("kind", "MCP tools are imported from their server: POST /v1/mcp-servers/{id}/import."));
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let tool = insert(&mut tx, actor, new, now).await?;
    tx.commit().await?;
    if tests_first {
        return match change_status(system, actor, tool.id, Status::Active).await {
            // Its tests fail: it is there, and stays a draft.
            Err(Error::Conflict { .. }) => Ok(tool),
            done => done,
        };
    }
    Ok(tool)
}

/// Stores a tool that was checked, with its first version, in a transaction that does more.
pub(crate) async fn insert(tx: &mut TenantTx, actor: &Actor, new: NewTool, now: DateTime<Utc>) -> Result<Tool> {
    let function_schema = check::seen_by_model(&new);
    let id = ToolId::new();
    store::insert(tx, actor, id, &new, &function_schema, now).await?;
    let (tool, _) = store::find(tx, Asker::of(actor), id, now).await?.ok_or(Error::NotFound("tool"))?;
    store::insert_version(tx, actor, id, tool.version, "First version", &snapshot(&tool), now).await?;
    let entry = audit::Entry {
        action: "tool.create",
        object_type: "tool",
        object_id: Some(id.0),
        object_name: &tool.name,
        before: None,
        after: Some(json!({"kind": tool.kind, "status": tool.status, "visibility": tool.visibility})),
    };
    audit::record(tx, actor, now, entry).await?;
    Ok(tool)
}
