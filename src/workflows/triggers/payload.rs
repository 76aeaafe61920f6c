//! From what came in to the workflow's input: pure.

use super::{Mapped, TriggerKind};
use crate::workflows::graph::{FieldKind, InputField, path::Path, resolve::typed, types};
use serde_json::{Map, Value, json};

/// Does a value have the type of this input?
#[must_use]
pub fn fits(field: &InputField, value: &Value) -> bool {
    types::value_fits(value, &json!({ "type": field.kind.as_str() })).is_ok()
}

/// What a webhook brought, as mappings see it.
#[must_use]
pub fn of_webhook(body: Value, query: Map<String, Value>, headers: Map<String, Value>) -> Value {
    json!({ "body": body, "query": query, "headers": headers })
}

/// What Vapi says of a call that begins, as mappings see it; `None` of any other message. Both shapes occur: inside `message`, and bare.
#[must_use]
pub fn of_call_start(sent: &Value) -> Option<Value> {
    let message = sent.get("message").unwrap_or(sent);
    let text = |value: &Value, path: &str| value.pointer(path).and_then(Value::as_str).map(str::to_owned);
    if text(message, "/type").as_deref() != Some("status-update") || text(message, "/status").as_deref() != Some("in-progress") {
        return None;
    }
    let call = message.get("call").cloned().unwrap_or_else(|| json!({}));
    // The numbers stand in the call, and in newer messages beside it as well.
    let number = |path: &str| text(&call, path).or_else(|| text(message, path));
    let mut event = Map::new();
    for (name, found) in [
        ("caller_phone_number", number("/customer/number")),
        ("called_phone_number", number("/phoneNumber/number")),
        ("call_id", text(&call, "/id")),
        ("assistant_id", text(&call, "/assistantId").or_else(|| text(message, "/assistant/id"))),
    ] {
        if let Some(found) = found {
            event.insert(name.to_owned(), Value::from(found));
        }
    }
    event.insert("message".to_owned(), message.clone());
    event.insert("call".to_owned(), call);
    Some(Value::Object(event))
}

/// The input of a run: what the mapping names, or without one what has the names of inputs; fixed values win.
#[must_use]
pub fn input(
    kind: TriggerKind,
    inputs: &[InputField],
    mapping: &[Mapped],
    fixed: &Map<String, Value>,
    event: &Value,
) -> Map<String, Value> {
    let mut given = Map::new();
    for field in inputs {
        let found = if mapping.is_empty() {
            unmapped(kind, &field.name, event)
        } else {
            let path = mapping.iter().find(|row| row.field == field.name).and_then(|row| Path::parse(&row.from).ok());
            path.and_then(|path| path.find(event))
        };
        if let Some(value) = found {
            given.insert(field.name.clone(), read(field, value));
        }
    }
    given.extend(fixed.clone());
    given
}

fn unmapped(kind: TriggerKind, name: &str, event: &Value) -> Option<Value> {
    match kind {
        TriggerKind::Webhook => event["body"].get(name).or_else(|| event["query"].get(name)).cloned(),
        TriggerKind::CallStart => event.get(name).cloned(),
        TriggerKind::Schedule => None,
    }
}

/// Forms and queries know only text: a number in them is one where one is wanted.
fn read(field: &InputField, value: Value) -> Value {
    match &value {
        Value::String(text) if field.kind != FieldKind::String => typed(text, &json!({ "type": field.kind.as_str() })).unwrap_or(value),
        _ => value,
    }
}

/// Pairs of a form or a query as an object; what comes twice is a list.
#[must_use]
pub fn object(pairs: impl IntoIterator<Item = (String, String)>) -> Map<String, Value> {
    let mut object = Map::new();
    for (name, value) in pairs {
        let value = Value::from(value);
        match object.get_mut(&name) {
            None => {
                object.insert(name, value);
            }
            Some(Value::Array(list)) => list.push(value),
            Some(first) => *first = json!([first.clone(), value]),
        }
    }
    object
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, kind: FieldKind) -> InputField {
        InputField { name: name.to_owned(), kind, required: false, description: String::new(), default: None }
    }

    fn given(mapping: &[(&str, &str)], fixed: Value, event: &Value) -> Value {
        let inputs = [field("order", FieldKind::String), field("count", FieldKind::Integer), field("tags", FieldKind::Array)];
        let mapping: Vec<Mapped> =
            mapping.iter().map(|(field, from)| Mapped { field: (*field).to_owned(), from: (*from).to_owned() }).collect();
        Value::Object(input(TriggerKind::Webhook, &inputs, &mapping, fixed.as_object().expect("object"), event))
    }

    #[test]
    fn without_a_mapping_fields_go_to_the_inputs_of_their_name_and_the_rest_is_left() {
        let event = of_webhook(json!({ "order": "A7", "colour": "red" }), object([("count".into(), "3".into())]), Map::new());
        assert_eq!(given(&[], json!({}), &event), json!({ "order": "A7", "count": 3 }));
    }

    #[test]
    fn a_mapping_reaches_body_query_and_headers_and_names_all_that_is_taken() {
        let headers = object([("x-event".into(), "paid".into())]);
        let event = of_webhook(json!({ "items": [{ "id": 1 }, { "id": 2 }], "count": 9 }), Map::new(), headers);
        let mapping = [("tags", "body.items[*].id"), ("order", "headers[\"x-event\"]")];
        assert_eq!(given(&mapping, json!({}), &event), json!({ "order": "paid", "tags": [1, 2] }));
    }

    #[test]
    fn fixed_values_win_over_what_comes_in() {
        let event = of_webhook(json!({ "order": "A7", "count": 1 }), Map::new(), Map::new());
        assert_eq!(given(&[], json!({ "order": "B1" }), &event), json!({ "order": "B1", "count": 1 }));
    }

    #[test]
    fn text_that_is_no_number_stays_for_the_check_to_name() {
        let event = of_webhook(Value::Object(object([("count".into(), "three".into())])), Map::new(), Map::new());
        assert_eq!(given(&[], json!({}), &event), json!({ "count": "three" }));
    }

    #[test]
    fn only_a_call_that_begins_is_a_call_start() {
        let message = |kind: &str, status: &str| json!({ "message": { "type": kind, "status": status, "call": { "id": "c1", "customer": { "number": "+4912" } }, "phoneNumber": { "number": "+4913" } } });
        let event = of_call_start(&message("status-update", "in-progress")).expect("a call start");
        let said = ["call_id", "caller_phone_number", "called_phone_number"].map(|name| event[name].clone());
        assert_eq!(said, [json!("c1"), json!("+4912"), json!("+4913")]);
        for (kind, status) in [("status-update", "ringing"), ("status-update", "ended"), ("end-of-call-report", "in-progress")] {
            assert_eq!(of_call_start(&message(kind, status)), None, "{kind} {status}");
        }
    }

    #[test]
    fn what_comes_twice_is_a_list() {
        let pairs = [("a", "1"), ("b", "2"), ("a", "3"), ("a", "4")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(Value::Object(object(pairs)), json!({ "a": ["1", "3", "4"], "b": "2" }));
    }
}
