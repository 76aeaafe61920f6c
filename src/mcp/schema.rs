//! From JSON Schema 2020-12, in which MCP servers speak, to draft-07, in which tools are kept. What draft-07 cannot say is refused with
//! its place: a schema that lost a rule on the way would promise checks that nobody makes.

use serde_json::{Map, Value, json};

/// The same schema in draft-07, or why that cannot be.
pub fn to_draft_07(schema: &Value) -> Result<Value, String> {
    if let Some(draft) = schema.get("$schema").and_then(Value::as_str) {
        let draft = draft.trim_end_matches('#').replacen("https://", "http://", 1);
        match draft.as_str() {
            "http://json-schema.org/draft-07/schema" | "http://json-schema.org/draft-06/schema" => {
                let mut same = schema.clone();
                if let Some(fields) = same.as_object_mut() {
                    fields.remove("$schema");
                }
                return Ok(same);
            }
            "http://json-schema.org/draft/2020-12/schema" | "http://json-schema.org/draft/2019-09/schema" => {}
            other => return Err(format!("its schema is of the dialect “{other}”, which is not known here")),
        }
    }
    convert(schema, "")
}

/// Keywords whose value is one schema.
const ONE: [&str; 9] =
    ["not", "if", "then", "else", "contains", "additionalProperties", "propertyNames", "additionalItems", "contentSchema"];
/// Keywords whose value is a list of schemas.
const LIST: [&str; 3] = ["allOf", "anyOf", "oneOf"];
/// Keywords whose value holds schemas by name.
const NAMED: [&str; 3] = ["properties", "patternProperties", "definitions"];

fn convert(schema: &Value, place: &str) -> Result<Value, String> {
    let Value::Object(fields) = schema else {
        return Ok(schema.clone());
    };
    let refuse = |keyword: &str, why: &str| Err(format!("its schema uses “{keyword}” at “{place}/{keyword}”, {why}"));
    let mut out = Map::new();
    let mut reference = None;
    for (keyword, value) in fields {
        let at = format!("{place}/{keyword}");
        match keyword.as_str() {
            "$schema" | "$vocabulary" | "contentSchema" => {}
            "$id" if place.is_empty() => {}
            "$id" => return refuse("$id", "which gives a part of the schema an address of its own"),
            "$defs" => {
                let converted = named(value, &at)?;
                merge(&mut out, "definitions", converted);
            }
            "definitions" => {
                let converted = named(value, &at)?;
                merge(&mut out, "definitions", converted);
            }
            "$anchor" => {
                out.insert("$id".to_owned(), json!(format!("#{}", value.as_str().unwrap_or_default())));
            }
            "$ref" => reference = Some(pointer(value, place)?),
            "$dynamicRef" | "$dynamicAnchor" | "$recursiveRef" | "$recursiveAnchor" => {
                return refuse(keyword, "a reference that is decided while validating; draft-07 has no such thing");
            }
            "prefixItems" => {
                let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
                let items = items.iter().enumerate().map(|(i, item)| convert(item, &format!("{at}/{i}"))).collect::<Result<Vec<_>, _>>()?;
                out.insert("items".to_owned(), Value::Array(items));
            }
            "items" if fields.contains_key("prefixItems") => {
                out.insert("additionalItems".to_owned(), convert(value, &at)?);
            }
            "items" if value.is_array() => {
                let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
                let items = items.iter().enumerate().map(|(i, item)| convert(item, &format!("{at}/{i}"))).collect::<Result<Vec<_>, _>>()?;
                out.insert("items".to_owned(), Value::Array(items));
            }
            "items" => {
                out.insert("items".to_owned(), convert(value, &at)?);
            }
            "dependentRequired" => merge(&mut out, "dependencies", value.as_object().cloned().unwrap_or_default()),
            "dependentSchemas" => {
                let converted = named(value, &at)?;
                let clash = out
                    .get("dependencies")
                    .and_then(Value::as_object)
                    .is_some_and(|known| known.keys().any(|name| converted.contains_key(name)));
                if clash {
                    return refuse(keyword, "together with “dependentRequired” for the same property; draft-07 has one place for both");
                }
                merge(&mut out, "dependencies", converted);
            }
            "minContains" if value == &json!(1) => {}
            "minContains" | "maxContains" => return refuse(keyword, "which counts matching items; draft-07 cannot"),
            "unevaluatedProperties" | "unevaluatedItems" if value == &json!(true) => {}
            "unevaluatedProperties" if is_plain(fields) && !fields.contains_key("additionalProperties") => {
                out.insert("additionalProperties".to_owned(), convert(value, &at)?);
            }
            "unevaluatedProperties" | "unevaluatedItems" => {
                return refuse(keyword, "which looks at what other parts of the schema have checked; draft-07 cannot");
            }
            one if ONE.contains(&one) => {
                out.insert(keyword.clone(), convert(value, &at)?);
            }
            list if LIST.contains(&list) => {
                let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
                let items = items.iter().enumerate().map(|(i, item)| convert(item, &format!("{at}/{i}"))).collect::<Result<Vec<_>, _>>()?;
                out.insert(keyword.clone(), Value::Array(items));
            }
            name if NAMED.contains(&name) => {
                out.insert(keyword.clone(), Value::Object(named(value, &at)?));
            }
            _ => {
                out.insert(keyword.clone(), value.clone());
            }
        }
    }
    if let Some(reference) = reference {
        if out.is_empty() {
            out.insert("$ref".to_owned(), Value::String(reference));
        } else {
            // Beside a $ref draft-07 reads nothing else: each gets a place of its own.
            let all = out.entry("allOf").or_insert_with(|| json!([]));
            if let Some(all) = all.as_array_mut() {
                all.push(json!({"$ref": reference}));
            }
        }
    }
    Ok(Value::Object(out))
}

