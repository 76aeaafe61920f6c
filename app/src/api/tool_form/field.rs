//! A configurable field as flat text: who writes it, the fixed value, the prompt, the schema.

use super::{json, pretty};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use toolcrib::{
    problem::FieldError,
    tools::fields::{ConfigField, Mode},
};

/// What the form sends of one field.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FieldForm {
    pub mode: String,
    pub value: String,
    pub prompt: String,
    pub schema: String,
}

/// How a fixed value is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Text,
    /// A list of texts, one a line.
    Lines,
    /// JSON where it is JSON, else text.
    Json,
}

impl FieldForm {
    #[must_use]
    pub fn fixed(value: &str) -> Self {
        Self { mode: Mode::Fixed.as_str().to_owned(), value: value.to_owned(), ..Self::default() }
    }

    #[must_use]
    pub fn ai(prompt: &str) -> Self {
        Self { mode: Mode::Ai.as_str().to_owned(), prompt: prompt.to_owned(), ..Self::default() }
    }

    #[must_use]
    pub fn of(field: &ConfigField, shape: Shape) -> Self {
        Self {
            mode: field.mode.as_str().to_owned(),
            value: show(&field.value, shape),
            prompt: field.prompt.clone(),
            schema: if field.schema.is_null() { String::new() } else { pretty(&field.schema) },
        }
    }

    /// The field, or what is wrong with it at `place/value`, `place/schema`.
    pub fn read(&self, place: &str, shape: Shape, errors: &mut Vec<FieldError>) -> ConfigField {
        let mode = Mode::parse(&self.mode).unwrap_or_default();
        let mut value = Value::Null;
        if mode != Mode::Ai {
            match read(&self.value.replace("\r\n", "\n"), shape) {
                Ok(read) => value = read,
                Err(message) => errors.push(FieldError::new(format!("{place}/value"), message)),
            }
        }
        let schema = if mode == Mode::Fixed { Ok(None) } else { json(&format!("{place}/schema"), &self.schema) };
        let schema = schema.unwrap_or_else(|error| {
            errors.push(error);
            None
        });
        let prompt = if mode == Mode::Fixed { String::new() } else { self.prompt.trim().replace("\r\n", "\n") };
        ConfigField { mode, value, prompt, schema: schema.unwrap_or_default() }
    }
}

fn show(value: &Value, shape: Shape) -> String {
    match (value, shape) {
        (Value::Null, _) => String::new(),
        (Value::Array(items), Shape::Lines) => {
            items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect::<Vec<_>>().join("\n")
        }
        // In quotes where it would be read as something else.
        (Value::String(text), Shape::Json) if read(text, Shape::Json) != Ok(value.clone()) => value.to_string(),
        (Value::String(text), _) => text.clone(),
        (other, _) => pretty(other),
    }
}

fn read(text: &str, shape: Shape) -> Result<Value, String> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Ok(Value::Null);
    }
    match shape {
        Shape::Text => Ok(Value::String(trimmed.to_owned())),
        Shape::Lines => Ok(trimmed.lines().map(str::trim).filter(|line| !line.is_empty()).map(Value::from).collect()),
        Shape::Json => match serde_json::from_str(trimmed) {
            Ok(value) => Ok(value),
            // `{{name}}` is no JSON but a variable.
            Err(_) if !trimmed.starts_with(['[', '"']) && (!trimmed.starts_with('{') || trimmed.starts_with("{{")) => {
                Ok(Value::String(trimmed.to_owned()))
            }
            Err(error) => Err(format!("This is not valid JSON: {}.", toolcrib::schema::form::json_error(&error))),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_shown_is_read_back_as_it_was() {
        for value in [json!("a"), json!("12"), json!("{{x}}"), json!("[x"), json!({"a": [1]}), json!(3), json!(true), json!("\"q\"")] {
            assert_eq!(read(&show(&value, Shape::Json), Shape::Json), Ok(value));
        }
        let lines = json!(["+1", "{{caller_phone_number}}"]);
        assert_eq!(read(&show(&lines, Shape::Lines), Shape::Lines), Ok(lines));
    }

    #[test]
    fn a_field_survives_the_form() {
        let field = ConfigField { mode: Mode::Ai, value: Value::Null, prompt: "Who?".into(), schema: json!({"type": "string"}) };
        let mut errors = Vec::new();
        assert_eq!(FieldForm::of(&field, Shape::Text).read("text", Shape::Text, &mut errors), field);
        FieldForm { mode: "ai".into(), schema: "{".into(), ..FieldForm::default() }.read("text", Shape::Text, &mut errors);
        assert_eq!(errors[0].pointer, "/text/schema");
    }
}
