//! What a tool was before: list, compare, restore.

use super::{
    Tool, ToolVersion, UpdateTool,
    access::{Asker, Level},
    store, update,
};
use crate::{
    access::Permission,
    actor::Actor,
    db::TenantTx,
    diff::side_by_side,
    error::{Error, Result},
    ids::ToolId,
    page::{Page, decode_place, encode_place},
    system::System,
    tools::comparison::{Comparison, FieldChange, VersionHead},
};
use serde_json::{Map, Value, json};

async fn readable(system: &System, actor: &Actor, id: ToolId) -> Result<(TenantTx, Tool)> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    let found = store::find(&mut tx, Asker::of(actor), id, system.clock.now()).await?;
    let (tool, _) = found.filter(|(_, level)| *level >= Level::Read).ok_or(Error::NotFound("tool"))?;
    Ok((tx, tool))
}

/// All versions, newest first.
pub async fn versions(system: &System, actor: &Actor, id: ToolId) -> Result<Vec<ToolVersion>> {
    let (mut tx, _) = readable(system, actor, id).await?;
    store::versions(&mut tx, id, None, None).await
}

/// The same in pages of `limit` (1 to 200; 50 when left out).
pub async fn page(system: &System, actor: &Actor, id: ToolId, cursor: Option<&str>, limit: Option<i64>) -> Result<Page<ToolVersion>> {
    let before = cursor.map(decode_place).transpose()?;
    let limit = limit.unwrap_or(50).clamp(1, 200);
    let (mut tx, _) = readable(system, actor, id).await?;
    let rows = store::versions(&mut tx, id, before, Some(limit + 1)).await?;
    Ok(Page::cut(rows, limit, |last| encode_place(&last.version)))
}

/// The newest one.
pub async fn newest(system: &System, actor: &Actor, id: ToolId) -> Result<Option<ToolVersion>> {
    let (mut tx, _) = readable(system, actor, id).await?;
    Ok(store::versions(&mut tx, id, None, Some(1)).await?.pop())
}

/// One version.
pub async fn version(system: &System, actor: &Actor, id: ToolId, version: i32) -> Result<ToolVersion> {
    let (mut tx, _) = readable(system, actor, id).await?;
    store::version(&mut tx, id, version).await?.ok_or(Error::NotFound("version"))
}

/// Two versions side by side: the fields that differ, each by its lines.
pub async fn compare(system: &System, actor: &Actor, id: ToolId, from: i32, to: i32) -> Result<Comparison> {
    let (mut tx, tool) = readable(system, actor, id).await?;
    let left = store::version(&mut tx, id, from).await?.ok_or(Error::NotFound("version"))?;
    let right = store::version(&mut tx, id, to).await?.ok_or(Error::NotFound("version"))?;
    let (mut changed, mut same) = (Vec::new(), Vec::new());
    let empty = Map::new();
    let (a, b) = (left.snapshot.as_object().unwrap_or(&empty), right.snapshot.as_object().unwrap_or(&empty));
    let mut names: Vec<&String> = a.keys().collect();
    names.extend(b.keys().filter(|name| !a.contains_key(*name)));
    // The database keeps no order of fields.
    let order = snapshot(&tool);
    let place = |name: &str| order.as_object().and_then(|fields| fields.keys().position(|field| field == name)).unwrap_or(usize::MAX);
    names.sort_by_key(|name| place(name));
    for name in names {
        let (before, after) = (a.get(name).unwrap_or(&Value::Null), b.get(name).unwrap_or(&Value::Null));
        if before == after {
            same.push(name.clone());
        } else {
            changed.push(FieldChange { name: name.clone(), lines: side_by_side(&as_lines(before), &as_lines(after)) });
        }
    }
    let head = |version: ToolVersion| VersionHead {
        version: version.version,
        changelog: version.changelog,
        created_by_name: version.created_by_name,
        created_at: version.created_at,
    };
    Ok(Comparison { from: head(left), to: head(right), changed, same })
}

/// Text as it is, JSON with a line for each field.
fn as_lines(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => serde_json::to_string_pretty(other).unwrap_or_default(),
    }
}

/// Makes the tool what it was at a version, as a new version. What no version remembers (status, category, tags, grants) stays.
pub async fn restore(system: &System, actor: &Actor, id: ToolId, number: i32, expected_version: Option<i32>) -> Result<Tool> {
    actor.require(Permission::Build)?;
    let old = version(system, actor, id, number).await?;
    let now = super::get(system, actor, id).await?;
    let mut fields = old.snapshot.as_object().cloned().unwrap_or_default();
    // Derived, and the one thing that never changes.
    fields.remove("function_schema");
    fields.remove("kind");
    let current = snapshot(&now);
    if fields.iter().all(|(name, value)| current.get(name) == Some(value)) {
        return Err(Error::conflict("version", format!("The tool is as it was at version {number}.")));
    }
    fields.insert("changelog".to_owned(), json!(format!("Restored version {number}")));
    fields.insert("expected_version".to_owned(), json!(expected_version.unwrap_or(now.version)));
    let change: UpdateTool = serde_json::from_value(Value::Object(fields)).map_err(|error| Error::Internal(error.into()))?;
    update(system, actor, id, change).await
}

/// The tool as it was at a version. Its name stays what it is now: it is what callers know it by. So does all that no version remembers.
pub(super) fn at(mut tool: Tool, version: i32, snapshot: Value) -> Result<Tool> {
    fn set<T: serde::de::DeserializeOwned>(fields: &mut Map<String, Value>, name: &str, place: &mut T) -> Result<()> {
        if let Some(value) = fields.remove(name) {
            *place =
                serde_json::from_value(value).map_err(|error| Error::internal(format!("{name} of a version cannot be read: {error}")))?;
        }
        Ok(())
    }
    let Value::Object(mut fields) = snapshot else { return Err(Error::internal("a version is no object")) };
    let fields = &mut fields;
    set(fields, "description", &mut tool.description)?;
    set(fields, "input_schema", &mut tool.input_schema)?;
    set(fields, "output_schema", &mut tool.output_schema)?;
    set(fields, "function_schema", &mut tool.function_schema)?;
    set(fields, "static_config", &mut tool.static_config)?;
    set(fields, "config_metadata", &mut tool.config_metadata)?;
    set(fields, "api_spec", &mut tool.api_spec)?;
    set(fields, "script_content", &mut tool.script_content)?;
    set(fields, "test_content", &mut tool.test_content)?;
    set(fields, "executor_config", &mut tool.executor_config)?;
    set(fields, "is_async", &mut tool.is_async)?;
    set(fields, "execute_on_call_start", &mut tool.execute_on_call_start)?;
    set(fields, "timeout_ms", &mut tool.timeout_ms)?;
    set(fields, "retry_policy", &mut tool.retry_policy)?;
    tool.version = version;
    Ok(tool)
}

/// Contract and behaviour: a change of any of these makes a new version.
#[must_use]
pub fn snapshot(tool: &Tool) -> Value {
    json!({
        "name": tool.name,
        "description": tool.description,
        "kind": tool.kind,
        "input_schema": tool.input_schema,
        "output_schema": tool.output_schema,
        "function_schema": tool.function_schema,
        "static_config": tool.static_config,
        "config_metadata": tool.config_metadata,
        "api_spec": tool.api_spec,
        "script_content": tool.script_content,
        "test_content": tool.test_content,
        "executor_config": tool.executor_config,
        "is_async": tool.is_async,
        "execute_on_call_start": tool.execute_on_call_start,
        "timeout_ms": tool.timeout_ms,
        "retry_policy": tool.retry_policy,
    })
}
