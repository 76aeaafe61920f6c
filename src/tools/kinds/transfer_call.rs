//! Where a call may be transferred to, when, and what is said before.

use crate::{
    ids::AgentId,
    phone_numbers::e164,
    problem::FieldError,
    tools::{
        NewTool,
        fields::{self, Mode, Slot},
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The most that a tool lists.
pub const DESTINATIONS: usize = 30;
const PARTS: [&str; 4] = ["destinations", "destination", "message", "business_hours"];

/// Somebody a call can be transferred to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    /// What the model calls it.
    pub name: String,
    /// When the model shall choose it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    #[serde(flatten)]
    pub target: Target,
}

/// Who or what answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Target {
    /// Another agent of the organization.
    Agent { agent_id: AgentId },
    /// A telephone, and the extension dialled behind it.
    Number {
        number: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        extension: String,
    },
    /// An address of a telephone system.
    Sip { sip_uri: String },
}

/// The days of a week, from Monday.
pub const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// When somebody is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BusinessHours {
    /// Name in the IANA database: `Europe/Berlin`.
    pub time_zone: String,
    /// By day (`monday` …): spans of the form `09:00-17:30`. A day that is left out is closed. A span may end at `24:00`.
    #[serde(default)]
    pub days: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub outside: Outside,
}

/// What happens outside business hours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Outside {
    /// No transfer; the model is told this sentence.
    Refuse { message: String },
    /// To this destination of the list instead.
    Transfer { destination: String },
}

impl Default for Outside {
    fn default() -> Self {
        Self::Refuse { message: "Nobody can take this call now.".to_owned() }
    }
}

/// The destinations of a configuration, those that can be read.
#[must_use]
pub fn destinations(config: &Value) -> Vec<Destination> {
    let list = config.get("destinations").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(|one| serde_json::from_value(one.clone()).ok()).collect()
}

/// Its fields: which destination, and what is said before.
#[must_use]
pub fn slots(config: &Value) -> Vec<Slot> {
    let destinations = destinations(config);
    let names: Vec<&str> = destinations.iter().map(|one| one.name.as_str()).collect();
    let mut base = json!({"type": "string"});
    if !names.is_empty() {
        base["enum"] = json!(names);
    }
    let mut destination = Slot::new("destination", fields::field(config, "destination").unwrap_or_default(), base, true);
    let described = destinations.iter().filter(|one| !one.description.trim().is_empty());
    destination.note = described.map(|one| format!("{}: {}", one.name, one.description.trim())).collect::<Vec<_>>().join("\n");
    let message = json!({"type": "string", "maxLength": 1000});
    vec![destination, Slot::new("message", fields::field(config, "message").unwrap_or_default(), message, false)]
}

pub(crate) fn check(tool: &mut NewTool, errors: &mut Vec<FieldError>) {
    let config = &tool.config_metadata;
    fields::check_parts(config, &PARTS, errors);
    for name in ["destination", "message"] {
        let field = fields::part::<fields::ConfigField>(config, name, errors);
        if field.is_some_and(|field| field.mode != Mode::Fixed && !field.schema.is_null()) && name == "destination" {
            errors.push(FieldError::new(
                "config_metadata/destination/schema",
                "The model chooses among the listed destinations; leave this out.",
            ));
        }
    }
    check_destinations(config, errors);
    if let Some(hours) = fields::part::<BusinessHours>(config, "business_hours", errors) {
        check_hours(&hours, &destinations(config), errors);
    }
    // Written as the carrier wants it.
    if let Some(list) = tool.config_metadata.get_mut("destinations").and_then(Value::as_array_mut) {
        for number in list.iter_mut().filter_map(|one| one.get_mut("number")) {
            if let Some(normal) = number.as_str().and_then(|text| e164::normalize(text).ok()) {
                *number = normal.into();
            }
        }
    }
}

