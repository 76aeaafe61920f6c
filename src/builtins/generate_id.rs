//! `generate_id`: identifiers that nobody else has.

use super::{Builtin, Inputs, Kind, count, text};
use crate::random;
use serde_json::{Value, json};

/// The alphabet of nanoid: URL-safe, 64 characters, so that six random bits make one.
const ALPHABET: &[u8; 64] = b"useandom-26T198340PX75pxJACKVERYMINDBUSHWOLF_GQZbfghjklqvwyzrict";

pub fn tool() -> Builtin {
    Builtin {
        name: "generate_id",
        display_name: "Generate id",
        description: "Makes identifiers: random UUIDs, UUIDs that sort by time, or short random ones.",
        icon: "fingerprint",
        inputs: json!({"type": "object", "additionalProperties": false, "properties": {
            "format": {"type": "string", "enum": ["uuid", "uuid_v7", "short"], "default": "uuid", "description": "uuid: random. uuid_v7: sorts by time. short: 21 URL-safe characters."},
            "count": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 1},
            "prefix": {"type": "string", "maxLength": 50, "default": ""}
        }}),
        outputs: json!({"type": "object", "required": ["id", "ids"], "properties": {"id": {"type": "string", "description": "The first."}, "ids": {"type": "array", "items": {"type": "string"}}}}),
        examples: json!([{"title": "Three order numbers", "inputs": {"format": "uuid_v7", "count": 3, "prefix": "order-"}}]),
        work: Kind::Compute(compute),
    }
}

fn compute(inputs: &Inputs) -> Result<Value, String> {
    let ids: Vec<String> = (0..count(inputs, "count", 1).clamp(1, 1000))
        .map(|_| {
            let id = match text(inputs, "format") {
                "uuid_v7" => uuid::Uuid::now_v7().to_string(),
                "short" => short(),
                _ => uuid::Builder::from_random_bytes(random::bytes()).into_uuid().to_string(),
            };
            format!("{}{id}", text(inputs, "prefix"))
        })
        .collect();
    Ok(json!({"id": ids[0], "ids": ids}))
}

fn short() -> String {
    random::bytes::<21>().iter().map(|byte| char::from(ALPHABET[usize::from(byte & 63)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn ids_are_many_distinct_and_of_their_form() {
        for (format, length) in [("uuid", 36), ("uuid_v7", 36), ("short", 21)] {
            let done = compute(json!({"format": format, "count": 1000, "prefix": "p-"}).as_object().unwrap()).unwrap();
            let ids: BTreeSet<&str> = done["ids"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
            assert_eq!(ids.len(), 1000);
            assert!(ids.iter().all(|id| id.starts_with("p-") && id.len() == length + 2));
        }
    }
}
