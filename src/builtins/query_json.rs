//! `query_json`: JMESPath (<https://jmespath.org/specification.html>) over JSON.

use super::{Builtin, Inputs, Kind, text};
use serde_json::{Value, json};

pub fn tool() -> Builtin {
    Builtin {
        name: "query_json",
        display_name: "Query JSON",
        description: "Picks, filters and reshapes JSON with a JMESPath expression.",
        icon: "braces",
        inputs: json!({"type": "object", "additionalProperties": false, "required": ["data", "expression"], "properties": {
            "data": {"description": "Any JSON. Text that is JSON is read as such."},
            "expression": {"type": "string", "minLength": 1, "maxLength": 4000, "description": "JMESPath, for example products[?price > `10`].name"}
        }}),
        outputs: json!({"type": "object", "required": ["result"], "properties": {"result": {}}}),
        examples: json!([
            {"title": "Names of what costs more than ten", "inputs": {"data": {"products": [{"name": "Drill", "price": 89.5}, {"name": "Bolt", "price": 0.1}]}, "expression": "products[?price > `10`].name"}, "outputs": {"result": ["Drill"]}},
            {"title": "Another shape", "inputs": {"data": "[{\"a\": 2}, {\"a\": 1}]", "expression": "{least: min_by(@, &a).a, count: length(@)}"}, "outputs": {"result": {"least": 1, "count": 2}}}
        ]),
        work: Kind::Compute(compute),
    }
}

fn compute(inputs: &Inputs) -> Result<Value, String> {
    let given = inputs.get("data").cloned().unwrap_or_default();
    let data = match &given {
        Value::String(text) => serde_json::from_str(text).unwrap_or(given),
        _ => given,
    };
    let expression = jmespath::compile(text(inputs, "expression")).map_err(|error| sentence(&error))?;
    let found = expression.search(data).map_err(|error| sentence(&error))?;
    Ok(json!({"result": serde_json::to_value(&*found).map(whole).map_err(|error| error.to_string())?}))
}

/// JMESPath computes with floating point; a count is a whole number nevertheless.
fn whole(value: Value) -> Value {
    match value {
        #[allow(clippy::cast_possible_truncation)] // within range
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 9e15 => Value::from(float as i64),
            _ => Value::Number(number),
        },
        Value::Array(items) => items.into_iter().map(whole).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, whole(value))).collect(),
        other => other,
    }
}

fn sentence(error: &jmespath::JmespathError) -> String {
    format!("The expression fails at character {}: {}.", error.offset + 1, error.reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_expression_says_where() {
        let error = compute(json!({"data": {}, "expression": "a.[b"}).as_object().unwrap()).unwrap_err();
        assert!(error.starts_with("The expression fails at character"), "{error}");
    }
}
