//! What is sent: JSON bodies, query values, ids in the path. Each says exactly where something is wrong.

use super::problem::{self, ApiError};
use crate::middleware::body_limit::LIMIT;
use axum::{
    body,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::{header, request::Parts},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_path_to_error::Segment;
use toolcrib::{
    Error,
    problem::{FieldError, Problem},
};
use utoipa::{IntoParams, ToSchema};

/// Which page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PageQuery {
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// 1 to 200; 50 when left out.
    pub limit: Option<i64>,
}

/// Which way a list is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Asc,
    Desc,
}

/// A JSON body. 400 with line and column when it is no JSON, 422 with a pointer when it is not what was expected, 413 above 2 MiB,
/// 415 when it says that it is something else.
pub struct ApiJson<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for ApiJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if kind != "application/json" && !kind.ends_with("+json") {
            let detail = if kind.is_empty() {
                "The header Content-Type is missing; send application/json.".to_owned()
            } else {
                format!("The body is said to be {kind}; send application/json.")
            };
            return Err(Problem::new(415, "Unsupported media type", detail).into());
        }
        let bytes = body::to_bytes(request.into_body(), LIMIT).await.map_err(|_| problem::too_large(LIMIT))?;
        from_slice(&bytes).map(Self)
    }
}

/// Like [`ApiJson`] for calls whose body may be left out: no body counts as `{}`.
pub struct OptionalJson<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for OptionalJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        if request.headers().contains_key(header::CONTENT_TYPE) {
            return ApiJson::from_request(request, state).await.map(|ApiJson(value)| Self(value));
        }
        let bytes = body::to_bytes(request.into_body(), LIMIT).await.map_err(|_| problem::too_large(LIMIT))?;
        from_slice(if bytes.is_empty() { b"{}" } else { &bytes }).map(Self)
    }
}

pub(super) fn from_slice<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        if error.inner().is_data() {
            let pointer = pointer(error.path());
            Error::Invalid(vec![wrong_field(pointer, error.inner())])
        } else {
            not_json(error.inner())
        }
    })?;
    deserializer.end().map_err(|error| not_json(&error))?;
    Ok(value)
}

fn not_json(error: &serde_json::Error) -> Error {
    if error.is_eof() && error.line() <= 1 && error.column() == 0 {
        return Error::Malformed("The body is empty; send a JSON object.".to_owned());
    }
    Error::Malformed(format!("The body is not valid JSON: {}, in line {}, column {}.", bare(error), error.line(), error.column()))
}

/// The message without the place, which is said in our own way.
fn bare(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rfind(" at line ").map_or(text.clone(), |end| text[..end].to_owned())
}

fn wrong_field(pointer: String, error: &serde_json::Error) -> FieldError {
    let text = bare(error);
    let quoted = |prefix: &str| text.strip_prefix(prefix).and_then(|rest| rest.split('`').next()).map(str::to_owned);
    let below = |name: &str| if pointer.ends_with(&format!("/{name}")) { pointer.clone() } else { format!("{pointer}/{}", escape(name)) };
    if let Some(name) = quoted("missing field `") {
        return FieldError::new(below(&name), "This is needed.");
    }
    if let Some(name) = quoted("unknown field `") {
        let known = text
            .split_once("expected ")
            .map(|(_, known)| known.trim_start_matches("one of ").replace('`', ""))
            .filter(|_| text.contains("expected "));
        let message =
            known.map_or_else(|| "There is no such field.".to_owned(), |known| format!("There is no such field. Known: {known}."));
        return FieldError::new(below(&name), message);
    }
    let message = match text.split_once(", expected ") {
        Some((got, expected)) => {
            let got = got.trim_start_matches("invalid type: ").trim_start_matches("invalid value: ").trim_start_matches("unknown variant ");
            format!("Expected {expected}, not {got}.")
        }
        None => format!("{text}."),
    };
    FieldError::new(pointer, message)
}

/// The path as a JSON pointer (RFC 6901).
fn pointer(path: &serde_path_to_error::Path) -> String {
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", escape(key)),
            Segment::Enum { variant } => format!("/{}", escape(variant)),
            Segment::Unknown => String::new(),
        })
        .collect()
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Query values; a wrong one is 400 with its name.
pub struct ApiQuery<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for ApiQuery<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(rejection) => {
                let text = rejection.body_text();
                let text = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text);
                let mut problem = Problem::new(400, "Malformed request", format!("The query is not valid: {text}."));
                if let Some((name, message)) = text.split_once(": ").filter(|(name, _)| !name.contains(' ')) {
                    problem.errors = vec![FieldError::new(name, format!("{message}."))];
                }
                Err(problem.into())
            }
        }
    }
}

/// Ids and names in the path; what is no id is 400.
pub struct ApiPath<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for ApiPath<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(value)) => Ok(Self(value)),
            Err(rejection) => Err(Error::Malformed(format!("The address is not valid: {}.", rejection.body_text())).into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Outer {
        name: String,
        #[serde(default)]
        list: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Inner {
        count: u32,
    }

    fn refusal(text: &str) -> Problem {
        from_slice::<Outer>(text.as_bytes()).err().unwrap().0
    }

    #[test]
    fn a_wrong_type_is_named_by_its_pointer() {
        let problem = refusal(r#"{"name": "a", "list": [{"count": 1}, {"count": "two"}]}"#);
        assert_eq!(problem.status, 422);
        assert_eq!(problem.errors[0].pointer, "/list/1/count");
        assert_eq!(problem.errors[0].message, "Expected u32, not string \"two\".");
    }

    #[test]
    fn an_unknown_field_is_named_and_the_known_ones_listed() {
        let problem = refusal(r#"{"name": "a", "list": [{"cuont": 1}]}"#);
        assert_eq!(problem.errors[0].pointer, "/list/0/cuont");
        assert_eq!(problem.errors[0].message, "There is no such field. Known: count.");
    }

    #[test]
    fn a_missing_field_is_named() {
        assert_eq!(refusal("{}").errors, vec![FieldError::new("/name", "This is needed.")]);
    }

    #[test]
    fn broken_json_is_malformed_and_says_where() {
        let problem = refusal("{\n  \"name\": \"a\",,\n}");
        assert_eq!(problem.status, 400);
        assert!(problem.detail.contains("line 2, column 15"), "{}", problem.detail);
        assert_eq!(refusal("{\"name\": \"a\"} more").status, 400);
    }
}
