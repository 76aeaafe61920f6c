//! Configurable fields: fixed, written by the model, or a fixed list that the model may add to. What the form shows is kept in
//! `config_metadata`; `input_schema`, `static_config` and `function_schema` follow from it. Pure.

use super::{Kind, NewTool, kinds};
use crate::{problem::FieldError, schema::pointer_segment};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Who writes a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The value is the same in every call; variables in it are filled in. Models do not see it.
    #[default]
    Fixed,
    /// The model writes it: a parameter with the prompt as its description.
    Ai,
    /// A list with fixed entries, to which the model may add.
    ArrayExtendable,
}

impl Mode {
    pub const ALL: [Self; 3] = [Self::Fixed, Self::Ai, Self::ArrayExtendable];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Ai => "ai",
            Self::ArrayExtendable => "array_extendable",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == text)
    }
}

/// A field of a tool's configuration, as `config_metadata` keeps it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConfigField {
    pub mode: Mode,
    /// The value, or the fixed entries of a list.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub value: Value,
    /// What the model is told about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prompt: String,
    /// What the model may write, as JSON Schema; the field's own, if left out.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub schema: Value,
}

/// A field in its place, with what its kind asks of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// The name of the input it becomes.
    pub input: String,
    /// Where it is: `config_metadata/text`.
    pub place: String,
    pub field: ConfigField,
    /// What every value must be.
    pub base: Value,
    pub needed: bool,
    /// Said to the model after the prompt.
    pub note: String,
}

impl Slot {
    pub fn new(input: &str, field: ConfigField, base: Value, needed: bool) -> Self {
        Self { input: input.to_owned(), place: format!("config_metadata/{input}"), field, base, needed, note: String::new() }
    }

    fn is_list(&self) -> bool {
        self.base.get("type").and_then(Value::as_str) == Some("array") || self.base.get("type").is_none()
    }

    /// Whether there is a fixed value, or a fixed entry.
    fn has_value(&self) -> bool {
        match &self.field.value {
            Value::Null => false,
            Value::String(text) => !text.trim().is_empty(),
            Value::Array(items) => !items.is_empty(),
            _ => true,
        }
    }

    /// What the input must be: the kind's rules, narrowed by the field's own schema, with the prompt as description.
    fn property(&self) -> Value {
        let mut property = self.base.as_object().cloned().unwrap_or_default();
        if self.field.mode != Mode::Fixed {
            if let Some(own) = self.field.schema.as_object() {
                property.extend(own.iter().filter(|(name, _)| *name != "$schema").map(|(name, value)| (name.clone(), value.clone())));
            }
            let mut text = self.field.prompt.trim().to_owned();
            for more in [self.note.as_str(), if self.extends() { "What you give is added to entries that are always there." } else { "" }] {
                if !more.is_empty() {
                    text.push_str(if text.is_empty() { "" } else { "\n" });
                    text.push_str(more);
                }
            }
            if !text.is_empty() {
                property.insert("description".to_owned(), text.into());
            }
            if self.extends() {
                property.remove("minItems");
            }
        }
        Value::Object(property)
    }

    fn extends(&self) -> bool {
        self.field.mode == Mode::ArrayExtendable && self.has_value()
    }

    /// An optional field that was left empty is not there at all.
    fn is_left_out(&self) -> bool {
        !self.needed && self.field.mode == Mode::Fixed && !self.has_value()
    }

    fn check(&self, errors: &mut Vec<FieldError>) {
        let at = |part: &str| format!("{}/{part}", self.place);
        let field = &self.field;
        if field.mode != Mode::Ai {
            if field.mode == Mode::Fixed && self.needed && !self.has_value() {
                errors.push(FieldError::new(at("value"), "This is needed."));
            }
            if field.mode == Mode::ArrayExtendable && !matches!(field.value, Value::Array(_) | Value::Null) {
                errors.push(FieldError::new(at("value"), "The fixed entries are a list."));
            } else if self.has_value() {
                self.check_value(errors);
            }
        }
        if field.mode == Mode::ArrayExtendable && !self.is_list() {
            errors.push(FieldError::new(at("mode"), "Only a list can be extended. Choose fixed or ai."));
        }
        if field.prompt.chars().count() > 2_000 {
            errors.push(FieldError::new(at("prompt"), "At most 2000 characters."));
        }
        if field.mode != Mode::Fixed {
            if field.prompt.trim().is_empty() {
                errors.push(FieldError::new(at("prompt"), "Say what the model shall write here."));
            }
            self.check_schema(errors);
        }
    }

    fn check_schema(&self, errors: &mut Vec<FieldError>) {
        let own = &self.field.schema;
        if own.is_null() {
            return;
        }
        let place = format!("{}/schema", self.place);
        if !own.is_object() {
            return errors.push(FieldError::new(place, "A schema is a JSON object."));
        }
        let (base, kind) = (self.base.get("type").and_then(Value::as_str), own.get("type").and_then(Value::as_str));
        let other = base.filter(|base| kind.is_some_and(|kind| kind != *base));
        if let Some(base) = other {
            errors.push(FieldError::new(format!("{place}/type"), format!("This field is of type “{base}”.")));
        }
        #[cfg(feature = "ssr")]
        if other.is_none() {
            crate::schema::check_schema(&place, own, errors);
        }
    }

    /// A value with variables in it is known only when it is called; the others are checked now.
    #[cfg(feature = "ssr")]
    fn check_value(&self, errors: &mut Vec<FieldError>) {
        if super::template::names_in(&self.field.value).is_empty() {
            for error in crate::schema::check_value(&self.base, &self.field.value) {
                errors.push(FieldError::new(format!("{}/value{}", self.place, error.pointer), error.message));
            }
        }
    }

