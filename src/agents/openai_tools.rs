//! What an agent's model is shown: its tools in OpenAI's tools format.

use super::{attachments_store, attachments_store::OfferedTool, get::visible};
use crate::{access::Permission, actor::Actor, error::Result, ids::AgentId, system::System};
use serde_json::{Value, json};

/// `[{"type": "function", "function": {name, description, parameters}}]` of every tool the agent can call now.
pub async fn openai_tools(system: &System, actor: &Actor, agent: AgentId) -> Result<Value> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    visible(&mut tx, actor, agent, false).await?;
    let tools = attachments_store::offered_tools(&mut tx, agent, system.clock.now()).await?;
    Ok(Value::Array(tools.into_iter().map(openai_tool).collect()))
}

/// One tool: its name, parameters as derived when its version was saved, and the description with what this agent should know of it.
fn openai_tool(tool: OfferedTool) -> Value {
    let function = tool.function_schema.get("function").unwrap_or(&tool.function_schema);
    let text = |field: &str| function.get(field).and_then(Value::as_str).map(str::to_owned);
    let mut description = text("description").unwrap_or(tool.description);
    if !tool.usage_comments.is_empty() {
        if !description.is_empty() {
            description.push_str("\n\n");
        }
        description.push_str(&tool.usage_comments);
    }
    let parameters = function.get("parameters").cloned().unwrap_or_else(|| json!({ "type": "object", "properties": {} }));
    json!({ "type": "function", "function": { "name": tool.name, "description": description, "parameters": parameters } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_comments_follow_the_description_the_model_reads() {
        let tool = openai_tool(OfferedTool {
            name: "load".to_owned(),
            description: "Not used".to_owned(),
            function_schema: json!({ "name": "load", "description": "Loads a file.", "parameters": { "type": "object", "required": ["path"] } }),
            usage_comments: "Only for stock files.".to_owned(),
        });
        assert_eq!(
            tool,
            json!({ "type": "function", "function": {
                "name": "load", "description": "Loads a file.\n\nOnly for stock files.", "parameters": { "type": "object", "required": ["path"] }
            } })
        );
    }
}
