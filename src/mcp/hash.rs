//! The fingerprint of a definition: SHA-256 over canonical JSON, so that the order of fields means nothing.

use super::Definition;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Name, description and schemas. Titles and hints are shown to people and may change; a model sees neither.
#[must_use]
pub fn hash(definition: &Definition) -> String {
    let pinned = json!({
        "name": definition.name,
        "description": definition.description,
        "inputSchema": definition.input_schema,
        "outputSchema": definition.output_schema,
    });
    let mut text = String::new();
    canonical(&pinned, &mut text);
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// Keys in order, no white space.
fn canonical(value: &Value, text: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut names: Vec<&String> = fields.keys().collect();
            names.sort_unstable();
            text.push('{');
            for (index, name) in names.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                text.push_str(&Value::String(name.clone()).to_string());
                text.push(':');
                canonical(&fields[name], text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                canonical(item, text);
            }
            text.push(']');
        }
        other => text.push_str(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definition(schema: Value) -> Definition {
        Definition { name: "a".into(), description: "b".into(), input_schema: schema, ..Definition::default() }
    }

    #[test]
    fn the_order_of_fields_means_nothing_and_their_values_everything() {
        let one = hash(&definition(json!({"type": "object", "properties": {"a": {"type": "string", "maxLength": 3}}})));
        let two = hash(&definition(json!({"properties": {"a": {"maxLength": 3, "type": "string"}}, "type": "object"})));
        let other = hash(&definition(json!({"properties": {"a": {"maxLength": 4, "type": "string"}}, "type": "object"})));
        assert_eq!(one, two);
        assert_ne!(one, other);
        assert_eq!(one.len(), 64);
    }
}