    /// The browser leaves this to the server.
    #[cfg(not(feature = "ssr"))]
    fn check_value(&self, _: &mut Vec<FieldError>) {}
}

/// Contract of a tool whose configuration is made of fields: `input_schema` and `static_config`.
#[must_use]
pub fn derive(slots: &[Slot]) -> (Value, Map<String, Value>) {
    let (mut properties, mut required, mut fixed) = (Map::new(), Vec::new(), Map::new());
    for slot in slots.iter().filter(|slot| !slot.is_left_out()) {
        properties.insert(slot.input.clone(), slot.property());
        if slot.needed && !slot.extends() {
            required.push(Value::from(slot.input.clone()));
        }
        if slot.field.mode == Mode::Fixed || slot.extends() {
            fixed.insert(slot.input.clone(), slot.field.value.clone());
        }
    }
    let mut schema = json!({"type": "object", "properties": properties, "additionalProperties": false});
    if !required.is_empty() {
        schema["required"] = Value::Array(required);
    }
    (schema, fixed)
}

/// Fills in what follows from the configuration, where the tool's kind is made of fields. What was sent in its place does not count.
pub(super) fn derive_contract(tool: &mut NewTool, errors: &mut Vec<FieldError>) {
    let Some(slots) = kinds::slots(tool.kind, &tool.config_metadata) else {
        return;
    };
    for slot in &slots {
        slot.check(errors);
    }
    (tool.input_schema, tool.static_config) = derive(&slots);
}

/// Inputs whose fixed entries the model may add to: it sees them although they have fixed values.
#[must_use]
pub fn extendable(kind: Kind, config: &Value) -> Vec<String> {
    kinds::slots(kind, config)
        .unwrap_or_default()
        .into_iter()
        .filter(|slot| slot.field.mode == Mode::ArrayExtendable)
        .map(|slot| slot.input)
        .collect()
}

/// Reads one part of a configuration; what cannot be read is an error at its place.
pub(super) fn part<T: serde::de::DeserializeOwned>(config: &Value, name: &str, errors: &mut Vec<FieldError>) -> Option<T> {
    let value = config.get(name).filter(|value| !value.is_null())?;
    match serde_json::from_value(value.clone()) {
        Ok(part) => Some(part),
        Err(error) => {
            errors.push(FieldError::new(format!("config_metadata/{}", pointer_segment(name)), sentence(&error)));
            None
        }
    }
}

/// The field at `name`, if there is one that can be read.
pub(super) fn field(config: &Value, name: &str) -> Option<ConfigField> {
    config.get(name).and_then(|value| serde_json::from_value(value.clone()).ok())
}

/// Says what of `config` is none of these parts.
pub(super) fn check_parts(config: &Value, names: &[&str], errors: &mut Vec<FieldError>) {
    for name in config.as_object().into_iter().flat_map(Map::keys) {
        if !names.contains(&name.as_str()) {
            errors.push(FieldError::new(
                format!("config_metadata/{}", pointer_segment(name)),
                format!("There is no such setting. Settings: {}.", names.join(", ")),
            ));
        }
    }
}

/// What the reader of JSON said, as a sentence.
fn sentence(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first: String = letters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(mode: Mode, value: Value) -> Slot {
        let field = ConfigField { mode, value, prompt: "Who gets it".into(), schema: Value::Null };
        Slot::new("recipients", field, json!({"type": "array", "items": {"type": "string"}, "minItems": 1}), true)
    }

    #[test]
    fn a_fixed_field_is_hidden_and_an_ai_field_is_a_parameter() {
        let (schema, fixed) = derive(&[slot(Mode::Fixed, json!(["+1"]))]);
        assert_eq!(Value::Object(fixed), json!({"recipients": ["+1"]}));
        assert!(schema["properties"]["recipients"].get("description").is_none());
        let (schema, fixed) = derive(&[slot(Mode::Ai, json!(["+1"]))]);
        assert!(fixed.is_empty());
        assert_eq!(schema["properties"]["recipients"]["description"], "Who gets it");
        assert_eq!(schema["required"], json!(["recipients"]));
    }

    #[test]
    fn an_extendable_list_is_both_and_needs_nothing_more() {
        let (schema, fixed) = derive(&[slot(Mode::ArrayExtendable, json!(["+1"]))]);
        assert_eq!(Value::Object(fixed), json!({"recipients": ["+1"]}));
        assert!(schema.get("required").is_none());
        assert!(schema["properties"]["recipients"]["description"].as_str().unwrap().contains("always there"));
        let (schema, fixed) = derive(&[slot(Mode::ArrayExtendable, json!([]))]);
        assert!(fixed.is_empty());
        assert_eq!(schema["required"], json!(["recipients"]));
    }

    #[test]
    fn what_is_wrong_with_a_field_is_said_at_its_part() {
        let mut errors = Vec::new();
        slot(Mode::Fixed, Value::Null).check(&mut errors);
        slot(Mode::ArrayExtendable, json!("+1")).check(&mut errors);
        let mut asked = slot(Mode::Ai, Value::Null);
        asked.field.prompt.clear();
        asked.field.schema = json!({"type": "string"});
        asked.check(&mut errors);
        let places: Vec<&str> = errors.iter().map(|error| error.pointer.as_str()).collect();
        let at = |part: &str| format!("/config_metadata/recipients/{part}");
        assert_eq!(places, [at("value"), at("value"), at("prompt"), at("schema/type")]);
    }
}
