//! A panic in a handler is our fault and one failed request, never a closed connection.

use crate::routes::rest::problem::ApiError;
use axum::response::{IntoResponse, Response};
use std::any::Any;
use toolcrib::Error;
use tower_http::catch_panic::CatchPanicLayer;

type Answer = fn(Box<dyn Any + Send + 'static>) -> Response;

#[must_use]
pub fn catch() -> CatchPanicLayer<Answer> {
    CatchPanicLayer::custom(answer as Answer)
}

/// What the panic said is in the log, where it was redacted while it happened; here it is not repeated.
fn answer(_: Box<dyn Any + Send + 'static>) -> Response {
    ApiError::from(Error::internal("a handler panicked")).into_response()
}
