//! Rules for `mcp` tools. What is called is decided by the pin that the import made; the configuration only shows it.

use crate::problem::FieldError;
use serde_json::Value;

pub(crate) fn check_config(config: &Value, errors: &mut Vec<FieldError>) {
    for field in ["server_id", "upstream_name", "hash"] {
        if config.get(field).and_then(Value::as_str).is_none_or(str::is_empty) {
            errors.push(FieldError::new(
                format!("executor_config/{field}"),
                "MCP tools are imported from their server: POST /v1/mcp-servers/{id}/import.",
            ));
        }
    }
}
