//! What a tool was before.

use super::{
    Tool, ToolVersion,
    access::{Asker, Level},
    store,
};
use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    ids::ToolId,
    system::System,
};
use serde_json::{Value, json};

/// All versions, newest first.
pub async fn versions(system: &System, actor: &Actor, id: ToolId) -> Result<Vec<ToolVersion>> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    let found = store::find(&mut tx, Asker::of(actor), id, system.clock.now()).await?;
    found.filter(|(_, level)| *level >= Level::Read).ok_or(Error::NotFound("tool"))?;
    store::versions(&mut tx, id).await
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
