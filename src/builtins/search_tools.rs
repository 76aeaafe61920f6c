//! `search_tools`: lets a model find tools by what they do.

use super::{Answer, Builtin, Kind, count, text};
use crate::{
    executions::ErrorClass,
    executors::{Call, Failure},
    tools::{self, Status, ToolFilter},
};
use serde_json::{Value, json};

pub fn tool() -> Builtin {
    Builtin {
        name: "search_tools",
        display_name: "Search tools",
        description: "Finds active tools by words in their name, description or tags, among those the caller may use.",
        icon: "search",
        inputs: json!({"type": "object", "additionalProperties": false, "required": ["query"], "properties": {
            "query": {"type": "string", "minLength": 1, "maxLength": 500},
            "limit": {"type": "integer", "minimum": 1, "maximum": 50, "default": 10}
        }}),
        outputs: json!({"type": "object", "required": ["tools"], "properties": {"tools": {"type": "array", "items": {"type": "object", "properties": {
            "name": {"type": "string"}, "display_name": {"type": "string"}, "description": {"type": "string"}, "kind": {"type": "string"}, "parameters": {"type": "object"}}}}}}),
        examples: json!([{"title": "What can read a CSV file?", "inputs": {"query": "csv"}}]),
        work: Kind::Ask(search),
    }
}

fn search<'a>(call: &'a Call<'a>) -> Answer<'a> {
    Box::pin(async move {
        let filter = ToolFilter {
            text: Some(text(&call.inputs, "query").to_owned()),
            status: Some(Status::Active),
            agent_id: call.agent_id,
            limit: Some(i64::try_from(count(&call.inputs, "limit", 10)).unwrap_or(10)),
            ..ToolFilter::default()
        };
        let found = tools::list(call.system, call.actor, filter)
            .await
            .map_err(|error| Failure::new(ErrorClass::Upstream, format!("The tools could not be searched: {error}")))?;
        let tools: Vec<Value> = found
            .items
            .into_iter()
            .map(|tool| {
                json!({"name": tool.name, "display_name": tool.display_name, "description": tool.description, "kind": tool.kind,
                    "parameters": tool.function_schema.get("parameters")})
            })
            .collect();
        Ok(json!({"tools": tools}))
    })
}
