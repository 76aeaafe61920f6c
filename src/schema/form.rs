//! Forms from schemas: which fields a form for these inputs has, and what was typed, read back as JSON. Pure.

use super::pointer_segment;
use crate::problem::FieldError;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

/// How a field is entered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    Text,
    /// More than one line: text longer than a line, by `maxLength` above 200 or `contentMediaType`.
    LongText,
    Integer,
    Number,
    Boolean,
    /// One of these values.
    Choice(Vec<Value>),
    /// Anything else, typed as JSON; the word says what is expected: `array`, `object`, `any`.
    Json(String),
}

/// One field of the form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    pub name: String,
    /// `title` of the schema, or the name.
    pub label: String,
    pub description: String,
    pub input: Input,
    pub required: bool,
    pub default: Option<Value>,
}

/// The fields of a form for values of this object schema, required ones first, otherwise in the schema's order.
#[must_use]
pub fn fields(schema: &Value) -> Vec<Field> {
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).map(|names| names.iter().filter_map(Value::as_str).collect()).unwrap_or_default();
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return Vec::new();
    };
    let mut fields: Vec<Field> = properties
        .iter()
        .map(|(name, property)| {
            let property = follow(schema, property);
            Field {
                name: name.clone(),
                label: property.get("title").and_then(Value::as_str).unwrap_or(name).to_owned(),
                description: property.get("description").and_then(Value::as_str).unwrap_or_default().to_owned(),
                input: input(property),
                required: required.contains(&name.as_str()),
                default: property.get("default").cloned(),
            }
        })
        .collect();
    fields.sort_by_key(|field| !field.required);
    fields
}

/// The schema behind a reference inside the same schema.
fn follow<'a>(root: &'a Value, property: &'a Value) -> &'a Value {
    let target = property
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|reference| reference.strip_prefix('#'))
        .and_then(|place| root.pointer(place));
    target.unwrap_or(property)
}

fn input(property: &Value) -> Input {
    if let Some(options) = property.get("enum").and_then(Value::as_array) {
        return Input::Choice(options.clone());
    }
    match property.get("type").and_then(Value::as_str) {
        Some("string") => {
            let long = property.get("maxLength").and_then(Value::as_u64).is_some_and(|most| most > 200)
                || property.get("contentMediaType").is_some();
            if long { Input::LongText } else { Input::Text }
        }
        Some("integer") => Input::Integer,
        Some("number") => Input::Number,
        Some("boolean") => Input::Boolean,
        Some(kind @ ("array" | "object")) => Input::Json(kind.to_owned()),
        _ => Input::Json("any".to_owned()),
    }
}

impl Field {
    /// What the field shows for `value`.
    #[must_use]
    pub fn show(&self, value: &Value) -> String {
        match (&self.input, value) {
            (_, Value::Null) if !matches!(self.input, Input::Json(_) | Input::Choice(_)) => String::new(),
            (Input::Json(_), value) => serde_json::to_string_pretty(value).unwrap_or_default(),
            (_, Value::String(text)) => text.clone(),
            (_, value) => value.to_string(),
        }
    }

    /// What the field shows at first: the default.
    #[must_use]
    pub fn initial(&self) -> String {
        self.default.as_ref().map(|value| self.show(value)).unwrap_or_default()
    }

    /// What was typed, as JSON; `None`: nothing was given.
    pub fn read(&self, typed: &str) -> Result<Option<Value>, String> {
        let trimmed = typed.trim();
        match &self.input {
            // An empty text field cannot be told from one that was left alone: it is given only where it is needed.
            Input::Text | Input::LongText if typed.is_empty() => Ok(None),
            Input::Text | Input::LongText => Ok(Some(Value::String(typed.replace("\r\n", "\n")))),
            _ if trimmed.is_empty() => Ok(None),
            Input::Integer => {
                let number = trimmed.parse::<i64>().map(Number::from).or_else(|_| trimmed.parse::<u64>().map(Number::from));
                number.map(|n| Some(Value::Number(n))).map_err(|_| "Enter a whole number.".to_owned())
            }
            Input::Number => {
                if let Ok(whole) = trimmed.parse::<i64>() {
                    return Ok(Some(Value::from(whole)));
                }
                let number = trimmed.parse::<f64>().ok().and_then(Number::from_f64);
                number.map(|n| Some(Value::Number(n))).ok_or_else(|| "Enter a number, with a point for decimals.".to_owned())
            }
            Input::Boolean => match trimmed {
                "true" | "on" | "yes" | "1" => Ok(Some(Value::Bool(true))),
                "false" | "off" | "no" | "0" => Ok(Some(Value::Bool(false))),
                _ => Err("Choose yes or no.".to_owned()),
            },
            Input::Choice(options) => {
                let chosen = options.iter().find(|option| match option {
                    Value::String(text) => text == typed || text == trimmed,
                    other => serde_json::from_str::<Value>(trimmed).is_ok_and(|value| value == **other),
                });
                chosen.cloned().map(Some).ok_or_else(|| "Choose one of the values.".to_owned())
            }
            Input::Json(kind) => {
                let value: Value =
                    serde_json::from_str(trimmed).map_err(|error| format!("This is not valid JSON: {}.", json_error(&error)))?;
                match (kind.as_str(), &value) {
                    ("array", Value::Array(_)) | ("object", Value::Object(_)) => Ok(Some(value)),
                    ("array", _) => Err("Enter a JSON list: […].".to_owned()),
                    ("object", _) => Err("Enter a JSON object: {…}.".to_owned()),
                    _ => Ok(Some(value)),
                }
            }
        }
    }
}

