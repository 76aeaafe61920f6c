//! Is this a schema? Against the draft-07 meta-schema, with the place of every error.

use super::{DRAFT_07, values::sentence};
use crate::problem::FieldError;
use serde_json::Value;

/// Checks `schema` against the meta-schema. Pointers begin with `field`: `/input_schema/properties/a/type`.
pub fn check_schema(field: &str, schema: &Value, errors: &mut Vec<FieldError>) {
    let before = errors.len();
    if !schema.is_object() && !schema.is_boolean() {
        errors.push(FieldError::new(field, "A schema is a JSON object."));
        return;
    }
    if let Some(draft) = schema.get("$schema") {
        let named = draft.as_str().map(|text| text.trim_end_matches('#').replacen("https://", "http://", 1));
        if named.as_deref() != Some(DRAFT_07.trim_end_matches('#')) {
            errors.push(FieldError::new(
                format!("{field}/$schema"),
                format!("Schemas are draft-07 here: leave $schema out, or write “{DRAFT_07}”."),
            ));
            return;
        }
    }
    for error in jsonschema::draft7::meta::validator().iter_errors(schema) {
        errors.push(FieldError::new(format!("{field}{}", error.instance_path().as_str()), sentence(&error)));
    }
    if errors.len() > before {
        return;
    }
    // What the meta-schema cannot say: patterns that are no regular expressions, references that lead nowhere.
    if let Err(error) = super::values::validator(schema) {
        let place = error.schema_path().as_str().trim_end_matches('/').to_owned();
        let place = if place.is_empty() { error.instance_path().as_str().to_owned() } else { place };
        errors.push(FieldError::new(format!("{field}{place}"), reason(&error)));
    }
}

fn reason(error: &jsonschema::ValidationError<'_>) -> String {
    use jsonschema::error::ValidationErrorKind as K;
    match error.kind() {
        K::Referencing(_) => {
            "This reference leads nowhere. Only references inside the schema (“#/…”) are followed; nothing is fetched.".to_owned()
        }
        K::Format { format } if format == "regex" => "This is not a regular expression.".to_owned(),
        K::Pattern { .. } => "This is not a regular expression.".to_owned(),
        _ => sentence(error),
    }
}

/// A schema of a tool's inputs: of an object, since inputs have names. `$schema` is added where it is missing.
pub fn check_object_schema(field: &str, schema: &mut Value, errors: &mut Vec<FieldError>) {
    let before = errors.len();
    check_schema(field, schema, errors);
    let Some(fields) = schema.as_object_mut() else {
        if errors.len() == before {
            errors.push(FieldError::new(field, "Inputs are an object: {\"type\": \"object\", \"properties\": {…}}."));
        }
        return;
    };
    match fields.get("type") {
        None => {
            fields.insert("type".to_owned(), "object".into());
        }
        Some(kind) if kind == "object" => {}
        Some(_) if errors.len() > before => {}
        Some(_) => errors.push(FieldError::new(format!("{field}/type"), "Inputs have names, so their schema is of type “object”.")),
    }
    if errors.len() == before {
        add_draft(schema);
    }
}

/// Puts `$schema` first.
pub fn add_draft(schema: &mut Value) {
    if let Some(fields) = schema.as_object_mut() {
        let rest = std::mem::take(fields);
        fields.insert("$schema".to_owned(), DRAFT_07.into());
        fields.extend(rest.into_iter().filter(|(name, _)| name != "$schema"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn places(schema: Value) -> Vec<String> {
        let mut errors = Vec::new();
        check_schema("input_schema", &schema, &mut errors);
        assert!(errors.iter().all(|error| !error.message.is_empty()));
        errors.into_iter().map(|error| error.pointer).collect()
    }

    #[test]
    fn a_good_schema_has_no_errors() {
        assert!(
            places(json!({"type": "object", "properties": {"a": {"type": "string", "pattern": "^a+$"}}, "required": ["a"]})).is_empty()
        );
    }

    #[test]
    fn every_error_names_its_place() {
        let found = places(json!({"type": "object", "properties": {"a": {"type": "sting"}, "b/c": {"minLength": -1}}, "required": "a"}));
        assert!(found.contains(&"/input_schema/properties/a/type".to_owned()), "{found:?}");
        assert!(found.contains(&"/input_schema/properties/b~1c/minLength".to_owned()), "{found:?}");
        assert!(found.contains(&"/input_schema/required".to_owned()), "{found:?}");
    }

    #[test]
    fn a_broken_pattern_is_found_at_its_place() {
        let found = places(json!({"properties": {"a": {"pattern": "("}}}));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("/input_schema/properties/a/pattern"), "{found:?}");
    }

    #[test]
    fn a_reference_to_the_network_is_refused_and_not_fetched() {
        assert_eq!(places(json!({"properties": {"a": {"$ref": "http://169.254.169.254/x.json"}}})).len(), 1);
        assert_eq!(places(json!({"properties": {"a": {"$ref": "#/definitions/none"}}})).len(), 1);
        assert!(places(json!({"properties": {"a": {"$ref": "#/definitions/b"}}, "definitions": {"b": {"type": "string"}}})).is_empty());
    }

    #[test]
    fn another_draft_is_refused() {
        assert_eq!(places(json!({"$schema": "https://json-schema.org/draft/2020-12/schema"})), ["/input_schema/$schema"]);
    }

    #[test]
    fn inputs_are_an_object() {
        let mut errors = Vec::new();
        check_object_schema("input_schema", &mut json!({"type": "string"}), &mut errors);
        assert_eq!(errors[0].pointer, "/input_schema/type");
        let mut schema = json!({});
        errors.clear();
        check_object_schema("input_schema", &mut schema, &mut errors);
        assert!(errors.is_empty());
        assert_eq!(schema, json!({"$schema": DRAFT_07, "type": "object"}));
    }
}
