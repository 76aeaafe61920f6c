//! A text message, as flat text.

use super::field::{FieldForm, Shape};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use toolcrib::{
    problem::FieldError,
    tools::{
        fields::ConfigField,
        kinds::sms::{From, from},
    },
};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SmsForm {
    /// `called_number`, or the id of a number of the organization.
    pub from: String,
    pub text: FieldForm,
    /// Numbers, one a line.
    pub recipients: FieldForm,
}

const CALLED: &str = "called_number";

impl SmsForm {
    /// What a new tool begins with.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            from: CALLED.to_owned(),
            text: FieldForm::ai("The message, in the caller's language, short and without greeting."),
            recipients: FieldForm::fixed("{{caller_phone_number}}"),
        }
    }

    #[must_use]
    pub fn of(config: &Value) -> Self {
        let field = |name: &str| {
            let field = config.get(name).and_then(|field| serde_json::from_value::<ConfigField>(field.clone()).ok());
            field.unwrap_or_default()
        };
        let from = match from(config).unwrap_or_default() {
            From::CalledNumber => CALLED.to_owned(),
            From::SpecificNumber { phone_number_id } => phone_number_id.to_string(),
        };
        Self { from, text: FieldForm::of(&field("text"), Shape::Text), recipients: FieldForm::of(&field("recipients"), Shape::Lines) }
    }

    /// The configuration, as `config_metadata` keeps it.
    pub fn read(&self, errors: &mut Vec<FieldError>) -> Value {
        let from = match self.from.as_str() {
            "" | CALLED => json!({"type": CALLED}),
            id => json!({"type": "specific_number", "phone_number_id": id}),
        };
        json!({
            "from": from,
            "text": self.text.read("sms/text", Shape::Text, errors),
            "recipients": self.recipients.read("sms/recipients", Shape::Lines, errors),
        })
    }

    /// Where in the form a place in the configuration is.
    pub(super) fn field_of(&self, place: &str) -> String {
        format!("/sms/{place}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_survives_the_form() {
        let config = json!({"from": {"type": "specific_number", "phone_number_id": "01980c5e-0000-7000-8000-000000000001"},
            "text": {"mode": "ai", "prompt": "What to write"}, "recipients": {"mode": "array_extendable", "value": ["+49301234567"], "prompt": "Who else"}});
        let mut errors = Vec::new();
        assert_eq!(SmsForm::of(&config).read(&mut errors), config);
        assert_eq!(errors, []);
    }
}
