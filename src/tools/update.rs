//! A change of a tool; of contract or behaviour, it makes a version.

use super::{NewTool, Status, Tool, UpdateTool, access::Asker, check, kinds, store, versions::snapshot};
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
use serde_json::{Map, Value};

/// Changes what `change` names and leaves the rest. Refused as stale when somebody else was faster.
pub async fn update(system: &System, actor: &Actor, id: ToolId, change: UpdateTool) -> Result<Tool> {
    actor.require(Permission::Build)?;
    let mut tx = system.tenant(actor).await?;
    let after = apply_in(&mut tx, actor, id, change, system.clock.now()).await?;
    tx.commit().await?;
    Ok(after)
}

/// The same in a transaction that does more.
pub(crate) async fn apply_in(tx: &mut TenantTx, actor: &Actor, id: ToolId, change: UpdateTool, now: DateTime<Utc>) -> Result<Tool> {
    store::lock(tx, id).await?;
    let (before, level) = store::find(tx, Asker::of(actor), id, now).await?.ok_or(Error::NotFound("tool"))?;
    level.require_admin()?;
    let stale = change.expected_version.is_some_and(|version| version != before.version)
        || change.expected_updated_at.is_some_and(|at| at.timestamp_micros() != before.updated_at.timestamp_micros());
    if stale {
        return Err(Error::Stale(format!(
            "Somebody changed this tool meanwhile; it is at version {} now. Nothing of yours was saved.",
            before.version
        )));
    }
    let changelog = change.changelog.trim().to_owned();
    let mut next = apply(&before, change);
    let known = variables::known(&variables::store::all(tx).await?);
    let mut errors = Vec::new();
    crate::workflows::composite::fill(tx, actor, &mut next, Some(&before), now, &mut errors).await?;
    errors.extend(check::check_tool_knowing(&mut next, &known));
    kinds::check_stored(tx, &next, &mut errors).await?;
    if changelog.chars().count() > 1_000 {
        errors.push(FieldError::new("changelog", "At most 1000 characters."));
    }
    if let Some(category) = next.category_id.filter(|category| Some(*category) != before.category_id)
        && !store::category_exists(tx, category).await?
    {
        errors.push(FieldError::new("category_id", "There is no such category."));
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let function_schema = check::seen_by_model(&next);
    store::replace(tx, id, &next, &function_schema, before.version).await?;
    let (mut after, _) = store::find(tx, Asker::of(actor), id, now).await?.ok_or(Error::NotFound("tool"))?;
    let (old, new) = (snapshot(&before), snapshot(&after));
    if old != new {
        let version = before.version + 1;
        store::replace(tx, id, &next, &function_schema, version).await?;
        store::insert_version(tx, actor, id, version, &changelog, &new, now).await?;
        after = store::find(tx, Asker::of(actor), id, now).await?.ok_or(Error::NotFound("tool"))?.0;
    }
    let (old, new) = difference(&before, &after);
    if !new.is_empty() {
        let entry = audit::Entry {
            action: "tool.update",
            object_type: "tool",
            object_id: Some(id.0),
            object_name: &after.name,
            before: Some(Value::Object(old)),
            after: Some(Value::Object(new)),
        };
        audit::record(tx, actor, now, entry).await?;
    }
    Ok(after)
}

/// The whole tool as it would be. Its status passes the check for new tools; it is not changed here.
pub(super) fn apply(tool: &Tool, change: UpdateTool) -> NewTool {
    let tool = tool.clone();
    NewTool {
        name: change.name.unwrap_or(tool.name),
        display_name: change.display_name.unwrap_or(tool.display_name),
        description: change.description.unwrap_or(tool.description),
        icon: change.icon.unwrap_or(tool.icon),
        category_id: change.category_id.unwrap_or(tool.category_id),
        tags: change.tags.unwrap_or(tool.tags),
        kind: tool.kind,
        input_schema: change.input_schema.unwrap_or(tool.input_schema),
        output_schema: change.output_schema.unwrap_or(tool.output_schema),
        static_config: change.static_config.unwrap_or(tool.static_config),
        config_metadata: change.config_metadata.unwrap_or(tool.config_metadata),
        api_spec: change.api_spec.or(tool.api_spec),
        script_content: change.script_content.or(tool.script_content),
        test_content: change.test_content.unwrap_or(tool.test_content),
        executor_config: change.executor_config.unwrap_or(tool.executor_config),
        status: Status::Draft,
        is_async: change.is_async.unwrap_or(tool.is_async),
        attach_to_agent: change.attach_to_agent.unwrap_or(tool.attach_to_agent),
        execute_on_call_start: change.execute_on_call_start.unwrap_or(tool.execute_on_call_start),
        timeout_ms: change.timeout_ms.unwrap_or(tool.timeout_ms),
        rate_limit_per_minute: change.rate_limit_per_minute.unwrap_or(tool.rate_limit_per_minute),
        rate_limit_per_hour: change.rate_limit_per_hour.unwrap_or(tool.rate_limit_per_hour),
        retry_policy: change.retry_policy.unwrap_or(tool.retry_policy),
        cost_per_call: change.cost_per_call.unwrap_or(tool.cost_per_call),
        visibility: change.visibility.unwrap_or(tool.visibility),
    }
}

/// The fields that differ, before and after.
fn difference(before: &Tool, after: &Tool) -> (Map<String, Value>, Map<String, Value>) {
    let (mut old, mut new) = (Map::new(), Map::new());
    if let (Ok(Value::Object(before)), Ok(Value::Object(after))) = (serde_json::to_value(before), serde_json::to_value(after)) {
        for (name, value) in after {
            if before.get(&name) != Some(&value) && name != "updated_at" {
                old.insert(name.clone(), before.get(&name).cloned().unwrap_or_default());
                new.insert(name, value);
            }
        }
    }
    (old, new)
}
