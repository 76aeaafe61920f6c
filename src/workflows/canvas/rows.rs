//! What a row of the outline's form says about where a field comes from.

use crate::workflows::graph::{change::Source, expression::Expression, resolve::typed};
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_row_means_nothing_a_value_an_expression_or_a_field_of_another_step() {
        let read = |choice: &str, value: &str| read_source(choice, value, &json!({ "type": "integer" }));
        assert_eq!(read("", "left over"), Ok(Source::Nothing));
        assert_eq!(read("constant", "5"), Ok(Source::Constant(json!(5))));
        assert!(read("constant", "five").is_err() && read("expression", "1 +").is_err());
        assert_eq!(read("path:load", " rows "), Ok(Source::Field { node: "load".to_owned(), path: "rows".to_owned() }));
        assert!(read("nonsense", "").is_err());
    }
}
