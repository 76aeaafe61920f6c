//! Where a call may go, as flat text.

use super::field::{FieldForm, Shape};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use toolcrib::{
    problem::FieldError,
    tools::{
        fields::ConfigField,
        kinds::transfer_call::{BusinessHours, DAYS, Outside, Target, destinations},
    },
};

/// One row of the list of destinations.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DestinationRow {
    pub name: String,
    pub description: String,
    /// `number`, `sip` or `agent`.
    pub kind: String,
    /// The number or the SIP address.
    pub to: String,
    pub extension: String,
    pub agent_id: String,
}

impl DestinationRow {
    fn is_empty(&self) -> bool {
        [&self.name, &self.description, &self.to, &self.extension].iter().all(|text| text.trim().is_empty())
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TransferForm {
    pub destinations: Vec<DestinationRow>,
    pub destination: FieldForm,
    pub message: FieldForm,
    pub time_zone: String,
    /// Spans of each day from Monday, separated by commas.
    pub days: Vec<String>,
    /// `refuse` or `transfer`.
    pub outside: String,
    pub outside_message: String,
    pub outside_destination: String,
}

const REFUSAL: &str = "Nobody can take this call now. Please call again during business hours.";

impl TransferForm {
    /// What a new tool begins with.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            destination: FieldForm::ai("Who can help the caller best?"),
            message: FieldForm::fixed("I am connecting you now. One moment, please."),
            outside: "refuse".to_owned(),
            outside_message: REFUSAL.to_owned(),
            ..Self::default()
        }
    }

    #[must_use]
    pub fn of(config: &Value) -> Self {
        let field = |name: &str| {
            let field: ConfigField = config.get(name).and_then(|field| serde_json::from_value(field.clone()).ok()).unwrap_or_default();
            FieldForm::of(&field, Shape::Text)
        };
        let rows = destinations(config).into_iter().map(|one| {
            let mut row = DestinationRow { name: one.name, description: one.description, ..DestinationRow::default() };
            match one.target {
                Target::Agent { agent_id } => (row.kind, row.agent_id) = ("agent".to_owned(), agent_id.to_string()),
                Target::Number { number, extension } => (row.kind, row.to, row.extension) = ("number".to_owned(), number, extension),
                Target::Sip { sip_uri } => (row.kind, row.to) = ("sip".to_owned(), sip_uri),
            }
            row
        });
        let mut form =
            Self { destinations: rows.collect(), destination: field("destination"), message: field("message"), ..Self::empty_hours() };
        if let Some(hours) = config.get("business_hours").and_then(|hours| serde_json::from_value::<BusinessHours>(hours.clone()).ok()) {
            form.days = DAYS.iter().map(|day| hours.days.get(*day).map(|spans| spans.join(", ")).unwrap_or_default()).collect();
            form.time_zone = hours.time_zone;
            match hours.outside {
                Outside::Refuse { message } => form.outside_message = message,
                Outside::Transfer { destination } => {
                    (form.outside, form.outside_destination) = ("transfer".to_owned(), destination);
                }
            }
        }
        form
    }

    fn empty_hours() -> Self {
        Self { outside: "refuse".to_owned(), outside_message: REFUSAL.to_owned(), ..Self::default() }
    }

    /// The configuration, as `config_metadata` keeps it.
    pub fn read(&self, errors: &mut Vec<FieldError>) -> Value {
        let rows = self.destinations.iter().filter(|row| !row.is_empty()).map(|row| {
            let mut one = Map::new();
            one.insert("name".to_owned(), row.name.trim().into());
            let description = row.description.trim();
            if !description.is_empty() {
                one.insert("description".to_owned(), description.into());
            }
            let kind = if row.kind.is_empty() { "number" } else { &row.kind };
            one.insert("type".to_owned(), kind.into());
            match kind {
                "agent" => drop(one.insert("agent_id".to_owned(), row.agent_id.trim().into())),
                "sip" => drop(one.insert("sip_uri".to_owned(), row.to.trim().into())),
                _ => {
                    one.insert("number".to_owned(), row.to.trim().into());
                    if !row.extension.trim().is_empty() {
                        one.insert("extension".to_owned(), row.extension.trim().into());
                    }
                }
            }
            Value::Object(one)
        });
        let mut config = json!({
            "destinations": rows.collect::<Vec<_>>(),
            "destination": self.destination.read("transfer/destination", Shape::Text, errors),
            "message": self.message.read("transfer/message", Shape::Text, errors),
        });
        let days: Map<String, Value> = DAYS
            .iter()
            .zip(&self.days)
            .map(|(day, text)| {
                ((*day).to_owned(), text.split([',', ';']).map(str::trim).filter(|span| !span.is_empty()).collect::<Value>())
            })
            .filter(|(_, spans)| spans.as_array().is_some_and(|spans| !spans.is_empty()))
            .collect();
        if !days.is_empty() || !self.time_zone.trim().is_empty() {
            let outside = if self.outside == "transfer" {
                json!({"do": "transfer", "destination": self.outside_destination.trim()})
            } else {
                json!({"do": "refuse", "message": self.outside_message.trim()})
            };
            config["business_hours"] = json!({"time_zone": self.time_zone.trim(), "days": days, "outside": outside});
        }
        config
    }

    /// Where in the form a place in the configuration is.
    pub(super) fn field_of(&self, place: &str) -> String {
        let parts: Vec<&str> = place.split('/').collect();
        match parts.as_slice() {
            ["destinations", index, rest @ ..] => {
                let nth = index.parse::<usize>().unwrap_or_default();
                let shown =
                    self.destinations.iter().enumerate().filter(|(_, row)| !row.is_empty()).nth(nth).map_or(nth, |(index, _)| index);
                let column = match rest {
                    ["number" | "sip_uri"] => "to",
                    [column] => column,
                    _ => "name",
                };
                format!("/transfer/destinations/{shown}/{column}")
            }
            ["business_hours", "days", day, ..] => {
                let index = DAYS.iter().position(|one| one == day).unwrap_or_default();
                format!("/transfer/days/{index}")
            }
            ["business_hours", "outside", part, ..] => format!("/transfer/outside_{part}"),
            ["business_hours", part, ..] => format!("/transfer/{part}"),
            _ => format!("/transfer/{place}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_survives_the_form() {
        let config = json!({
            "destinations": [
                {"name": "billing", "description": "Invoices", "type": "number", "number": "+49301234567", "extension": "12"},
                {"name": "desk", "type": "sip", "sip_uri": "sip:desk@example.com"},
                {"name": "other", "type": "agent", "agent_id": "01980c5e-0000-7000-8000-000000000001"}
            ],
            "destination": {"mode": "ai", "prompt": "Who?"},
            "message": {"mode": "fixed", "value": "One moment"},
            "business_hours": {"time_zone": "Europe/Berlin", "days": {"monday": ["09:00-12:00", "13:00-17:00"]}, "outside": {"do": "transfer", "destination": "desk"}}
        });
        let mut errors = Vec::new();
        assert_eq!(TransferForm::of(&config).read(&mut errors), config);
        assert_eq!(errors, []);
    }

    #[test]
    fn errors_find_their_row_past_empty_ones() {
        let named = |name: &str| DestinationRow { name: name.into(), ..DestinationRow::default() };
        let form = TransferForm { destinations: vec![named("a"), DestinationRow::default(), named("b")], ..TransferForm::default() };
        assert_eq!(form.field_of("destinations/1/number"), "/transfer/destinations/2/to");
        assert_eq!(form.field_of("business_hours/days/tuesday/0"), "/transfer/days/1");
    }
}
