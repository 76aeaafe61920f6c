//! Templates: `{{name}}` stands for an input. Values are put in as values, never pasted into text that is parsed afterwards. Pure.

use serde_json::{Map, Value};

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    Text(&'a str),
    /// `{{name}}`, or `{name}` where single braces count.
    Input(&'a str),
}

/// Takes a template apart. `single`: `{name}` counts too (paths).
#[must_use]
pub fn pieces(template: &str, single: bool) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = template;
    let mut from = 0;
    while let Some(at) = rest[from..].find('{').map(|at| at + from) {
        let double = rest[at..].starts_with("{{");
        let (open, close) = if double { ("{{", "}}") } else { ("{", "}") };
        let inside = &rest[at + open.len()..];
        let name =
            (double || single).then(|| inside.find(close).map(|end| (&inside[..end], at + open.len() + end + close.len()))).flatten();
        match name.filter(|(name, _)| is_name(name.trim())) {
            Some((name, end)) => {
                if at > 0 {
                    found.push(Piece::Text(&rest[..at]));
                }
                found.push(Piece::Input(name.trim()));
                rest = &rest[end..];
                from = 0;
            }
            None => from = at + open.len(),
        }
    }
    if !rest.is_empty() {
        found.push(Piece::Text(rest));
    }
    found
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= 100 && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '$'))
}

/// The inputs a template names.
#[must_use]
pub fn names(template: &str, single: bool) -> Vec<String> {
    pieces(template, single)
        .into_iter()
        .filter_map(|piece| if let Piece::Input(name) = piece { Some(name.to_owned()) } else { None })
        .collect()
}

/// The inputs that the strings in a JSON template name, keys of objects included.
#[must_use]
pub fn names_in(template: &Value) -> Vec<String> {
    match template {
        Value::String(text) => names(text, false),
        Value::Array(items) => items.iter().flat_map(names_in).collect(),
        Value::Object(fields) => fields.values().flat_map(names_in).collect(),
        _ => Vec::new(),
    }
}

/// A value inside text: strings as they are, all else as JSON.
#[must_use]
pub fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Text with its inputs put in. `Ok(None)`: the template is nothing but one input that was not given. `Err`: the name of an input that
/// is missing inside longer text, where leaving it out would change the meaning.
pub fn fill_text(
    template: &str,
    single: bool,
    inputs: &Map<String, Value>,
    encode: impl Fn(&str) -> String,
) -> Result<Option<String>, String> {
    let pieces = pieces(template, single);
    if let [Piece::Input(name)] = pieces.as_slice() {
        return Ok(inputs.get(*name).filter(|value| !value.is_null()).map(|value| encode(&as_text(value))));
    }
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(plain) => text.push_str(plain),
            Piece::Input(name) => {
                let value = inputs.get(name).filter(|value| !value.is_null()).ok_or_else(|| name.to_owned())?;
                text.push_str(&encode(&as_text(value)));
            }
        }
    }
    Ok(Some(text))
}

/// A JSON template with its inputs put in as JSON. An entry that is nothing but an input that was not given is left out.
pub fn fill_json(template: &Value, inputs: &Map<String, Value>) -> Result<Option<Value>, String> {
    Ok(match template {
        Value::String(text) => match pieces(text, false).as_slice() {
            [Piece::Input(name)] => inputs.get(*name).cloned(),
            _ => fill_text(text, false, inputs, str::to_owned)?.map(Value::String),
        },
        Value::Array(items) => {
            let mut filled = Vec::with_capacity(items.len());
            for item in items {
                filled.extend(fill_json(item, inputs)?);
            }
            Some(Value::Array(filled))
        }
        Value::Object(fields) => {
            let mut filled = Map::new();
            for (name, field) in fields {
                if let Some(value) = fill_json(field, inputs)? {
                    filled.insert(name.clone(), value);
                }
            }
            Some(Value::Object(filled))
        }
        other => Some(other.clone()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn inputs() -> Map<String, Value> {
        json!({"city": "Köln \"x\", {{n}}", "n": 3, "list": [1, {"a": null}], "none": null}).as_object().cloned().unwrap()
    }

    #[test]
    fn json_values_go_in_as_json_and_cannot_break_out() {
        let filled = fill_json(&json!({"q": "{{city}}", "n": "{{n}}", "l": ["{{list}}", "n is {{n}}"], "x": "{{absent}}"}), &inputs());
        assert_eq!(filled, Ok(Some(json!({"q": "Köln \"x\", {{n}}", "n": 3, "l": [[1, {"a": null}], "n is 3"]}))));
    }

    #[test]
    fn an_input_missing_inside_text_is_named() {
        assert_eq!(fill_text("a {{absent}} b", false, &inputs(), str::to_owned), Err("absent".to_owned()));
        assert_eq!(fill_text("{{absent}}", false, &inputs(), str::to_owned), Ok(None));
    }

    #[test]
    fn single_braces_count_in_paths_only() {
        assert_eq!(names("/a/{id}/{{n}}", true), ["id", "n"]);
        assert_eq!(names("{\"a\": {{n}}}", false), ["n"]);
        assert_eq!(names("{ not this }, {}, {{}}, {{a b}}", true), Vec::<String>::new());
    }
}
