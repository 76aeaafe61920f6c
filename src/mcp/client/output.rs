//! What a tool answered, as the output of an execution.

use crate::{executions::ErrorClass, executors::Failure};
use rmcp::model::{CallToolResult, ContentBlock, ResourceContents};
use serde_json::{Value, json};

/// The most that is kept of a result.
pub const RESULT_BYTES: usize = 5 * 1024 * 1024;
/// The most that is kept of one image, sound or file inside it.
pub const BLOCK_BYTES: usize = 1024 * 1024;

/// Structured content first; else text, joined, and parsed where it is JSON; with images or resources among it, the blocks as they are.
pub fn of(result: CallToolResult) -> Result<Value, Failure> {
    let is_error = result.is_error == Some(true);
    let text: Vec<&str> = result
        .content
        .iter()
        .filter_map(|block| match block {
            ContentBlock::Text(text) => Some(text.text.as_str()),
            _ => None,
        })
        .collect();
    let joined = text.join("\n");
    let output = match result.structured_content {
        Some(structured) => structured,
        None if text.len() == result.content.len() => parsed(&joined),
        None => json!({"content": result.content.iter().map(block).collect::<Vec<_>>()}),
    };
    if output.to_string().len() > RESULT_BYTES {
        return Err(Failure::new(
            ErrorClass::Upstream,
            format!("The result is larger than {} MiB. Ask the tool for less.", RESULT_BYTES / 1024 / 1024),
        ));
    }
    if is_error {
        let said = if joined.trim().is_empty() { "The tool reported an error and gave no reason.".to_owned() } else { cut(joined.trim()) };
        return Err(Failure { outputs: Some(output), ..Failure::new(ErrorClass::Upstream, said) });
    }
    Ok(output)
}

fn parsed(text: &str) -> Value {
    if text.trim_start().starts_with(['{', '[']) {
        return serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
    }
    Value::String(text.to_owned())
}

fn cut(text: &str) -> String {
    if text.chars().count() > 2_000 { format!("{}…", text.chars().take(2_000).collect::<String>()) } else { text.to_owned() }
}

fn block(block: &ContentBlock) -> Value {
    match block {
        ContentBlock::Text(text) => json!({"type": "text", "text": text.text}),
        ContentBlock::Image(image) => binary("image", &image.mime_type, &image.data),
        ContentBlock::Audio(audio) => binary("audio", &audio.mime_type, &audio.data),
        ContentBlock::Resource(resource) => match &resource.resource {
            ResourceContents::TextResourceContents { uri, mime_type, text, .. } => {
                json!({"type": "resource", "uri": uri, "mime_type": mime_type, "text": text})
            }
            ResourceContents::BlobResourceContents { uri, mime_type, blob, .. } => {
                let mut value = binary("resource", mime_type.as_deref().unwrap_or("application/octet-stream"), blob);
                value["uri"] = Value::String(uri.clone());
                value
            }
            _ => json!({"type": "resource"}),
        },
        ContentBlock::ResourceLink(link) => {
            json!({"type": "resource_link", "uri": link.uri, "name": link.name, "mime_type": link.mime_type, "description": link.description})
        }
        _ => serde_json::to_value(block).unwrap_or_default(),
    }
}

/// Base64, or only its size where it is too large to be kept.
fn binary(kind: &str, mime_type: &str, data: &str) -> Value {
    if data.len() > BLOCK_BYTES {
        json!({"type": kind, "mime_type": mime_type, "bytes": data.len() / 4 * 3, "omitted": format!("larger than {} MiB", BLOCK_BYTES / 1024 / 1024)})
    } else {
        json!({"type": kind, "mime_type": mime_type, "base64": data})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(json: Value) -> CallToolResult {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn structured_content_comes_first_then_text_then_the_blocks() {
        let text = |text: &str| json!({"type": "text", "text": text});
        assert_eq!(of(result(json!({"content": [text("x")], "structuredContent": {"a": 1}}))).unwrap(), json!({"a": 1}));
        assert_eq!(of(result(json!({"content": [text("a"), text("b")]}))).unwrap(), json!("a\nb"));
        assert_eq!(of(result(json!({"content": [text("{\"a\": [1]}")]}))).unwrap(), json!({"a": [1]}));
        assert_eq!(of(result(json!({"content": [text("{broken")]}))).unwrap(), json!("{broken"));
        let mixed = of(result(json!({"content": [text("a"), {"type": "image", "data": "aGk=", "mimeType": "image/png"}]}))).unwrap();
        assert_eq!(mixed["content"][1], json!({"type": "image", "mime_type": "image/png", "base64": "aGk="}));
    }

    #[test]
    fn what_is_too_large_is_left_out_or_refused() {
        let large = "A".repeat(BLOCK_BYTES + 4);
        let output = of(result(json!({"content": [{"type": "image", "data": large, "mimeType": "image/png"}]}))).unwrap();
        assert!(output["content"][0]["omitted"].is_string() && output["content"][0].get("base64").is_none());
        let refused = of(result(json!({"content": [{"type": "text", "text": "x".repeat(RESULT_BYTES)}]}))).unwrap_err();
        assert!(refused.message.contains("larger than"));
    }

    #[test]
    fn an_error_of_the_tool_is_its_text() {
        let failed = of(result(json!({"content": [{"type": "text", "text": "No such city"}], "isError": true}))).unwrap_err();
        assert_eq!((failed.class, failed.message.as_str()), (ErrorClass::Upstream, "No such city"));
        assert_eq!(failed.outputs, Some(json!("No such city")));
    }
}
