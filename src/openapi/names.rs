//! Names in our alphabet for what a document calls as it likes.

use super::read::Place;
use serde_json::Value;
use std::collections::BTreeSet;

/// `SHOP_API_BEARER_AUTH`: the API's title and the scheme's name, as keys are named.
pub(super) fn key_name(document: &Value, scheme: &str) -> String {
    let title = document.pointer("/info/title").and_then(Value::as_str).unwrap_or_default();
    let mut name = String::new();
    for c in format!("{title}_{scheme}").chars() {
        match c {
            c if c.is_ascii_alphanumeric() => name.push(c.to_ascii_uppercase()),
            _ if !name.is_empty() && !name.ends_with('_') => name.push('_'),
            _ => {}
        }
    }
    let name = name.trim_end_matches('_').chars().take(60).collect::<String>();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { format!("API_{name}").trim_end_matches('_').to_owned() }
}

/// The tool's name: from `operationId`, else method and path, in our alphabet, 2 to 50 characters, not among `taken`.
pub(super) fn tool_name(place: &Place<'_>, taken: &BTreeSet<String>) -> String {
    let given = place
        .operation
        .get("operationId")
        .and_then(Value::as_str)
        .map_or_else(|| format!("{}_{}", place.method, place.path), str::to_owned);
    let mut name = String::new();
    let mut before = '_';
    for c in given.chars() {
        if c.is_ascii_alphanumeric() {
            // camelCase becomes snake_case
            if c.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit()) {
                name.push('_');
            }
            name.push(c.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
        before = c;
    }
    let mut name = name.trim_matches('_').to_owned();
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        name = format!("{}_{name}", place.method);
    }
    let base: String = name.chars().take(50).collect::<String>().trim_end_matches('_').to_owned();
    let base = if base.len() < 2 { format!("{}_{base}", place.method) } else { base };
    let mut free = base.clone();
    let mut number = 2;
    while taken.contains(&free) {
        let suffix = format!("_{number}");
        free = format!("{}{suffix}", base.chars().take(50 - suffix.len()).collect::<String>());
        number += 1;
    }
    free
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::read::places;
    use serde_json::json;

    #[test]
    fn names_fit_and_are_not_given_twice() {
        let document = json!({"paths": {"/a": {"get": {"operationId": "X"}, "post": {"operationId": "9 Lives!"}, "put": {"operationId": "listAllTheThingsThatAreVeryLongInTheirNameAndThenSome"}}}});
        let taken = BTreeSet::from(["get_x".to_owned()]);
        let names: Vec<String> = places(&document).iter().map(|place| tool_name(place, &taken)).collect();
        assert_eq!(names, ["get_x_2", "post_9_lives", "list_all_the_things_that_are_very_long_in_their_na"]);
    }
}
