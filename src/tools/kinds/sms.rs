//! Text messages: from which number, what, to whom.

use crate::{
    ids::PhoneNumberId,
    phone_numbers::e164,
    problem::FieldError,
    tools::{
        NewTool,
        fields::{self, ConfigField, Slot},
        template,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The most that one call sends to.
pub const RECIPIENTS: usize = 50;
/// The longest text that the carrier takes.
pub const TEXT: usize = 1600;
const PARTS: [&str; 3] = ["from", "text", "recipients"];

/// Whose number a message comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum From {
    /// The number that was called.
    #[default]
    CalledNumber,
    /// A number of the organization.
    SpecificNumber { phone_number_id: PhoneNumberId },
}

/// The sender of a configuration.
#[must_use]
pub fn from(config: &Value) -> Option<From> {
    serde_json::from_value(config.get("from")?.clone()).ok()
}

/// Its fields: the text and who gets it.
#[must_use]
pub fn slots(config: &Value) -> Vec<Slot> {
    let field = |name: &str| fields::field(config, name).unwrap_or_default();
    let text = json!({"type": "string", "minLength": 1, "maxLength": TEXT});
    let recipients = json!({"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": RECIPIENTS});
    let mut recipients = Slot::new("recipients", field("recipients"), recipients, true);
    recipients.note = "Phone numbers with country code, like +14155550100.".to_owned();
    vec![Slot::new("text", field("text"), text, true), recipients]
}

pub(crate) fn check(tool: &mut NewTool, errors: &mut Vec<FieldError>) {
    let config = &tool.config_metadata;
    fields::check_parts(config, &PARTS, errors);
    for name in ["text", "recipients"] {
        fields::part::<ConfigField>(config, name, errors);
    }
    match config.get("from") {
        None => errors.push(FieldError::new("config_metadata/from", "Say where messages come from: called_number or specific_number.")),
        Some(_) => {
            let wrong = errors.len();
            if fields::part::<From>(config, "from", errors).is_none() && errors.len() == wrong {
                errors.push(FieldError::new("config_metadata/from", "Say where messages come from: called_number or specific_number."));
            }
        }
    }
    // Fixed numbers are written as the carrier wants them.
    let list = tool.config_metadata.pointer_mut("/recipients/value").and_then(Value::as_array_mut);
    for (index, number) in list.into_iter().flatten().enumerate() {
        let Some(text) = number.as_str().filter(|text| template::names(text, false).is_empty()) else { continue };
        match e164::normalize(text) {
            Ok(normal) => *number = normal.into(),
            Err(message) => errors.push(FieldError::new(format!("config_metadata/recipients/value/{index}"), message)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::{Kind, check::check_tool};

    fn tool(config: Value) -> NewTool {
        let mut tool = NewTool::new("send_confirmation", Kind::Sms);
        tool.config_metadata = config;
        tool
    }

    #[test]
    fn fixed_numbers_are_normalised_and_the_model_s_are_a_parameter() {
        let mut fixed = tool(json!({"from": {"type": "called_number"}, "text": {"mode": "fixed", "value": "Hi {{caller_phone_number}}"},
            "recipients": {"mode": "fixed", "value": ["+49 30 1234567", "{{caller_phone_number}}"]}}));
        assert_eq!(check_tool(&mut fixed), []);
        assert_eq!(fixed.static_config["recipients"], json!(["+49301234567", "{{caller_phone_number}}"]));
        let mut asked = tool(json!({"from": {"type": "called_number"}, "text": {"mode": "fixed", "value": "Hi"},
            "recipients": {"mode": "ai", "prompt": "Who?", "schema": {"type": "array", "items": {"type": "string"}, "maxItems": 3}}}));
        assert_eq!(check_tool(&mut asked), []);
        assert_eq!(asked.input_schema["properties"]["recipients"]["maxItems"], 3);
        assert_eq!(asked.input_schema["required"], json!(["text", "recipients"]));
    }

    #[test]
    fn everything_wrong_is_said_at_its_place() {
        let mut wrong = tool(json!({"from": {"type": "specific_number"}, "text": {"mode": "array_extendable", "value": [], "prompt": "x"},
            "recipients": {"mode": "fixed", "value": ["12"]}, "media": 1}));
        let places: Vec<String> = check_tool(&mut wrong).into_iter().map(|error| error.pointer).collect();
        for place in ["from", "text/mode", "recipients/value/0", "media"] {
            assert!(places.iter().any(|found| *found == format!("/config_metadata/{place}")), "{place} in {places:?}");
        }
    }
}