/// Nothing in it applies other schemas to the same value.
fn is_plain(fields: &Map<String, Value>) -> bool {
    !["$ref", "allOf", "anyOf", "oneOf", "not", "if", "dependentSchemas"].iter().any(|keyword| fields.contains_key(*keyword))
}

fn named(value: &Value, place: &str) -> Result<Map<String, Value>, String> {
    let schemas = value.as_object().cloned().unwrap_or_default();
    schemas.into_iter().map(|(name, schema)| convert(&schema, &format!("{place}/{name}")).map(|schema| (name, schema))).collect()
}

fn merge(out: &mut Map<String, Value>, keyword: &str, more: Map<String, Value>) {
    let known = out.entry(keyword).or_insert_with(|| json!({}));
    if let Some(known) = known.as_object_mut() {
        known.extend(more);
    }
}

/// A reference inside the schema, with the new names of the parts it goes through.
fn pointer(value: &Value, place: &str) -> Result<String, String> {
    let text = value.as_str().unwrap_or_default();
    if !text.starts_with('#') {
        return Err(format!(
            "its schema refers to “{text}” at “{place}/$ref”; only references inside the schema are followed, nothing is fetched"
        ));
    }
    Ok(text
        .split('/')
        .map(|segment| match segment {
            "$defs" => "definitions",
            "prefixItems" => "items",
            other => other,
        })
        .collect::<Vec<_>>()
        .join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_draft_07_says_otherwise_is_said_otherwise() {
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "$defs": {"city": {"type": "string"}},
            "properties": {
                "city": {"$ref": "#/$defs/city", "description": "Where"},
                "plain": {"$ref": "#/$defs/city"},
                "pair": {"prefixItems": [{"type": "number"}, {"type": "number"}], "items": false},
                "$defs": {"const": {"$ref": "not a reference"}}
            },
            "dependentRequired": {"pair": ["city"]},
            "unevaluatedProperties": false
        });
        assert_eq!(
            to_draft_07(&schema).unwrap(),
            json!({
                "type": "object",
                "definitions": {"city": {"type": "string"}},
                "properties": {
                    "city": {"description": "Where", "allOf": [{"$ref": "#/definitions/city"}]},
                    "plain": {"$ref": "#/definitions/city"},
                    "pair": {"items": [{"type": "number"}, {"type": "number"}], "additionalItems": false},
                    "$defs": {"const": {"$ref": "not a reference"}}
                },
                "dependencies": {"pair": ["city"]},
                "additionalProperties": false
            })
        );
    }

    #[test]
    fn what_draft_07_cannot_say_is_refused_with_its_place() {
        for (schema, word) in [
            (json!({"properties": {"a": {"$dynamicRef": "#x"}}}), "/properties/a/$dynamicRef"),
            (json!({"properties": {"a": {"$ref": "https://example.com/x.json"}}}), "https://example.com/x.json"),
            (json!({"allOf": [{}], "unevaluatedProperties": false}), "unevaluatedProperties"),
            (json!({"contains": {}, "minContains": 2}), "minContains"),
            (json!({"$schema": "http://json-schema.org/draft-03/schema#"}), "draft-03"),
        ] {
            let refused = to_draft_07(&schema).unwrap_err();
            assert!(refused.contains(word), "{refused}");
        }
    }

    #[test]
    fn a_draft_07_schema_stays_as_it_is() {
        let schema = json!({"type": "object", "dependencies": {"a": ["b"]}});
        let mut said = schema.clone();
        said["$schema"] = "http://json-schema.org/draft-07/schema#".into();
        assert_eq!(to_draft_07(&said).unwrap(), schema);
        assert_eq!(to_draft_07(&schema).unwrap(), schema);
    }
}
