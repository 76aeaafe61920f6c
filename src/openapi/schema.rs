//! Schemas of OpenAPI 3.0 (a dialect of its own) and 3.1 (JSON Schema 2020-12) as draft-07: references written out, words translated.

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Deeper than this a schema is no longer written out.
const DEPTH: usize = 40;
/// A schema with all its references written out may grow to so many parts; beyond, what is left is "anything".
const PARTS: usize = 5_000;

/// Writes schemas out. Notes what had to be left open.
pub struct Writer<'a> {
    pub document: &'a Value,
    pub notes: BTreeSet<String>,
    parts: usize,
    open: Vec<String>,
}

impl<'a> Writer<'a> {
    pub fn new(document: &'a Value) -> Self {
        Self { document, notes: BTreeSet::new(), parts: 0, open: Vec::new() }
    }

    /// The value itself, or what its local `$ref` names.
    pub fn resolve(&self, value: &'a Value) -> &'a Value {
        let mut value = value;
        for _ in 0..16 {
            match value.get("$ref").and_then(Value::as_str).and_then(|reference| self.target(reference)) {
                Some(target) => value = target,
                None => break,
            }
        }
        value
    }

    fn target(&self, reference: &str) -> Option<&'a Value> {
        self.document.pointer(&reference.strip_prefix('#')?.replace("%7B", "{").replace("%7D", "}"))
    }

    /// The schema as draft-07 without any reference.
    pub fn schema(&mut self, schema: &'a Value) -> Value {
        self.parts = 0;
        self.write(schema, 0)
    }

    fn write(&mut self, schema: &'a Value, depth: usize) -> Value {
        self.parts += 1;
        if depth > DEPTH || self.parts > PARTS {
            self.notes.insert("A schema is too large to be written out; parts of it take anything.".to_owned());
            return json!({});
        }
        let Some(fields) = schema.as_object() else {
            return if schema.is_boolean() { schema.clone() } else { json!({}) };
        };
        if let Some(reference) = fields.get("$ref").and_then(Value::as_str) {
            return self.reference(reference, fields, depth);
        }
        let mut written = Map::new();
        for (word, value) in fields {
            self.word(word, value, fields, depth, &mut written);
        }
        nullable(fields, &mut written);
        Value::Object(written)
    }

    fn reference(&mut self, reference: &str, fields: &'a Map<String, Value>, depth: usize) -> Value {
        let name = reference.rsplit('/').next().unwrap_or(reference);
        if self.open.iter().any(|open| open == reference) {
            self.notes.insert(format!("“{name}” contains itself; the inner one takes anything."));
            return json!({"description": format!("Another {name}.")});
        }
        let Some(target) = self.target(reference) else {
            self.notes.insert(format!("The reference {reference} leads nowhere."));
            return json!({});
        };
        self.open.push(reference.to_owned());
        let mut written = self.write(target, depth + 1);
        self.open.pop();
        // 3.1 lets a description stand beside a reference.
        if let (Some(description), Value::Object(written)) = (fields.get("description"), &mut written) {
            written.insert("description".to_owned(), description.clone());
        }
        written
    }

