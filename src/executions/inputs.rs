//! Inputs as the executor gets them: variables in, fixed values in, defaults in, checked against the schema.

use super::ErrorClass;
use crate::{
    executors::Failure,
    problem::FieldError,
    schema::{check_value, pointer_segment, with_defaults},
    tools::{Kind, Tool, fields, kinds},
    variables::fill::{Reading, fill, missing_sentence},
};
use serde_json::{Map, Value, json};

/// The inputs, and why they are refused, if they are. `values` are those of the variables that this call names.
pub(super) fn prepare(
    tool: &Tool,
    given: &Value,
    values: &Map<String, Value>,
    warnings: &mut Vec<String>,
) -> (Value, Option<(Failure, Vec<FieldError>)>) {
    let sent = match given {
        Value::Object(fields) => fields.clone(),
        Value::Null => Map::new(),
        other => {
            let error = FieldError::new("", "Inputs are a JSON object, with a field for each input.");
            return (json!({"value": other}), Some((Failure::new(ErrorClass::InvalidInput, error.message.clone()), vec![error])));
        }
    };
    let mut errors = Vec::new();
    let mut put_in = |tool: &Tool, name: &str, value: &Value, reading: Reading| {
        fill(value, values, reading, takes_json(tool, name)).unwrap_or_else(|missing| {
            errors.push(FieldError::new(pointer_segment(name), missing_sentence(&missing)));
            value.clone()
        })
    };
    let made_of_fields = kinds::slots(tool.kind, &tool.config_metadata).is_some();
    // What goes out to people or into somebody's account must hold no open braces; elsewhere they may be part of the text.
    let reading = if made_of_fields { Reading::Strict } else { Reading::Gentle };
    let mut inputs = Map::new();
    for (name, value) in sent {
        let ignored = tool.static_config.contains_key(&name) && !made_of_fields;
        let filled = if tool.kind == Kind::Builtin || ignored { value } else { put_in(tool, &name, &value, reading) };
        inputs.insert(name, filled);
    }
    let extendable = fields::extendable(tool.kind, &tool.config_metadata);
    for (name, value) in &tool.static_config {
        let fixed = put_in(tool, name, value, Reading::Strict);
        match (fixed, inputs.get_mut(name)) {
            (Value::Array(mut entries), Some(Value::Array(more))) if extendable.contains(name) => {
                let new: Vec<Value> = more.drain(..).filter(|entry| !entries.contains(entry)).collect();
                entries.extend(new);
                inputs.insert(name.clone(), Value::Array(entries));
            }
            // No list: left for the schema to refuse.
            (_, Some(_)) if extendable.contains(name) => {}
            (fixed, _) => {
                let same = fixed.clone();
                if inputs.insert(name.clone(), fixed).is_some_and(|sent| sent != same) {
                    warnings.push(format!("The value sent for “{name}” was ignored: it is fixed for this tool."));
                }
            }
        }
    }
    errors.extend(missing_in_request(tool, values));
    let inputs = with_defaults(&tool.input_schema, Value::Object(inputs));
    // A text that could not be filled in is said once, not again for what it looks like.
    for error in check_value(&tool.input_schema, &inputs) {
        if !errors
            .iter()
            .any(|other: &FieldError| error.pointer == other.pointer || error.pointer.starts_with(&format!("{}/", other.pointer)))
        {
            errors.push(error);
        }
    }
    let refused = errors.first().map(|first| {
        let place = first.pointer.trim_start_matches('/');
        let message = if place.is_empty() { first.message.clone() } else { format!("{place}: {}", first.message) };
        (Failure::new(ErrorClass::InvalidInput, message), errors.clone())
    });
    (inputs, refused)
}

/// Whether a text that is nothing but a variable becomes the variable's JSON value: where text is asked for, it stays text.
fn takes_json(tool: &Tool, name: &str) -> bool {
    let property = tool.input_schema.get("properties").and_then(|properties| properties.get(name));
    let kind = property.and_then(|property| property.get("type")).and_then(Value::as_str);
    kind != Some("string") && !matches!(tool.kind, Kind::Sms | Kind::TransferCall)
}

/// Variables that the template of a request names, or the sender of a message is, and that this call lacks.
fn missing_in_request(tool: &Tool, values: &Map<String, Value>) -> Vec<FieldError> {
    let is_there = |name: &str| values.get(name).is_some_and(|value| !value.is_null() && value.as_str() != Some(""));
    let named = crate::variables::named::in_request(tool);
    let needed = kinds::needs_variables(tool.kind, &tool.config_metadata).into_iter().map(str::to_owned);
    named.into_iter().chain(needed).filter(|name| !is_there(name)).map(|name| FieldError::new("", missing_sentence(&name))).collect()
}
