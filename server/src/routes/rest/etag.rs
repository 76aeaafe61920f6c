//! `ETag` and `If-Match`: a change that is meant for one state of a thing. Of most things the state is the moment of their last change.

use super::problem::{ApiError, ApiResult};
use axum::{
    Json,
    http::{HeaderMap, HeaderName, StatusCode, header},
};
use chrono::{DateTime, Utc};
use toolcrib::{Error, Result, seen};

/// A thing with its entity tag.
pub type Tagged<T> = ([(HeaderName, String); 1], Json<T>);

/// A thing that was made, with its address and entity tag.
pub type Made<T> = (StatusCode, [(HeaderName, String); 2], Json<T>);

/// The moment of the last change as an entity tag: `If-Match` sends it back.
#[must_use]
pub fn of(changed_at: DateTime<Utc>) -> String {
    format!("\"{}\"", seen::tag(changed_at))
}

pub fn tagged<T>(changed_at: DateTime<Utc>, thing: T) -> Tagged<T> {
    ([(header::ETAG, of(changed_at))], Json(thing))
}

pub fn made<T>(address: String, changed_at: DateTime<Utc>, thing: T) -> Made<T> {
    (StatusCode::CREATED, [(header::LOCATION, address), (header::ETAG, of(changed_at))], Json(thing))
}

/// The state that `If-Match` names, if it is the stored one; `None` where it is left out or `*`. `stored` reads when the thing was changed last,
/// and is not asked in vain. The use case looks again while it holds the thing: somebody may be saving right now.
pub async fn seen(
    headers: &HeaderMap,
    what: &str,
    stored: impl Future<Output = Result<DateTime<Utc>>>,
) -> ApiResult<Option<DateTime<Utc>>> {
    let Some(tags) = if_match(headers) else { return Ok(None) };
    let stored = stored.await?;
    if !tags.contains(&seen::tag(stored)) {
        return Err(stale(what, of(stored)));
    }
    Ok(Some(stored))
}

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
