//! What a row of a form says about where a field comes from, for the form on the server and the panel in the browser.

use crate::workflows::graph::{change::Source, expression::Expression, path::Path, resolve::typed};
use serde_json::Value;

/// `choice`: empty, `constant`, `expression`, `path:<node>`, or a [`Source`] as JSON. `schema`: what the field wants.
pub fn read_source(choice: &str, value: &str, schema: &Value) -> Result<Source, String> {
    match choice {
        "" => Ok(Source::Nothing),
        "constant" => Ok(Source::Constant(typed(value, schema)?)),
        "expression" => Expression::parse(value).map(|_| Source::Expression(value.trim().to_owned())),
        other => match other.strip_prefix("path:") {
            Some(node) => Ok(Source::Field { node: node.to_owned(), path: value.trim().to_owned() }),
            None => serde_json::from_str(other).map_err(|_| "Choose a source from the list.".to_owned()),
        },
    }
}

/// The same, with a path that must be one.
pub fn read_checked(choice: &str, value: &str, schema: &Value) -> Result<Source, String> {
    match read_source(choice, value, schema)? {
        Source::Field { path, .. } if Path::parse(&path).is_err() => {
            Err("Write paths like rows, items[0].name or items[*].price.".to_owned())
        }
        source => Ok(source),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_row_means_nothing_a_value_an_expression_or_a_field_of_another_step() {
        let read = |choice: &str, value: &str| read_checked(choice, value, &json!({ "type": "integer" }));
        assert_eq!(read("", "left over"), Ok(Source::Nothing));
        assert_eq!(read("constant", "5"), Ok(Source::Constant(json!(5))));
        assert!(read("constant", "five").is_err() && read("expression", "1 +").is_err() && read("path:load", "a[").is_err());
        assert_eq!(read("path:load", " rows "), Ok(Source::Field { node: "load".to_owned(), path: "rows".to_owned() }));
        assert!(read("nonsense", "").is_err());
    }
}
