//! What may be wrong with a trigger, as far as it can be said without a clock: pure.

use super::{NewTrigger, TriggerKind, Webhook, payload};
use crate::{
    problem::FieldError,
    workflows::graph::{Definition, InputField, path::Path},
};
use serde_json::{Map, Value};

/// Tidies it and says all that is wrong with it. `definition`: what it would run.
pub fn check(new: &mut NewTrigger, definition: &Definition) -> Vec<FieldError> {
    let mut errors = Vec::new();
    new.name = new.name.trim().to_owned();
    if new.name.is_empty() {
        errors.push(FieldError::new("name", "This is needed. Example: Every morning"));
    } else if new.name.chars().count() > 100 {
        errors.push(FieldError::new("name", "At most 100 characters."));
    }
    let inputs = definition.inputs();
    check_fixed(&new.input, inputs, &mut errors);
    if new.kind == TriggerKind::Schedule {
        if new.webhook.is_some() {
            errors.push(FieldError::new("webhook", "A schedule has no such settings."));
        }
        match &mut new.schedule {
            Some(schedule) => {
                schedule.cron = schedule.cron.split_whitespace().collect::<Vec<_>>().join(" ");
                schedule.time_zone = schedule.time_zone.trim().to_owned();
                if !(1..=100).contains(&schedule.missed_most) {
                    errors.push(FieldError::new("schedule/missed_most", "From 1 to 100."));
                }
            }
            None => errors.push(FieldError::new("schedule", "This is needed: at least the cron pattern.")),
        }
        // Nothing comes in: what the workflow needs has to be fixed.
        for field in inputs.iter().filter(|field| field.required && field.default.is_none() && !new.input.contains_key(&field.name)) {
            errors
                .push(FieldError::new(format!("input/{}", field.name), "The workflow needs this, and a schedule brings nothing with it."));
        }
        return errors;
    }
    if new.schedule.is_some() {
        errors.push(FieldError::new("schedule", "Only a schedule has such settings."));
    }
    check_webhook(new.webhook.get_or_insert_default(), inputs, &mut errors);
    errors
}

fn check_fixed(input: &Map<String, Value>, inputs: &[InputField], errors: &mut Vec<FieldError>) {
    for (name, value) in input {
        match inputs.iter().find(|field| field.name == *name) {
            None => errors.push(FieldError::new(format!("input/{name}"), "The workflow has no such input.")),
            Some(field) if payload::fits(field, value) => {}
            Some(field) => errors.push(FieldError::new(format!("input/{name}"), format!("This must be of type {}.", field.kind.as_str()))),
        }
    }
}

fn check_webhook(webhook: &mut Webhook, inputs: &[InputField], errors: &mut Vec<FieldError>) {
    if !(10..=3_600).contains(&webhook.tolerance_seconds) {
        errors.push(FieldError::new("webhook/tolerance_seconds", "From 10 to 3 600 seconds."));
    }
    if webhook.rate_limit_per_minute.is_some_and(|limit| !(1..=100_000).contains(&limit)) {
        errors.push(FieldError::new("webhook/rate_limit_per_minute", "From 1 to 100 000, or none."));
    }
    let mut seen = Vec::new();
    for (index, row) in webhook.mapping.iter_mut().enumerate() {
        (row.field, row.from) = (row.field.trim().to_owned(), row.from.trim().to_owned());
        let mut wrong = |part: &str, message: String| errors.push(FieldError::new(format!("webhook/mapping/{index}/{part}"), message));
        if !inputs.iter().any(|field| field.name == row.field) {
            wrong("field", format!("The workflow has no input “{}”.", row.field));
        } else if seen.contains(&row.field) {
            wrong("field", format!("“{}” is fed twice.", row.field));
        }
        if row.from.is_empty() {
            wrong("from", "This is needed, such as body.order.id.".to_owned());
        } else if let Err(why) = Path::parse(&row.from) {
            wrong("from", why);
        }
        seen.push(row.field.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn definition() -> Definition {
        serde_json::from_value(json!({ "nodes": [{ "id": "in", "type": "input", "config": { "fields": [
            { "name": "order", "type": "string", "required": true }, { "name": "count", "type": "integer" }
        ] } }], "edges": [] }))
        .expect("a definition")
    }

    fn wrong(value: Value) -> Vec<String> {
        let mut new: NewTrigger = serde_json::from_value(value).expect("a trigger");
        check(&mut new, &definition()).into_iter().map(|error| error.pointer).collect()
    }

    #[test]
    fn what_is_wrong_is_said_all_at_once_with_its_place() {
        let new = json!({ "name": " ", "kind": "webhook", "input": { "colour": 1, "count": "many" }, "webhook": {
            "tolerance_seconds": 5, "rate_limit_per_minute": 0, "mapping": [{ "field": "size", "from": "a..b" }, { "field": "order", "from": "body.id" }, { "field": "order", "from": "" }]
        } });
        let expected = [
            "/name",
            "/input/colour",
            "/input/count",
            "/webhook/tolerance_seconds",
            "/webhook/rate_limit_per_minute",
            "/webhook/mapping/0/field",
            "/webhook/mapping/0/from",
            "/webhook/mapping/2/field",
            "/webhook/mapping/2/from",
        ];
        assert_eq!(wrong(new), expected);
    }

    #[test]
    fn a_schedule_brings_no_input_so_what_is_needed_is_fixed() {
        let schedule = json!({ "cron": "0 9 * * *" });
        assert_eq!(wrong(json!({ "name": "a", "kind": "schedule", "schedule": schedule })), ["/input/order"]);
        assert!(wrong(json!({ "name": "a", "kind": "schedule", "schedule": schedule, "input": { "order": "7" } })).is_empty());
        assert_eq!(wrong(json!({ "name": "a", "kind": "schedule", "input": { "order": "7" } })), ["/schedule"]);
        assert_eq!(wrong(json!({ "name": "a", "kind": "call_start", "schedule": schedule })), ["/schedule"]);
    }
}
