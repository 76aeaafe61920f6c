//! What each kind needs beside what all tools have: one file a kind with its configuration's shape and rules. Pure.

use super::{Kind, NewTool};
use crate::problem::FieldError;

pub mod api_request;
pub mod auth;
pub mod mcp;
pub mod script;

/// The rules of the tool's kind. The contract was checked before.
pub(super) fn check_kind(tool: &mut NewTool, errors: &mut Vec<FieldError>) {
    let inputs = tool.input_schema.get("properties").and_then(serde_json::Value::as_object);
    match tool.kind {
        Kind::ApiRequest => match &mut tool.api_spec {
            None => errors.push(FieldError::new("api_spec", "An API request needs its base URL, path and method.")),
            Some(spec) => api_request::check_api_spec(spec, inputs, errors),
        },
        Kind::Mcp => mcp::check_config(&tool.executor_config, errors),
        Kind::Python | Kind::Shell => {
            let (script, tests) = (tool.script_content.as_deref(), tool.test_content.as_deref());
            script::check_script(tool.kind, script, tests, &tool.executor_config, inputs, errors);
        }
        _ => {}
    }
    if tool.kind != Kind::ApiRequest && tool.api_spec.is_some() {
        errors.push(FieldError::new("api_spec", "Only tools of kind api_request have this."));
    }
    if !matches!(tool.kind, Kind::Python | Kind::Shell) {
        for (field, content) in [("script_content", &tool.script_content), ("test_content", &tool.test_content)] {
            if content.as_ref().is_some_and(|script| !script.is_empty()) {
                errors.push(FieldError::new(field, "Only script tools have this."));
            }
        }
    }
}