/// Where and why, without the library's wording of the place.
#[must_use]
pub fn json_error(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let why = text.split(" at line ").next().unwrap_or(&text);
    format!("{why} (line {}, column {})", error.line(), error.column())
}

/// Reads a whole form: `typed` gives the text of a field by its name, `None` where the form had none.
/// Errors of all fields come at once; a needed field left empty is one of them.
pub fn read(fields: &[Field], typed: impl Fn(&str) -> Option<String>) -> Result<Map<String, Value>, Vec<FieldError>> {
    let mut values = Map::new();
    let mut errors = Vec::new();
    for field in fields {
        let text = typed(&field.name).unwrap_or_default();
        match field.read(&text) {
            Ok(Some(value)) => {
                values.insert(field.name.clone(), value);
            }
            Ok(None) if field.required && field.default.is_none() => {
                errors.push(FieldError::new(format!("/{}", pointer_segment(&field.name)), "This is needed."))
            }
            Ok(None) => {}
            Err(message) => errors.push(FieldError::new(format!("/{}", pointer_segment(&field.name)), message)),
        }
    }
    if errors.is_empty() { Ok(values) } else { Err(errors) }
}

/// One row of the table in which parameters are entered: the simple way to write an input schema.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Row {
    pub name: String,
    pub kind: String,
    pub description: String,
    pub required: bool,
    /// JSON or plain text; empty: none.
    pub default: String,
    /// Allowed values, comma-separated; empty: all.
    pub choices: String,
}

/// The types a row offers.
pub const ROW_KINDS: [&str; 6] = ["string", "integer", "number", "boolean", "array", "object"];

/// The schema that the rows say. Rows without a name are left out; errors point at `/<field>/<index>/<column>`.
pub fn schema_from_rows(field: &str, rows: &[Row]) -> Result<Value, Vec<FieldError>> {
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut errors = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let name = row.name.trim();
        if name.is_empty() {
            if !row.description.trim().is_empty() || !row.default.trim().is_empty() {
                errors.push(FieldError::new(format!("{field}/{index}/name"), "Name this parameter, or empty its row."));
            }
            continue;
        }
        if properties.contains_key(name) {
            errors.push(FieldError::new(format!("{field}/{index}/name"), "This name appears twice."));
            continue;
        }
        let kind = if ROW_KINDS.contains(&row.kind.as_str()) { row.kind.as_str() } else { "string" };
        let mut property = Map::new();
        property.insert("type".to_owned(), kind.into());
        if !row.description.trim().is_empty() {
            property.insert("description".to_owned(), row.description.trim().into());
        }
        let plain = Field {
            name: name.to_owned(),
            label: String::new(),
            description: String::new(),
            input: input(&Value::Object(property.clone())),
            required: false,
            default: None,
        };
        let choices: Vec<&str> = row.choices.split(',').map(str::trim).filter(|choice| !choice.is_empty()).collect();
        if !choices.is_empty() {
            match choices.iter().map(|choice| plain.read(choice)).collect::<Result<Vec<_>, _>>() {
                Ok(values) => {
                    property.insert("enum".to_owned(), values.into_iter().flatten().collect());
                }
                Err(message) => errors.push(FieldError::new(format!("{field}/{index}/choices"), message)),
            }
        }
        match plain.read(&row.default) {
            Ok(Some(default)) => {
                property.insert("default".to_owned(), default);
            }
            Ok(None) => {}
            Err(message) => errors.push(FieldError::new(format!("{field}/{index}/default"), message)),
        }
        if row.required {
            required.push(Value::from(name));
        }
        properties.insert(name.to_owned(), Value::Object(property));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut schema = Map::new();
    schema.insert("type".to_owned(), "object".into());
    schema.insert("properties".to_owned(), Value::Object(properties));
    if !required.is_empty() {
        schema.insert("required".to_owned(), Value::Array(required));
    }
    schema.insert("additionalProperties".to_owned(), false.into());
    Ok(Value::Object(schema))
}

