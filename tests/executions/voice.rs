//! What the tests of sms, transfer_call and pipedream_action share.

use serde_json::Value;
use support::TestSystem;
use toolcrib::{
    actor::Actor,
    executions::{ExecuteRequest, Execution, execute},
    keys::{ContextType, NewKey, NewMapping, Secret},
    tools::{Kind, NewTool, Status, Visibility, create},
};

/// A tool of this kind, active and public.
pub fn tool(name: &str, kind: Kind, config: Value) -> NewTool {
    let mut tool = NewTool::new(name, kind);
    tool.config_metadata = config;
    tool.status = Status::Active;
    tool.visibility = Visibility::Public;
    tool
}

/// A key for everybody.
pub async fn key(test: &TestSystem, actor: &Actor, name: &str, value: &str) {
    let mut new = NewKey::new(name, Secret::from(value));
    new.mappings.push(NewMapping { tool_id: None, context_type: ContextType::Global, context_id: None, priority: 0 });
    toolcrib::keys::create(test.system(), actor, new).await.unwrap();
}

/// Makes the tool and calls it once with these variables.
pub async fn call(test: &TestSystem, actor: &Actor, tool: NewTool, inputs: Value, variables: Value) -> Execution {
    let tool = create(test.system(), actor, tool).await.unwrap();
    let request = ExecuteRequest { variables: variables.as_object().cloned().unwrap_or_default(), ..ExecuteRequest::new(tool.id, inputs) };
    execute(test.system(), actor, request).await.unwrap()
}
