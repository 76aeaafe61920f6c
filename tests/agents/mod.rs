//! Agents, attachments, and what a model is offered.

mod attach;
mod change;
mod list;
mod openai_tools;
mod pinned;

use support::TestSystem;
use toolcrib::{
    actor::Actor,
    agents::{self, Agent, NewAgent, NewAttachment},
    ids::ToolId,
    tools::{self, Kind, NewTool, Status, Tool, Visibility},
};

/// An agent of this name.
pub async fn agent(test: &TestSystem, actor: &Actor, name: &str) -> Agent {
    let new = NewAgent { name: name.to_owned(), ..NewAgent::default() };
    agents::create::create(test.system(), actor, new).await.unwrap()
}

/// An active python tool of this name.
pub async fn tool(test: &TestSystem, actor: &Actor, name: &str, visibility: Visibility) -> Tool {
    let new = NewTool {
        script_content: Some("def main(count: int = 1):\n    return {\"count\": count}\n".to_owned()),
        input_schema: serde_json::json!({ "type": "object", "properties": { "count": { "type": "integer" } } }),
        description: format!("What {name} does."),
        status: Status::Active,
        visibility,
        ..NewTool::new(name, Kind::Python)
    };
    tools::create::create(test.system(), actor, new).await.unwrap()
}

/// Attach without further ado.
pub fn attachment(tool_id: ToolId) -> NewAttachment {
    NewAttachment { tool_id, usage_comments: String::new(), pinned_version: None }
}

/// How often this action stands in the audit log.
pub async fn audited(test: &TestSystem, action: &str) -> i64 {
    sqlx::query_scalar("select count(*) from audit_log where action = $1").bind(action).fetch_one(test.owner()).await.unwrap()
}
