//! Does this value fit the schema? All errors at once, each a sentence.

use super::pointer_segment;
use crate::problem::FieldError;
use jsonschema::{
    ValidationError, Validator,
    error::{TypeKind, ValidationErrorKind as K},
};
use serde_json::Value;
use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

/// A validator that fetches nothing.
pub(super) fn validator(schema: &Value) -> Result<Validator, ValidationError<'static>> {
    jsonschema::draft7::options().should_validate_formats(true).offline().build(schema)
}

/// Validators that were made before: making one takes longer than a call.
static MADE: LazyLock<Mutex<HashMap<Value, Arc<Validator>>>> = LazyLock::new(Mutex::default);
/// When there are so many, all go: those in use are soon made again.
const MADE_AT_MOST: usize = 1000;

fn made(schema: &Value) -> Result<Arc<Validator>, ValidationError<'static>> {
    if let Some(validator) = MADE.lock().unwrap_or_else(PoisonError::into_inner).get(schema) {
        return Ok(validator.clone());
    }
    let validator = Arc::new(validator(schema)?);
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if made.len() >= MADE_AT_MOST {
        made.clear();
    }
    made.insert(schema.clone(), validator.clone());
    Ok(validator)
}

/// All that is wrong with `value`. A schema that cannot be used is one error at the root.
#[must_use]
pub fn check_value(schema: &Value, value: &Value) -> Vec<FieldError> {
    let validator = match made(schema) {
        Ok(validator) => validator,
        Err(error) => return vec![FieldError::new("", format!("The schema itself is broken: {error}"))],
    };
    let mut errors: Vec<FieldError> = Vec::new();
    for error in validator.iter_errors(value) {
        let place = error.instance_path().as_str();
        match error.kind() {
            // At the missing field, where a form shows it.
            K::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                errors.push(FieldError { pointer: format!("{place}/{}", pointer_segment(name)), message: "This is needed.".to_owned() });
            }
            K::AdditionalProperties { unexpected } => errors.extend(unexpected.iter().map(|name| FieldError {
                pointer: format!("{place}/{}", pointer_segment(name)),
                message: "There is no such field.".to_owned(),
            })),
            _ => errors.push(FieldError { pointer: place.to_owned(), message: sentence(&error) }),
        }
    }
    errors
}

/// `value` with the defaults of the schema's properties filled in, at every depth that is there.
#[must_use]
pub fn with_defaults(schema: &Value, mut value: Value) -> Value {
    fill(schema, &mut value);
    value
}

fn fill(schema: &Value, value: &mut Value) {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return;
    };
    let Some(fields) = value.as_object_mut() else {
        return;
    };
    for (name, property) in properties {
        match (fields.get_mut(name), property.get("default")) {
            (Some(inner), _) => fill(property, inner),
            (None, Some(default)) => {
                fields.insert(name.clone(), default.clone());
            }
            (None, None) => {}
        }
    }
}

/// The error as a person would say it. The place is said elsewhere.
pub(super) fn sentence(error: &ValidationError<'_>) -> String {
    match error.kind() {
        K::Required { property } => format!("“{}” is needed.", property.as_str().unwrap_or_default()),
        K::AdditionalProperties { unexpected } => format!("There is no field “{}”.", unexpected.join("”, “")),
        K::Type { kind } => {
            let (words, got) = (type_words(kind), type_of(error.instance()));
            format!("This must be {words}; it is {got}.")
        }
        K::Enum { options } => format!("This must be one of {}.", list(options)),
        K::Constant { expected_value } => format!("This must be {expected_value}."),
        K::MinLength { limit } if *limit == 1 => "This may not be empty.".to_owned(),
        K::MinLength { limit } => format!("At least {limit} characters."),
        K::MaxLength { limit } => format!("At most {limit} characters."),
        K::Minimum { limit } => format!("This must be at least {limit}."),
        K::Maximum { limit } => format!("This must be at most {limit}."),
        K::ExclusiveMinimum { limit } => format!("This must be more than {limit}."),
        K::ExclusiveMaximum { limit } => format!("This must be less than {limit}."),
        K::MultipleOf { multiple_of } => format!("This must be a multiple of {multiple_of}."),
        K::MinItems { limit } => format!("At least {limit} entries."),
        K::MaxItems { limit } => format!("At most {limit} entries."),
        K::UniqueItems => "No entry may appear twice.".to_owned(),
        K::Pattern { pattern } => format!("This does not match the pattern {pattern}."),
        K::Format { format } => format!("This is not a valid {format}."),
        // The meta-schema says “type is one of these words, or a list of them” with anyOf.
        K::AnyOf { .. } | K::OneOfNotValid { .. } if error.schema_path().as_str().ends_with("/type/anyOf") => {
            "A type is one of array, boolean, integer, null, number, object, string, or a list of these.".to_owned()
        }
        K::AnyOf { .. } | K::OneOfNotValid { .. } => "This fits none of the allowed forms.".to_owned(),
        K::OneOfMultipleValid { .. } => "This fits more than one of the allowed forms.".to_owned(),
        K::FalseSchema => "Nothing is allowed here.".to_owned(),
        K::BacktrackLimitExceeded { .. } => "The pattern takes too long on this text.".to_owned(),
        _ => {
            let mut text = error.masked_with("the value").to_string();
            if let Some(first) = text.get(..1).map(str::to_uppercase) {
                text.replace_range(..1, &first);
            }
            format!("{text}.")
        }
    }
}

fn list(options: &Value) -> String {
    options.as_array().map(|options| options.iter().map(Value::to_string).collect::<Vec<_>>().join(", ")).unwrap_or_default()
}

fn type_words(kind: &TypeKind) -> String {
    let word = |name: &str| match name {
        "array" => "a list".to_owned(),
        "boolean" => "true or false".to_owned(),
        "integer" => "a whole number".to_owned(),
        "null" => "null".to_owned(),
        "number" => "a number".to_owned(),
        "object" => "an object".to_owned(),
        "string" => "text".to_owned(),
        other => other.to_owned(),
    };
    match kind {
        TypeKind::Single(single) => word(&single.to_string()),
        TypeKind::Multiple(several) => several.iter().map(|one| word(&one.to_string())).collect::<Vec<_>>().join(" or "),
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn all_errors_come_at_once_each_at_its_field() {
        let schema = json!({"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "object", "properties": {"c": {"enum": ["x"]}}}},
            "required": ["a", "d"], "additionalProperties": false});
        let errors = check_value(&schema, &json!({"a": "1", "b": {"c": "y"}, "e": 1}));
        let mut found: Vec<_> = errors.iter().map(|e| (e.pointer.as_str(), e.message.as_str())).collect();
        found.sort_unstable();
        assert_eq!(
            found,
            [
                ("/a", "This must be a whole number; it is text."),
                ("/b/c", "This must be one of \"x\"."),
                ("/d", "This is needed."),
                ("/e", "There is no such field."),
            ]
        );
    }

    #[test]
    fn defaults_are_filled_in_at_every_depth_and_never_replace() {
        let schema = json!({"properties": {"a": {"default": 1}, "b": {"properties": {"c": {"default": [2]}}}}});
        assert_eq!(with_defaults(&schema, json!({"b": {}})), json!({"b": {"c": [2]}, "a": 1}));
        assert_eq!(with_defaults(&schema, json!({"a": null})), json!({"a": null}));
    }
}
