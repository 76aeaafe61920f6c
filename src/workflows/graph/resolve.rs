//! What a run is given, and what people type into forms.

use super::{InputField, types};
use serde_json::{Map, Value};

/// Checks what a run is given against the workflow's inputs and fills in defaults. `Err`: field → what is wrong, all at once.
pub fn run_input(fields: &[InputField], given: &Map<String, Value>) -> Result<Map<String, Value>, Vec<(String, String)>> {
    let mut errors = Vec::new();
    let mut input = Map::new();
    for field in fields {
        match given.get(&field.name).or(field.default.as_ref()) {
            Some(Value::Null) if !field.required => {}
            Some(value) => {
                if types::value_fits(value, &serde_json::json!({ "type": field.kind.as_str() })).is_err() {
                    errors.push((
                        field.name.clone(),
                        format!("This must be of type {}, not {}.", field.kind.as_str(), types::kind_of(value)),
                    ));
                }
                input.insert(field.name.clone(), value.clone());
            }
            None if field.required => errors.push((field.name.clone(), "This is needed.".to_owned())),
            None => {}
        }
    }
    for name in given.keys().filter(|name| !fields.iter().any(|field| field.name == **name)) {
        errors.push((name.clone(), "The workflow has no such input.".to_owned()));
    }
    if errors.is_empty() { Ok(input) } else { Err(errors) }
}

/// A value from what a person typed into a form, by the type that is wanted: text stays text, all else is JSON.
pub fn typed(text: &str, schema: &Value) -> Result<Value, String> {
    let kinds = types::kinds(schema).unwrap_or_default();
    let is = |kind: &str| kinds.iter().any(|k| k == kind);
    if is("string") {
        return Ok(Value::from(text));
    }
    match serde_json::from_str::<Value>(text.trim()) {
        Ok(value) => match types::value_fits(&value, schema) {
            Ok(()) => Ok(value),
            Err((given, wanted)) => Err(format!("This must be {wanted}, not {given}.")),
        },
        Err(_) if kinds.is_empty() => Ok(Value::from(text)),
        Err(_) if is("array") => Err("This must be a list in JSON, such as [1, 2] or [\"a\", \"b\"].".to_owned()),
        Err(_) if is("object") => Err("This must be an object in JSON, such as {\"name\": \"value\"}.".to_owned()),
        Err(_) if is("boolean") => Err("This must be true or false.".to_owned()),
        Err(_) => Err("This must be a number.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflows::graph::FieldKind;
    use serde_json::json;

    fn field(name: &str, kind: FieldKind, required: bool, default: Option<Value>) -> InputField {
        InputField { name: name.to_owned(), kind, required, description: String::new(), default }
    }

    #[test]
    fn a_runs_input_is_checked_all_at_once_and_defaults_are_filled_in() {
        let fields = [
            field("file", FieldKind::String, true, None),
            field("top", FieldKind::Integer, false, Some(json!(5))),
            field("note", FieldKind::String, false, None),
        ];
        let ok = run_input(&fields, json!({ "file": "a.csv" }).as_object().expect("object")).expect("valid");
        assert_eq!(Value::Object(ok), json!({ "file": "a.csv", "top": 5 }));
        let errors = run_input(&fields, json!({ "top": "five", "colour": 1 }).as_object().expect("object")).expect_err("invalid");
        assert_eq!(errors.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["file", "top", "colour"]);
    }

    #[test]
    fn what_is_typed_becomes_a_value_of_the_wanted_type() {
        assert_eq!(typed("12", &json!({ "type": "string" })), Ok(json!("12")));
        assert_eq!(typed(" 12 ", &json!({ "type": "integer" })), Ok(json!(12)));
        assert_eq!(typed("[1]", &json!({ "type": "array" })), Ok(json!([1])));
        assert!(typed("x", &json!({ "type": "number" })).is_err());
        assert!(typed("1.5", &json!({ "type": "integer" })).is_err());
        assert_eq!(typed("free text", &json!({})), Ok(json!("free text")));
    }
}
