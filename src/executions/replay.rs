//! Replay: the inputs of an earlier execution as a new one, linked to it.

use super::{ExecuteRequest, Execution, execute};
use crate::{
    actor::Actor,
    error::{Error, Result},
    ids::ExecutionId,
    system::System,
};

/// Calls the tool, in its present version, with the inputs of `original`. The call goes the way of every other: permissions, limits
/// and all; it is the replaying person's, not the first caller's.
pub async fn replay(system: &System, actor: &Actor, original: &Execution) -> Result<Execution> {
    let mut request = ExecuteRequest::new(original.tool_id, original.inputs.clone());
    request.variables = original.account.get("variables").and_then(serde_json::Value::as_object).cloned().unwrap_or_default();
    // What was tried from the tool's page may have been a draft, and may still be one.
    request.is_test = original.source == "page" && original.run_id.is_none();
    request.replay_of = Some(original.id);
    execute(system, actor, request).await
}

/// Which execution this one replays, and which replay it, newest first.
pub async fn replays(system: &System, actor: &Actor, id: ExecutionId) -> Result<(Option<ExecutionId>, Vec<ExecutionId>)> {
    let mut tx = system.tenant(actor).await?;
    let of = sqlx::query_scalar!("select replay_of from tool_executions where id = $1", id.0)
        .fetch_optional(&mut *tx)
        .await?
        .ok_or(Error::NotFound("execution"))?;
    let by = sqlx::query_scalar!("select id from tool_executions where replay_of = $1 order by created_at desc limit 20", id.0)
        .fetch_all(&mut *tx)
        .await?;
    Ok((of.map(ExecutionId), by.into_iter().map(ExecutionId).collect()))
}
