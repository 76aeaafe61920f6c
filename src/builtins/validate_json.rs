//! `validate_json`: does JSON fit a JSON Schema (draft-07), and where not?

use super::{Builtin, Inputs, Kind};
use crate::schema;
use serde_json::{Value, json};

pub fn tool() -> Builtin {
    Builtin {
        name: "validate_json",
        display_name: "Validate JSON",
        description: "Checks JSON against a JSON Schema (draft-07) and names the place of every error.",
        icon: "badge-check",
        inputs: json!({"type": "object", "additionalProperties": false, "required": ["data", "schema"], "properties": {
            "data": {"description": "Any JSON. Text is read as JSON; what is no JSON is not valid."},
            "schema": {"type": ["object", "boolean"], "description": "JSON Schema draft-07."}
        }}),
        outputs: json!({"type": "object", "required": ["valid", "errors"], "properties": {"valid": {"type": "boolean"},
            "errors": {"type": "array", "items": {"type": "object", "properties": {"pointer": {"type": "string", "description": "JSON pointer; empty for the whole."}, "message": {"type": "string"}}}}}}),
        examples: json!([
            {"title": "A missing field", "inputs": {"data": {"name": "Drill"}, "schema": {"type": "object", "required": ["name", "price"]}},
             "outputs": {"valid": false, "errors": [{"pointer": "/price", "message": "This is needed."}]}}
        ]),
        work: Kind::Compute(compute),
    }
}

fn compute(inputs: &Inputs) -> Result<Value, String> {
    let schema = inputs.get("schema").cloned().unwrap_or_default();
    let mut wrong = Vec::new();
    schema::check_schema("schema", &schema, &mut wrong);
    if let Some(first) = wrong.first() {
        return Err(format!("The schema itself is broken at “{}”: {}", first.pointer, first.message));
    }
    let given = inputs.get("data").cloned().unwrap_or_default();
    let data = match &given {
        Value::String(text) => match serde_json::from_str(text) {
            Ok(read) => read,
            // A text against a schema that wants text is just that.
            Err(_) if schema::check_value(&schema, &given).is_empty() => given,
            Err(error) => return Ok(json!({"valid": false, "errors": [{"pointer": "", "message": format!("This is no JSON: {error}.")}]})),
        },
        _ => given,
    };
    let errors = schema::check_value(&schema, &data);
    Ok(
        json!({"valid": errors.is_empty(), "errors": errors.iter().take(100).map(|error| json!({"pointer": error.pointer, "message": error.message})).collect::<Vec<_>>()}),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_as_json_and_broken_schemas_are_refused() {
        let check = |data: Value, schema: Value| compute(json!({"data": data, "schema": schema}).as_object().unwrap());
        assert_eq!(check(json!("{\"a\": 1}"), json!({"type": "object"})).unwrap()["valid"], true);
        assert_eq!(check(json!("plain"), json!({"type": "string"})).unwrap()["valid"], true);
        assert_eq!(check(json!("{"), json!({"type": "object"})).unwrap()["errors"][0]["pointer"], "");
        assert!(check(json!(1), json!({"type": "nonsense"})).unwrap_err().contains("broken"));
    }
}
