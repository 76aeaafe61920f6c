//! Refusals as `application/problem+json` (RFC 9457).

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use toolcrib::{Error, problem::Problem};

/// What a REST handler refuses with: `Result<Json<T>, ApiError>`; `?` works on every use case.
#[derive(Debug)]
pub struct ApiError(pub Problem);

pub type ApiResult<T> = Result<T, ApiError>;

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        Self(error.problem())
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self.0).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.0.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"toolcrib\""));
        }
        // For `middleware::readable`, which makes a page of it where a person asked for one.
        response.extensions_mut().insert(self.0);
        response
    }
}

#[must_use]
pub fn no_such_address(path: &str) -> Problem {
    Problem::new(404, "Not found", format!("There is nothing at {path}. /v1/openapi.json lists every address."))
}

#[must_use]
pub fn too_large(limit: usize) -> Problem {
    Problem::new(413, "Too large", format!("A body has at most {} MiB.", limit / (1024 * 1024)))
}

/// A known address, an unknown way to call it; the header `Allow` names the known ones.
pub async fn method_not_allowed(method: axum::http::Method) -> ApiError {
    Problem::new(405, "Method not allowed", format!("{method} is not something this address answers; the header Allow names what is."))
        .into()
}