    fn word(&mut self, word: &str, value: &'a Value, fields: &Map<String, Value>, depth: usize, written: &mut Map<String, Value>) {
        let each = |writer: &mut Self, value: &'a Value| match value {
            Value::Array(schemas) => schemas.iter().map(|schema| writer.write(schema, depth + 1)).collect(),
            other => other.clone(),
        };
        match word {
            "properties" | "patternProperties" => {
                let properties =
                    value.as_object().map(|all| all.iter().map(|(name, schema)| (name.clone(), self.write(schema, depth + 1))).collect());
                written.insert(word.to_owned(), Value::Object(properties.unwrap_or_default()));
            }
            "items" | "additionalProperties" | "not" | "contains" | "propertyNames" | "if" | "then" | "else" | "additionalItems" => {
                let inner = if value.is_array() { each(self, value) } else { self.write(value, depth + 1) };
                // 2020-12's `items` after `prefixItems` is draft-07's `additionalItems`.
                let word = if word == "items" && fields.contains_key("prefixItems") { "additionalItems" } else { word };
                written.insert(word.to_owned(), inner);
            }
            "prefixItems" => drop(written.insert("items".to_owned(), each(self, value))),
            "allOf" | "anyOf" | "oneOf" => drop(written.insert(word.to_owned(), each(self, value))),
            "exclusiveMinimum" | "exclusiveMaximum" if value.is_boolean() => {
                let plain = if word == "exclusiveMinimum" { "minimum" } else { "maximum" };
                if value == &Value::Bool(true)
                    && let Some(bound) = fields.get(plain)
                {
                    written.insert(word.to_owned(), bound.clone());
                }
            }
            "minimum" if fields.get("exclusiveMinimum") == Some(&Value::Bool(true)) => {}
            "maximum" if fields.get("exclusiveMaximum") == Some(&Value::Bool(true)) => {}
            "example" => drop(written.entry("examples").or_insert_with(|| json!([value]))),
            "examples" if value.is_array() => drop(written.insert(word.to_owned(), value.clone())),
            "type" | "title" | "description" | "default" | "enum" | "const" | "multipleOf" | "minimum" | "maximum" | "exclusiveMinimum"
            | "exclusiveMaximum" | "minLength" | "maxLength" | "pattern" | "minItems" | "maxItems" | "uniqueItems" | "minProperties"
            | "maxProperties" | "required" | "format" | "readOnly" | "writeOnly" => drop(written.insert(word.to_owned(), value.clone())),
            "dependentRequired"
            | "dependentSchemas"
            | "unevaluatedProperties"
            | "unevaluatedItems"
            | "minContains"
            | "maxContains"
            | "$dynamicRef" => {
                self.notes.insert(format!("The rule “{word}” is not checked."));
            }
            // nullable is done afterwards; discriminator, xml, externalDocs, x-… say nothing about validity.
            _ => {}
        }
    }
}

/// 3.0's `nullable: true` lets null in.
fn nullable(fields: &Map<String, Value>, written: &mut Map<String, Value>) {
    if fields.get("nullable") != Some(&Value::Bool(true)) {
        return;
    }
    if let Some(Value::String(kind)) = written.get("type") {
        let kind = kind.clone();
        written.insert("type".to_owned(), json!([kind, "null"]));
    }
    if let Some(Value::Array(values)) = written.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(document: &Value, schema: &Value) -> (Value, Vec<String>) {
        // Both live for the whole test.
        let document: &'static Value = Box::leak(Box::new(document.clone()));
        let schema: &'static Value = Box::leak(Box::new(schema.clone()));
        let mut writer = Writer::new(document);
        (writer.schema(schema), writer.notes.into_iter().collect())
    }

    #[test]
    fn words_of_both_dialects_become_draft_07() {
        let (schema, notes) = written(
            &json!({}),
            &json!({"type": "object", "nullable": true, "properties": {"n": {"type": "integer", "minimum": 1, "exclusiveMinimum": true, "example": 5},
                "pair": {"type": "array", "prefixItems": [{"type": "string"}], "items": false}, "color": {"type": "string", "enum": ["red"], "nullable": true}}, "xml": {}}),
        );
        assert_eq!(
            schema,
            json!({"type": ["object", "null"], "properties": {"n": {"type": "integer", "exclusiveMinimum": 1, "examples": [5]},
                "pair": {"type": "array", "items": [{"type": "string"}], "additionalItems": false}, "color": {"type": ["string", "null"], "enum": ["red", null]}}})
        );
        assert_eq!(notes, Vec::<String>::new());
    }

    #[test]
    fn a_schema_that_contains_itself_ends() {
        let document =
            json!({"components": {"schemas": {"Node": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}}}}}});
        let (schema, notes) = written(&document, &json!({"$ref": "#/components/schemas/Node"}));
        assert_eq!(schema, json!({"type": "object", "properties": {"next": {"description": "Another Node."}}}));
        assert_eq!(notes, ["“Node” contains itself; the inner one takes anything."]);
    }

    #[test]
    fn references_that_multiply_without_end_are_cut() {
        let mut schemas = json!({"L0": {"type": "string"}});
        for level in 1..30 {
            let below = json!({"$ref": format!("#/components/schemas/L{}", level - 1)});
            schemas[format!("L{level}")] = json!({"type": "object", "properties": {"a": below, "b": below, "c": below}});
        }
        let (schema, notes) = written(&json!({"components": {"schemas": schemas}}), &json!({"$ref": "#/components/schemas/L29"}));
        assert!(schema.to_string().len() < 1_000_000 && notes.len() == 1, "{notes:?}");
    }
}