fn check_destinations(config: &Value, errors: &mut Vec<FieldError>) {
    let place = "config_metadata/destinations";
    let list = config.get("destinations").and_then(Value::as_array).cloned().unwrap_or_default();
    if list.is_empty() {
        return errors.push(FieldError::new(place, "List at least one destination."));
    }
    if list.len() > DESTINATIONS {
        errors.push(FieldError::new(place, format!("At most {DESTINATIONS} destinations.")));
    }
    let mut names: Vec<String> = Vec::new();
    for (index, one) in list.into_iter().enumerate() {
        let at = |part: &str| format!("{place}/{index}/{part}");
        for name in one.as_object().into_iter().flat_map(serde_json::Map::keys) {
            if !["name", "description", "type", "agent_id", "number", "extension", "sip_uri"].contains(&name.as_str()) {
                errors.push(FieldError::new(at(name), "A destination has no such setting."));
            }
        }
        let one: Destination = match serde_json::from_value(one) {
            Ok(one) => one,
            Err(error) => {
                errors.push(FieldError::new(
                    format!("{place}/{index}"),
                    format!("A destination has a name, a type (agent, number, sip) and what belongs to it: {error}."),
                ));
                continue;
            }
        };
        crate::names::check_name(&at("name"), &one.name, errors);
        if names.contains(&one.name) {
            errors.push(FieldError::new(at("name"), "This name appears twice."));
        }
        if one.description.chars().count() > 500 {
            errors.push(FieldError::new(at("description"), "At most 500 characters."));
        }
        match &one.target {
            Target::Agent { .. } => {}
            Target::Number { number, extension } => {
                if let Err(message) = e164::normalize(number) {
                    errors.push(FieldError::new(at("number"), message));
                }
                if extension.len() > 20 || !extension.chars().all(|c| c.is_ascii_digit() || matches!(c, '*' | '#' | 'w')) {
                    errors.push(FieldError::new(at("extension"), "Digits, * and #; w waits half a second. At most 20."));
                }
            }
            Target::Sip { sip_uri } => {
                if !is_sip(sip_uri) {
                    errors.push(FieldError::new(at("sip_uri"), "An address like sip:desk@example.com."));
                }
            }
        }
        names.push(one.name);
    }
}

/// `sip:` or `sips:`, a user, `@` and a host.
fn is_sip(uri: &str) -> bool {
    let rest = uri.strip_prefix("sip:").or_else(|| uri.strip_prefix("sips:"));
    rest.and_then(|rest| rest.split_once('@')).is_some_and(|(user, host)| {
        !user.is_empty()
            && host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[')
            && uri.len() <= 300
            && uri.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '{' | '}' | '\\'))
    })
}

fn check_hours(hours: &BusinessHours, destinations: &[Destination], errors: &mut Vec<FieldError>) {
    let place = "config_metadata/business_hours";
    if !is_time_zone(&hours.time_zone) {
        errors.push(FieldError::new(format!("{place}/time_zone"), "A name of the IANA database, like Europe/Berlin or America/New_York."));
    }
    for (day, spans) in &hours.days {
        if !DAYS.contains(&day.as_str()) {
            errors.push(FieldError::new(format!("{place}/days/{day}"), format!("A day is one of {}.", DAYS.join(", "))));
        }
        for (index, text) in spans.iter().enumerate() {
            if span(text).is_none() {
                errors.push(FieldError::new(format!("{place}/days/{day}/{index}"), "Write a span like 09:00-17:30."));
            }
        }
    }
    if hours.days.values().all(Vec::is_empty) {
        errors.push(FieldError::new(format!("{place}/days"), "Name the hours of at least one day, or leave business hours out."));
    }
    match &hours.outside {
        Outside::Refuse { message } => crate::names::check_text(&format!("{place}/outside/message"), message, 500, errors),
        Outside::Transfer { destination } if destinations.iter().any(|one| one.name == *destination) => {}
        Outside::Transfer { .. } => {
            errors.push(FieldError::new(format!("{place}/outside/destination"), "This is none of the destinations."));
        }
    }
}

#[cfg(feature = "ssr")]
fn is_time_zone(name: &str) -> bool {
    name.parse::<chrono_tz::Tz>().is_ok()
}

/// The browser leaves this to the server.
#[cfg(not(feature = "ssr"))]
fn is_time_zone(name: &str) -> bool {
    !name.is_empty()
}

