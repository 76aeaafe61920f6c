//! No body above 2 MiB gets in.

use crate::routes::rest::problem::{self, ApiError};
use axum::{
    body::{self, Body},
    extract::Request,
    http::header,
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::StreamExt;
use std::time::Duration;

pub const LIMIT: usize = 2 * 1024 * 1024;

/// How much of a refused body is read and thrown away: a client that is still sending would otherwise see a reset instead of the answer.
const READ_AWAY: usize = 64 * 1024 * 1024;

pub async fn limit_body(request: Request, next: Next) -> Response {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    match length {
        Some(length) if length > LIMIT => {
            read_away(request.into_body()).await;
            refusal()
        }
        Some(_) => next.run(request).await,
        // Of unknown length: read it, up to the limit.
        None if request.headers().contains_key(header::TRANSFER_ENCODING) => {
            let (parts, body) = request.into_parts();
            match body::to_bytes(body, LIMIT).await {
                Ok(bytes) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
                Err(_) => refusal(),
            }
        }
        None => next.run(request).await,
    }
}

fn refusal() -> Response {
    ApiError::from(problem::too_large(LIMIT)).into_response()
}

async fn read_away(body: Body) {
    let reading = async {
        let mut stream = body.into_data_stream();
        let mut read = 0;
        while let Some(Ok(chunk)) = stream.next().await {
            read += chunk.len();
            if read > READ_AWAY {
                break;
            }
        }
    };
    let _ = tokio::time::timeout(Duration::from_secs(10), reading).await;
}
