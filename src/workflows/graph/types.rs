//! Whether one field's type fits another's. Schemas that say nothing fit everything: a finding must be right.

use super::path::{Path, Segment};
use serde_json::{Value, json};

/// The part of `schema` at `path`. `Err` names a field that the schema does not have; `Ok(None)`: the schema does not say.
pub fn at(schema: &Value, path: &Path) -> Result<Option<Value>, String> {
    walk(schema, &path.0)
}

fn walk(schema: &Value, segments: &[Segment]) -> Result<Option<Value>, String> {
    let Some((segment, rest)) = segments.split_first() else {
        return Ok(Some(schema.clone()));
    };
    if schema.get("$ref").is_some() {
        return Ok(None);
    }
    match segment {
        Segment::Field(name) => {
            let properties = schema.get("properties").and_then(Value::as_object).filter(|p| !p.is_empty());
            match (properties.and_then(|p| p.get(name)), properties, schema.get("additionalProperties")) {
                (Some(inner), _, _) => walk(inner, rest),
                (None, _, Some(inner @ Value::Object(_))) => walk(inner, rest),
                (None, Some(_), Some(Value::Bool(true))) => Ok(None),
                (None, Some(_), _) => Err(name.clone()),
                (None, None, _) if kinds(schema).is_some_and(|kinds| !kinds.iter().any(|kind| kind == "object")) => Err(name.clone()),
                (None, None, _) => Ok(None),
            }
        }
        Segment::Index(_) | Segment::Each => {
            if kinds(schema).is_some_and(|kinds| !kinds.iter().any(|kind| kind == "array")) {
                return Err(if *segment == Segment::Each { "[*]".to_owned() } else { "[position]".to_owned() });
            }
            let inner = match schema.get("items") {
                Some(items @ Value::Object(_)) => walk(items, rest)?,
                _ => None,
            };
            if *segment == Segment::Each {
                Ok(Some(inner.map_or(json!({ "type": "array" }), |items| json!({ "type": "array", "items": items }))))
            } else {
                Ok(inner)
            }
        }
    }
}

/// The JSON types a schema allows; `None` when it does not say.
#[must_use]
pub fn kinds(schema: &Value) -> Option<Vec<String>> {
    if let Some(kind) = schema.get("type") {
        return match kind {
            Value::String(kind) => Some(vec![kind.clone()]),
            Value::Array(kinds) => Some(kinds.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
            _ => None,
        };
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return Some(values.iter().map(|value| kind_of(value).to_owned()).collect());
    }
    if let Some(value) = schema.get("const") {
        return Some(vec![kind_of(value).to_owned()]);
    }
    let choices = schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Value::as_array)?;
    let mut all = Vec::new();
    for choice in choices {
        all.extend(kinds(choice)?);
    }
    Some(all)
}

/// The JSON type of a value; a number without fraction is an `integer`.
#[must_use]
pub fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_i64() || number.is_u64() || number.as_f64().is_some_and(|n| n.fract() == 0.0) => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Whether a value of schema `from` may be given to schema `to`; `Err` says the two types.
pub fn fits(from: &Value, to: &Value) -> Result<(), (String, String)> {
    let (Some(given), Some(wanted)) = (kinds(from), kinds(to)) else {
        return Ok(());
    };
    let fits_one = |given: &String| wanted.iter().any(|wanted| given == wanted || (given == "integer" && wanted == "number"));
    if !given.is_empty() && !wanted.is_empty() && !given.iter().any(fits_one) {
        return Err((given.join(" or "), wanted.join(" or ")));
    }
    let both_lists = given == ["array"] && wanted == ["array"];
    if let (true, Some(from), Some(to)) = (both_lists, from.get("items"), to.get("items")) {
        return fits(from, to).map_err(|(given, wanted)| (format!("list of {given}"), format!("list of {wanted}")));
    }
    Ok(())
}

/// Whether a constant may be given to schema `to`.
pub fn value_fits(value: &Value, to: &Value) -> Result<(), (String, String)> {
    if let Some(allowed) = to.get("enum").and_then(Value::as_array)
        && !allowed.contains(value)
    {
        let list: Vec<String> = allowed.iter().take(8).map(Value::to_string).collect();
        return Err((value.to_string(), format!("one of {}", list.join(", "))));
    }
    fits(&json!({ "type": kind_of(value) }), to)
}

/// The names of an object schema's fields with their schemas, in its order.
#[must_use]
pub fn fields(schema: &Value) -> Vec<(&str, &Value)> {
    schema
        .get("properties")
        .and_then(Value::as_object)
        .map_or_else(Vec::new, |p| p.iter().map(|(name, inner)| (name.as_str(), inner)).collect())
}

/// Whether the schema demands this field and gives no default for it.
#[must_use]
pub fn demands(schema: &Value, field: &str) -> bool {
    let listed = schema.get("required").and_then(Value::as_array).is_some_and(|names| names.iter().any(|name| name == field));
    listed && schema.pointer(&format!("/properties/{}/default", field.replace('~', "~0").replace('/', "~1"))).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_fit_when_one_of_them_is_shared() {
        for (from, to, fit) in [
            (json!({ "type": "integer" }), json!({ "type": "number" }), true),
            (json!({ "type": "number" }), json!({ "type": "integer" }), false),
            (json!({ "type": ["string", "null"] }), json!({ "type": "string" }), true),
            (json!({ "type": "string" }), json!({ "type": "array" }), false),
            (json!({}), json!({ "type": "array" }), true),
            (json!({ "type": "array", "items": { "type": "string" } }), json!({ "type": "array", "items": { "type": "number" } }), false),
            (json!({ "enum": ["a", "b"] }), json!({ "type": "string" }), true),
            (json!({ "anyOf": [{ "type": "string" }, {}] }), json!({ "type": "number" }), true),
        ] {
            assert_eq!(fits(&from, &to).is_ok(), fit, "{from} → {to}");
        }
    }

    #[test]
    fn every_item_of_a_list_has_the_items_type() {
        let schema = json!({ "type": "object", "properties": { "items": { "type": "array", "items": { "type": "object", "properties": { "price": { "type": "number" } } } } } });
        let path = Path::parse("items[*].price").expect("path");
        assert_eq!(at(&schema, &path), Ok(Some(json!({ "type": "array", "items": { "type": "number" } }))));
        assert_eq!(at(&schema, &Path::parse("items[*].cost").expect("path")), Err("cost".to_owned()));
        assert_eq!(at(&schema, &Path::parse("rows").expect("path")), Err("rows".to_owned()));
        assert_eq!(at(&json!({}), &Path::parse("rows").expect("path")), Ok(None));
    }
}
