//! Putting values into texts. A variable without a value is never an empty string: it is named, and the call fails. Pure.

use super::{BUILT_IN, canonical};
use crate::tools::template::{Piece, as_text, names_in, pieces};
use serde_json::{Map, Value};

/// How strictly a text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Every `{{name}}` is a variable: what somebody wrote into a tool's configuration.
    Strict,
    /// Only names of variables are; other braces are part of the text: what a model sent.
    Gentle,
}

fn value_of<'a>(name: &str, values: &'a Map<String, Value>) -> Option<&'a Value> {
    values.get(canonical(name)).filter(|value| !value.is_null() && value.as_str() != Some(""))
}

fn counts(name: &str, values: &Map<String, Value>, reading: Reading) -> bool {
    let name = canonical(name);
    reading == Reading::Strict || values.contains_key(name) || BUILT_IN.iter().any(|one| one.name == name)
}

/// `text` with its variables put in; `Err` names the first one that is missing.
pub fn fill_text(text: &str, values: &Map<String, Value>, reading: Reading) -> Result<String, String> {
    let mut filled = String::with_capacity(text.len());
    for piece in pieces(text, false) {
        match piece {
            Piece::Text(plain) => filled.push_str(plain),
            Piece::Input(name) if !counts(name, values, reading) => {
                filled.push_str("{{");
                filled.push_str(name);
                filled.push_str("}}");
            }
            Piece::Input(name) => filled.push_str(&as_text(value_of(name, values).ok_or_else(|| name.to_owned())?)),
        }
    }
    Ok(filled)
}

/// The same for every text inside a JSON value. `as_json`: a text that is nothing but one variable becomes its JSON value.
pub fn fill(value: &Value, values: &Map<String, Value>, reading: Reading, as_json: bool) -> Result<Value, String> {
    Ok(match value {
        Value::String(text) => match pieces(text, false).as_slice() {
            [Piece::Input(name)] if as_json && counts(name, values, reading) => {
                value_of(name, values).cloned().ok_or_else(|| (*name).to_owned())?
            }
            _ => Value::String(fill_text(text, values, reading)?),
        },
        Value::Array(items) => Value::Array(items.iter().map(|item| fill(item, values, reading, as_json)).collect::<Result<_, _>>()?),
        Value::Object(fields) => Value::Object(
            fields.iter().map(|(name, field)| Ok((name.clone(), fill(field, values, reading, as_json)?))).collect::<Result<_, String>>()?,
        ),
        other => other.clone(),
    })
}

/// The variables that texts inside `value` name, by the names we use.
#[must_use]
pub fn named(value: &Value) -> Vec<String> {
    names_in(value).into_iter().map(|name| canonical(&name).to_owned()).collect()
}

/// What to say where a call lacks a variable.
#[must_use]
pub fn missing_sentence(name: &str) -> String {
    let name = canonical(name);
    let what = BUILT_IN.iter().find(|one| one.name == name).map(|one| format!(" ({})", one.description.to_lowercase())).unwrap_or_default();
    format!("This call has no value for the variable “{name}”{what}. Send it in “variables”.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn values() -> Map<String, Value> {
        json!({"caller_phone_number": "+49301234567", "n": 3, "empty": "", "none": null}).as_object().cloned().unwrap()
    }

    #[test]
    fn vapi_s_words_mean_the_same_variables() {
        assert_eq!(
            fill_text("{{customer.number}} = {{ caller_phone_number }}", &values(), Reading::Strict),
            Ok("+49301234567 = +49301234567".into())
        );
    }

    #[test]
    fn a_missing_variable_is_named_and_never_an_empty_string() {
        for text in ["to {{called_phone_number}}", "{{empty}}", "{{none}}", "{{other}}"] {
            assert!(fill_text(text, &values(), Reading::Strict).is_err(), "{text}");
        }
        assert_eq!(fill_text("to {{called_phone_number}}", &values(), Reading::Gentle), Err("called_phone_number".into()));
        assert!(missing_sentence("phoneNumber.number").contains("called_phone_number"));
    }

    #[test]
    fn what_a_model_sent_keeps_the_braces_that_are_no_variables() {
        assert_eq!(fill_text("Hi {{first_name}}, {{n}}", &values(), Reading::Gentle), Ok("Hi {{first_name}}, 3".into()));
    }

    #[test]
    fn a_value_is_put_in_once_and_cannot_name_further_variables() {
        let sly = json!({"a": "{{b}}", "b": "secret"}).as_object().cloned().unwrap();
        assert_eq!(fill_text("{{a}}", &sly, Reading::Strict), Ok("{{b}}".into()));
    }

    #[test]
    fn alone_it_may_become_its_json_value() {
        assert_eq!(fill(&json!({"a": ["{{n}}", "n={{n}}"]}), &values(), Reading::Strict, true), Ok(json!({"a": [3, "n=3"]})));
        assert_eq!(fill(&json!("{{n}}"), &values(), Reading::Strict, false), Ok(json!("3")));
    }
}
