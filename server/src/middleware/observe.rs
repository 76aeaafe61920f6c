//! One span and one line of log per request. Query values stay out: they may hold what nobody should keep.

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use std::time::Instant;
use tracing::Instrument;

/// The request's id, in the answer and in every line of log about it.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub async fn observe(request: Request, next: Next) -> Response {
    let id = uuid::Uuid::now_v7().simple().to_string();
    let span = tracing::info_span!("request", method = %request.method(), path = request.uri().path(), id);
    let began = Instant::now();
    let is_file = ["/pkg/", "/fonts/", "/healthz", "/readyz"].iter().any(|prefix| request.uri().path().starts_with(prefix));
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, milliseconds) = (response.status().as_u16(), began.elapsed().as_millis());
    span.in_scope(|| {
        if status >= 500 {
            tracing::error!(status, milliseconds, "answered");
        } else if is_file {
            tracing::debug!(status, milliseconds, "answered");
        } else {
            tracing::info!(status, milliseconds, "answered");
        }
    });
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}
