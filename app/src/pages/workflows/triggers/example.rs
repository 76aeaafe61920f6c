//! A request that works, to be copied into a terminal.

use serde_json::{Map, Value, json};
use toolcrib::workflows::{
    graph::{FieldKind, InputField, path::Path},
    triggers::{Auth, Trigger, TriggerKind},
};

/// Sends something that fits the workflow's inputs to the trigger.
pub(super) fn command(base_url: &str, trigger: &Trigger, inputs: &[InputField], secret: &str) -> String {
    let (Some(address), Some(webhook)) = (&trigger.address, &trigger.webhook) else { return String::new() };
    let url = format!("{base_url}{address}");
    let body = quoted(&body(trigger, inputs).to_string());
    let json = "-H 'Content-Type: application/json'";
    match webhook.auth {
        Auth::Secret => {
            let header = if trigger.kind == TriggerKind::CallStart { "X-Vapi-Secret" } else { "X-Toolcrib-Secret" };
            format!("curl -X POST {url} \\\n  -H '{header}: {secret}' \\\n  {json} \\\n  -d {body}")
        }
        Auth::Hmac => format!(
            "body={body}\nnow=$(date +%s)\nsignature=$(printf '%s.%s' \"$now\" \"$body\" | openssl dgst -sha256 -hmac '{secret}' | sed 's/.*= //')\n\
             curl -X POST {url} \\\n  -H \"X-Toolcrib-Timestamp: $now\" \\\n  -H \"X-Toolcrib-Signature: sha256=$signature\" \\\n  {json} \\\n  -d \"$body\""
        ),
    }
}

/// For a shell: what stands between single quotes is taken as it is.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn body(trigger: &Trigger, inputs: &[InputField]) -> Value {
    let mapping = trigger.webhook.as_ref().map(|webhook| webhook.mapping.as_slice()).unwrap_or_default();
    if trigger.kind == TriggerKind::CallStart {
        let call = json!({ "id": "call_1", "customer": { "number": "+15550100" }, "phoneNumber": { "number": "+15550199" } });
        return json!({ "message": { "type": "status-update", "status": "in-progress", "call": call } });
    }
    let mut body = Map::new();
    for field in inputs.iter().filter(|field| !trigger.input.contains_key(&field.name)) {
        let path = match mapping.iter().find(|row| row.field == field.name) {
            Some(row) => match row.from.strip_prefix("body.") {
                Some(path) => path,
                // In the query or a header: that is the sender's to say.
                None => continue,
            },
            None if mapping.is_empty() => &field.name,
            None => continue,
        };
        if let Ok(path) = Path::parse(path) {
            // A position in a list cannot be made up: the mapping says where to put it.
            let _ = path.put(&mut body, sample(field));
        }
    }
    Value::Object(body)
}

fn sample(field: &InputField) -> Value {
    if let Some(default) = &field.default {
        return default.clone();
    }
    match field.kind {
        FieldKind::String => json!("text"),
        FieldKind::Number => json!(1.5),
        FieldKind::Integer => json!(1),
        FieldKind::Boolean => json!(true),
        FieldKind::Array => json!([]),
        FieldKind::Object => json!({}),
    }
}
