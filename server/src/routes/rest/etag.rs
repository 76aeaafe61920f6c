//! `If-Match`: a change that is meant for one state of a thing.

use super::problem::ApiError;
use axum::http::{HeaderMap, header};
use toolcrib::Error;

/// The tags of `If-Match`, without their quotes. `None` where it is left out or `*`, which any state matches.
pub fn if_match(headers: &HeaderMap) -> Option<Vec<String>> {
    let mut tags = Vec::new();
    for value in headers.get_all(header::IF_MATCH) {
        let text = value.to_str().unwrap_or("not text");
        tags.extend(text.split(',').map(|tag| tag.trim().trim_start_matches("W/").trim_matches('"').to_owned()));
    }
    (!tags.is_empty() && !tags.iter().any(|tag| tag == "*")).then_some(tags)
}

/// 412, with the tag of what is stored now.
pub fn stale(what: &str, current: String) -> ApiError {
    let mut problem =
        Error::Stale(format!("If-Match is not the state of the {what} that is stored. Nothing was changed: read it again.")).problem();
    problem.current = Some(current);
    ApiError::from(problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Option<Vec<String>> {
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_MATCH, value.parse().unwrap());
        if_match(&headers)
    }

    #[test]
    fn several_tags_are_told_apart_and_a_star_matches_all() {
        assert_eq!(read("\"1.5\", W/\"2\""), Some(vec!["1.5".to_owned(), "2".to_owned()]));
        assert_eq!(read("*"), None);
        assert_eq!(if_match(&HeaderMap::new()), None);
    }
}