/// `09:00-17:30` in minutes of the day; an end of `24:00` is midnight after.
#[must_use]
pub fn span(text: &str) -> Option<(u32, u32)> {
    let minutes = |text: &str| {
        let (hours, minutes) = text.trim().split_once(':')?;
        let (hours, minutes) = (hours.parse::<u32>().ok()?, minutes.parse::<u32>().ok()?);
        (minutes < 60 && (hours < 24 || (hours == 24 && minutes == 0))).then_some(hours * 60 + minutes)
    };
    let (from, to) = text.split_once(['-', '–'])?;
    let (from, to) = (minutes(from)?, minutes(to)?);
    (from < to).then_some((from, to))
}

impl BusinessHours {
    /// Whether somebody is there at this minute (0 to 1439) of this day (0 is Monday).
    #[must_use]
    pub fn is_open(&self, day: usize, minute: u32) -> bool {
        let spans = DAYS.get(day).and_then(|day| self.days.get(*day));
        spans.into_iter().flatten().filter_map(|text| span(text)).any(|(from, to)| (from..to).contains(&minute))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::{Kind, check::check_tool};

    fn tool(config: Value) -> NewTool {
        let mut tool = NewTool::new("transfer", Kind::TransferCall);
        tool.config_metadata = config;
        tool
    }

    fn good() -> Value {
        json!({
            "destinations": [
                {"name": "billing", "description": "Invoices", "type": "number", "number": "+49 30 1234567", "extension": "12"},
                {"name": "desk", "type": "sip", "sip_uri": "sip:desk@example.com"}
            ],
            "destination": {"mode": "ai", "prompt": "Who can help?"},
            "message": {"mode": "fixed", "value": "One moment, please."}
        })
    }

    #[test]
    fn the_model_chooses_among_the_listed_ones() {
        let mut tool = tool(good());
        assert_eq!(check_tool(&mut tool), []);
        assert_eq!(tool.config_metadata["destinations"][0]["number"], "+49301234567");
        assert_eq!(tool.input_schema["properties"]["destination"]["enum"], json!(["billing", "desk"]));
        assert_eq!(tool.input_schema["properties"]["destination"]["description"], "Who can help?\nbilling: Invoices");
        assert_eq!(Value::Object(tool.static_config), json!({"message": "One moment, please."}));
    }

    #[test]
    fn everything_wrong_is_said_at_its_place() {
        let mut tool = tool(json!({
            "destinations": [
                {"name": "A", "type": "number", "number": "12", "extension": "x"},
                {"name": "desk", "type": "sip", "sip_uri": "desk"},
                {"name": "desk", "type": "pigeon"}
            ],
            "destination": {"mode": "fixed", "value": "nobody"},
            "mesage": {},
            "business_hours": {"time_zone": "Berlin", "days": {"monday": ["9-17"], "someday": []}, "outside": {"do": "transfer", "destination": "x"}}
        }));
        let places: Vec<String> = check_tool(&mut tool).into_iter().map(|error| error.pointer).collect();
        for place in [
            "destinations/0/name",
            "destinations/0/number",
            "destinations/0/extension",
            "destinations/1/sip_uri",
            "destinations/2",
            "destination/value",
            "mesage",
            "business_hours/time_zone",
            "business_hours/days/monday/0",
            "business_hours/days/someday",
            "business_hours/outside/destination",
        ] {
            assert!(places.iter().any(|found| *found == format!("/config_metadata/{place}")), "{place} in {places:?}");
        }
    }

    #[test]
    fn hours_end_where_they_end() {
        let hours = BusinessHours {
            time_zone: "UTC".into(),
            days: BTreeMap::from([("friday".into(), vec!["09:00-12:00".into(), "13:00-24:00".into()])]),
            outside: Outside::default(),
        };
        for (day, minute, open) in [(4, 540, true), (4, 539, false), (4, 720, false), (4, 1439, true), (5, 600, false)] {
            assert_eq!(hours.is_open(day, minute), open, "{day} {minute}");
        }
        for bad in ["9", "17:00-09:00", "09:00-25:00", "09:60-10:00", "24:30-24:40"] {
            assert_eq!(span(bad), None, "{bad}");
        }
    }
}
