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

fn answer(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    ApiError::from(Error::internal(format!("panic: {}", text.unwrap_or_else(|| "without a message".to_owned())))).into_response()
}
