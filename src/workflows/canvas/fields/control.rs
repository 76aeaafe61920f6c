//! What a fixed value is typed into, and what the typed text means.

use crate::workflows::graph::{resolve::typed, types};
use serde_json::Value;

/// The input for a fixed value.
#[derive(Clone, Debug, PartialEq)]
pub enum Control {
    /// One of these.
    Choice(Vec<Value>),
    Truth,
    Number,
    Text,
    /// A list or an object, as JSON.
    Json,
    /// Nothing is known: JSON where it is some, else text.
    Any,
}

/// The input that fits a field's schema.
#[must_use]
pub fn control(schema: &Value) -> Control {
    if let Some(choices) = schema.get("enum").and_then(Value::as_array).filter(|choices| !choices.is_empty()) {
        return Control::Choice(choices.clone());
    }
    let Some(mut kinds) = types::kinds(schema) else { return Control::Any };
    kinds.retain(|kind| kind != "null");
    let is = |kind: &str| kinds.iter().any(|one| one == kind);
    match kinds.as_slice() {
        [] => Control::Any,
        _ if is("array") || is("object") => Control::Json,
        _ if is("string") => Control::Text,
        [one] if one == "boolean" => Control::Truth,
        _ if kinds.iter().all(|kind| kind == "number" || kind == "integer") => Control::Number,
        _ => Control::Any,
    }
}

/// The typed text as a value of the field. `Ok(None)`: nothing is set.
pub fn read(control: &Control, text: &str, schema: &Value) -> Result<Option<Value>, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    match control {
        Control::Choice(choices) => {
            let found = choices.iter().find(|choice| shown(choice) == text);
            found.cloned().map(Some).ok_or_else(|| "Choose one of the list.".to_owned())
        }
        Control::Json => match serde_json::from_str::<Value>(text.trim()) {
            Ok(value) => match types::value_fits(&value, schema) {
                Ok(()) => Ok(Some(value)),
                Err((given, wanted)) => Err(format!("This must be {wanted}, not {given}.")),
            },
            Err(_) if types::kinds(schema).is_some_and(|kinds| kinds.iter().any(|kind| kind == "string")) => Ok(Some(Value::from(text))),
            Err(error) => {
                let place = format!("Line {}, column {}", error.line(), error.column());
                Err(format!("{place}: this is no JSON yet. Write it like {}.", example(schema)))
            }
        },
        Control::Any => Ok(Some(serde_json::from_str(text.trim()).unwrap_or_else(|_| Value::from(text)))),
        Control::Truth | Control::Number | Control::Text => typed(text, schema).map(Some),
    }
}

fn example(schema: &Value) -> &'static str {
    let list = types::kinds(schema).is_some_and(|kinds| kinds.iter().any(|kind| kind == "array"));
    if list { "[1, 2] or [\"a\", \"b\"]" } else { "{\"name\": \"value\"}" }
}

/// A value as it is typed into a field: text as it is, all else as JSON.
#[must_use]
pub fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(_) | Value::Object(_) => serde_json::to_string_pretty(value).unwrap_or_default(),
        other => other.to_string(),
    }
}

/// A value in a few words, on one line.
#[must_use]
pub fn brief(value: &Value, most: usize) -> String {
    let text = match value {
        Value::String(text) => format!("\"{}\"", text.replace('\n', " ")),
        other => other.to_string(),
    };
    if text.chars().count() <= most { text } else { format!("{}…", text.chars().take(most).collect::<String>()) }
}

/// The type of a field in words: `list of string`.
#[must_use]
pub fn kind(schema: &Value) -> String {
    let Some(kinds) = types::kinds(schema) else { return String::new() };
    let word = |kind: &String| match kind.as_str() {
        "array" => match schema.get("items").and_then(types::kinds) {
            Some(items) => format!("list of {}", items.join(" or ")),
            None => "list".to_owned(),
        },
        other => other.to_owned(),
    };
    kinds.iter().map(word).collect::<Vec<_>>().join(" or ")
}