/// The rows that say this schema; `None` when rows cannot say all of it (it is edited as JSON then).
#[must_use]
pub fn rows_from_schema(schema: &Value) -> Option<Vec<Row>> {
    let top = schema.as_object()?;
    if !top.keys().all(|key| matches!(key.as_str(), "$schema" | "type" | "properties" | "required" | "additionalProperties")) {
        return None;
    }
    if top.get("additionalProperties").is_some_and(|more| *more != Value::Bool(false)) {
        return None;
    }
    let required: Vec<&str> =
        top.get("required").and_then(Value::as_array).map(|names| names.iter().filter_map(Value::as_str).collect()).unwrap_or_default();
    let Some(properties) = top.get("properties") else {
        return Some(Vec::new());
    };
    let mut rows = Vec::new();
    for (name, property) in properties.as_object()? {
        let property = property.as_object()?;
        if !property.keys().all(|key| matches!(key.as_str(), "type" | "description" | "default" | "enum")) {
            return None;
        }
        let kind = property.get("type").and_then(Value::as_str).filter(|kind| ROW_KINDS.contains(kind))?;
        let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let choices: Vec<String> =
            property.get("enum").and_then(Value::as_array).map(|values| values.iter().map(word).collect()).unwrap_or_default();
        if choices.iter().any(|choice| choice.contains(',')) {
            return None;
        }
        rows.push(Row {
            name: name.clone(),
            kind: kind.to_owned(),
            description: property.get("description").and_then(Value::as_str).unwrap_or_default().to_owned(),
            required: required.contains(&name.as_str()),
            default: property.get("default").map(word).unwrap_or_default(),
            choices: choices.join(", "),
        });
    }
    Some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sample() -> Value {
        json!({"type": "object", "properties": {
            "note": {"type": "string"}, "count": {"type": "integer", "default": 3}, "ratio": {"type": "number"}, "loud": {"type": "boolean"},
            "unit": {"enum": ["m", "ft", 3]}, "list": {"type": "array"}, "name": {"type": "string"}}, "required": ["name"]})
    }

    #[test]
    fn needed_fields_come_first() {
        let fields = fields(&sample());
        assert_eq!(fields[0].name, "name");
        assert_eq!(fields.len(), 7);
        assert_eq!(fields[2].initial(), "3");
    }

    #[test]
    fn what_was_typed_becomes_json_of_the_right_type() {
        let typed = json!({"name": "x", "count": " 12 ", "ratio": "1.5", "loud": "true", "unit": "3", "list": "[1]"});
        let values = read(&fields(&sample()), |name| typed[name].as_str().map(str::to_owned));
        assert_eq!(values.map(Value::Object), Ok(json!({"name": "x", "count": 12, "ratio": 1.5, "loud": true, "unit": 3, "list": [1]})));
    }

    #[test]
    fn every_field_that_is_wrong_says_so() {
        let typed = json!({"count": "1.5", "ratio": "much", "loud": "maybe", "unit": "yd", "list": "{}"});
        let errors = read(&fields(&sample()), |name| typed[name].as_str().map(str::to_owned)).err().unwrap_or_default();
        let mut places: Vec<_> = errors.iter().map(|error| error.pointer.as_str()).collect();
        places.sort_unstable();
        assert_eq!(places, ["/count", "/list", "/loud", "/name", "/ratio", "/unit"]);
    }

    #[test]
    fn rows_and_schema_say_the_same() {
        let rows = vec![
            Row { name: "city".into(), kind: "string".into(), description: "Where".into(), required: true, ..Row::default() },
            Row { name: "days".into(), kind: "integer".into(), default: "3".into(), choices: "1, 3, 7".into(), ..Row::default() },
            Row::default(),
        ];
        let schema = schema_from_rows("rows", &rows).unwrap();
        assert_eq!(schema["properties"]["days"], json!({"type": "integer", "enum": [1, 3, 7], "default": 3}));
        assert_eq!(rows_from_schema(&schema).unwrap(), rows[..2]);
    }

    #[test]
    fn a_row_that_is_wrong_names_its_column() {
        let rows = vec![
            Row { name: "a".into(), kind: "integer".into(), default: "x".into(), ..Row::default() },
            Row { name: "a".into(), ..Row::default() },
        ];
        let errors = schema_from_rows("rows", &rows).unwrap_err();
        assert_eq!(errors.iter().map(|e| e.pointer.as_str()).collect::<Vec<_>>(), ["/rows/0/default", "/rows/1/name"]);
    }

    #[test]
    fn a_schema_beyond_rows_is_left_to_json() {
        assert_eq!(rows_from_schema(&json!({"type": "object", "properties": {"a": {"type": "object", "properties": {}}}})), None);
    }
}
