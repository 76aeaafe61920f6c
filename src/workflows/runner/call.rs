//! The call of one tool by one node.

use crate::{
    actor::Actor,
    error::Error,
    executions::{Cancel, ErrorClass, ExecuteRequest, RunContext, execute},
    ids::{ExecutionId, RunId, SessionId, ToolId},
    system::System,
    workflows::{
        engine::{CallId, Outcome},
        store,
    },
};
use serde_json::{Map, Value};
use std::{future::Future, pin::Pin};

/// Everything a call needs to know.
pub struct ToolCall {
    pub system: System,
    pub actor: Actor,
    pub run_id: RunId,
    pub call: CallId,
    pub tool_id: ToolId,
    pub inputs: Map<String, Value>,
    pub attempt: u32,
    pub session_id: Option<SessionId>,
    pub trace_id: Option<String>,
    pub cancel: Cancel,
    /// The call was under way when a server died: it may have been answered.
    pub resumed: bool,
}

/// How it ended, and under which id it is recorded.
pub struct ToolResult {
    pub outcome: Outcome,
    pub execution_id: Option<ExecutionId>,
}

/// What carries out calls. The product has one way, [`execute`]; tests count and hold calls.
pub trait CallTool: Send + Sync {
    fn call(&self, call: ToolCall) -> Pin<Box<dyn Future<Output = ToolResult> + Send>>;
}

/// The one way through which every call of a tool goes.
pub(super) struct Executions;

impl CallTool for Executions {
    fn call(&self, call: ToolCall) -> Pin<Box<dyn Future<Output = ToolResult> + Send>> {
        Box::pin(async move {
            if call.resumed
                && let Some(result) = answered(&call).await
            {
                return result;
            }
            let item = call.call.item.map(|item| i32::try_from(item).unwrap_or(i32::MAX));
            let request = ExecuteRequest {
                tool_id: call.tool_id,
                inputs: Value::Object(call.inputs),
                variables: Map::new(),
                agent_id: call.actor.agent_id,
                session_id: call.session_id,
                run: Some(RunContext { run_id: call.run_id, node_id: call.call.node, item, attempt: call.attempt }),
                user_prompt: None,
                trace_id: call.trace_id,
                is_test: false,
                replay_of: None,
                cancel: Some(call.cancel),
            };
            match execute(&call.system, &call.actor, request).await {
                Ok(execution) if execution.is_success() => {
                    ToolResult { outcome: Outcome::Success(execution.outputs.unwrap_or(Value::Null)), execution_id: Some(execution.id) }
                }
                Ok(execution) => {
                    let class = execution.error_class.unwrap_or(ErrorClass::Internal);
                    let mut message = execution.error_message.clone().unwrap_or_else(|| format!("The call ended as {}.", execution.status));
                    for error in execution.field_errors() {
                        message.push_str(&format!(" {}: {}", error.pointer.trim_start_matches('/'), error.message));
                    }
                    let retryable = matches!(
                        class,
                        ErrorClass::Timeout | ErrorClass::Upstream | ErrorClass::RateLimited | ErrorClass::Internal | ErrorClass::Sandbox
                    );
                    ToolResult {
                        outcome: Outcome::Failure { class: class.as_str().to_owned(), message, retryable },
                        execution_id: Some(execution.id),
                    }
                }
                Err(error) => ToolResult { outcome: refused(&error), execution_id: None },
            }
        })
    }
}

/// An execution that succeeded is not repeated, even when its answer did not reach the run.
async fn answered(call: &ToolCall) -> Option<ToolResult> {
    let found = async {
        let mut tx = call.system.tenant(&call.actor).await?;
        store::answered(&mut tx, call.run_id, &call.call).await
    };
    match found.await {
        Ok(found) => found.map(|(id, output)| ToolResult { outcome: Outcome::Success(output), execution_id: Some(id) }),
        Err(error) => {
            tracing::warn!(%error, run = %call.run_id, "could not look for an earlier answer");
            None
        }
    }
}

/// Nothing was recorded: no such tool for this actor, or the database is away.
pub(super) fn refused(error: &Error) -> Outcome {
    let (class, retryable) = match error {
        Error::NotFound(_) | Error::Forbidden(_) | Error::Unauthenticated(_) => ("unauthorized", false),
        Error::Invalid(_) | Error::Malformed(_) | Error::TooLarge(_) | Error::Conflict { .. } | Error::Stale(_) => ("invalid_input", false),
        Error::RateLimited { .. } => ("rate_limited", true),
        Error::Unavailable(_) | Error::Internal(_) => ("internal", true),
    };
    Outcome::Failure { class: class.to_owned(), message: error.problem().sentence().to_owned(), retryable }
}
