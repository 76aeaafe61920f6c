//! An action of Pipedream Connect: which one, in whose name, with what.

use crate::{
    problem::FieldError,
    schema::pointer_segment,
    tools::{
        NewTool,
        fields::{self, ConfigField, Slot},
    },
};
use serde_json::{Value, json};

/// The settings of an action. `configured_props` is an object of fields.
const PARTS: [&str; 8] =
    ["id", "version", "project_id", "environment", "external_user_id", "configured_props", "dynamic_props_id", "stash_id"];
/// Where an action's accounts live.
pub const ENVIRONMENTS: [&str; 2] = ["development", "production"];
/// The input in which the external user goes.
pub const USER: &str = "external_user_id";
const PROPS: usize = 100;

/// Its fields: the external user and each configured property.
#[must_use]
pub fn slots(config: &Value) -> Vec<Slot> {
    let user = fields::field(config, USER).unwrap_or_default();
    let mut slots = vec![Slot::new(USER, user, json!({"type": "string", "minLength": 1, "maxLength": 250}), true)];
    let props = config.get("configured_props").and_then(Value::as_object);
    for (name, prop) in props.into_iter().flatten() {
        let field: ConfigField = serde_json::from_value(prop.clone()).unwrap_or_default();
        let mut slot = Slot::new(name, field, json!({}), true);
        slot.place = format!("config_metadata/configured_props/{}", pointer_segment(name));
        slots.push(slot);
    }
    slots
}

fn text<'a>(config: &'a Value, name: &str) -> Option<&'a str> {
    config.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

pub(crate) fn check(tool: &mut NewTool, errors: &mut Vec<FieldError>) {
    let config = &tool.config_metadata;
    fields::check_parts(config, &PARTS, errors);
    fields::part::<ConfigField>(config, USER, errors);
    let word =
        |text: &str| text.len() <= 200 && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '~' | '@'));
    for (name, what, example, needed) in [
        ("id", "the action's id", "gitlab-list-projects", true),
        ("project_id", "the project's id", "proj_abc123", true),
        ("version", "a version", "1.2.3", false),
        ("dynamic_props_id", "an id", "dyp_abc123", false),
        ("stash_id", "an id", "NEW", false),
    ] {
        let place = format!("config_metadata/{name}");
        match config.get(name) {
            Some(Value::String(value)) if value.trim().is_empty() && needed => {
                errors.push(FieldError::new(place, format!("Enter {what}, like {example}.")))
            }
            Some(Value::String(value)) if !word(value.trim()) => {
                errors.push(FieldError::new(place, format!("This is not {what}. It looks like {example}.")));
            }
            Some(Value::String(_)) => {}
            None | Some(Value::Null) if !needed => {}
            _ => errors.push(FieldError::new(place, format!("Enter {what}, like {example}."))),
        }
    }
    if !text(config, "environment").is_some_and(|word| ENVIRONMENTS.contains(&word)) {
        errors.push(FieldError::new("config_metadata/environment", "One of development, production."));
    }
    let props = config.get("configured_props");
    if props.is_some_and(|props| !props.is_object()) {
        errors.push(FieldError::new("config_metadata/configured_props", "A JSON object: a field for each property."));
    }
    let props = props.and_then(Value::as_object);
    if props.is_some_and(|props| props.len() > PROPS) {
        errors.push(FieldError::new("config_metadata/configured_props", format!("At most {PROPS} properties.")));
    }
    for (name, prop) in props.into_iter().flatten() {
        let place = format!("config_metadata/configured_props/{}", pointer_segment(name));
        if name == USER {
            errors.push(FieldError::new(place, "The external user has a setting of its own."));
        } else if name.is_empty() || name.len() > 64 || !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')) {
            errors.push(FieldError::new(place, "Letters, digits, _ and -, at most 64: models call it by this name."));
        } else if let Err(error) = serde_json::from_value::<ConfigField>(prop.clone()) {
            errors.push(FieldError::new(
                place,
                format!("A field has a mode (fixed, ai, array_extendable) and a value or a prompt: {error}."),
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::{Kind, check::check_tool};

    fn tool(config: Value) -> NewTool {
        let mut tool = NewTool::new("list_projects", Kind::PipedreamAction);
        tool.config_metadata = config;
        tool
    }

    #[test]
    fn each_property_is_fixed_or_the_model_s() {
        let mut good = tool(json!({"id": "gitlab-list-projects", "project_id": "proj_1", "environment": "development",
            "external_user_id": {"mode": "fixed", "value": "{{session_id}}"},
            "configured_props": {"gitlab": {"mode": "fixed", "value": {"authProvisionId": "apn_1"}}, "max": {"mode": "ai", "prompt": "How many?", "schema": {"type": "integer"}}}}));
        assert_eq!(check_tool(&mut good), []);
        assert_eq!(
            Value::Object(good.static_config),
            json!({"external_user_id": "{{session_id}}", "gitlab": {"authProvisionId": "apn_1"}})
        );
        assert_eq!(good.input_schema["properties"]["max"], json!({"type": "integer", "description": "How many?"}));
    }

    #[test]
    fn everything_wrong_is_said_at_its_place() {
        let mut wrong = tool(json!({"id": "a b", "environment": "test", "external_user_id": {"mode": "fixed"},
            "configured_props": {"a b": {"mode": "fixed", "value": 1}, "c": {"mode": "maybe"}, "d": {"mode": "ai"}, "external_user_id": {"mode": "fixed", "value": 1}}, "x": 1}));
        let places: Vec<String> = check_tool(&mut wrong).into_iter().map(|error| error.pointer).collect();
        for place in [
            "id",
            "project_id",
            "environment",
            "external_user_id/value",
            "configured_props/a b",
            "configured_props/c",
            "configured_props/d/prompt",
            "configured_props/external_user_id",
            "x",
        ] {
            assert!(places.iter().any(|found| *found == format!("/config_metadata/{place}")), "{place} in {places:?}");
        }
    }
}
