//! No body above 2 MiB gets in. Of a plain form that is larger, the fields that are small go on, to be given back ([`form_flash`]).

use super::form_flash;
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
use toolcrib::problem::Problem;
use url::form_urlencoded;

pub const LIMIT: usize = 2 * 1024 * 1024;

/// The largest form whose small fields are kept, and what is small.
const LARGEST_FORM: usize = 8 * 1024 * 1024;
const SMALL: usize = 32 * 1024;

/// How much of a refused body is read and thrown away: a client that is still sending would otherwise see a reset instead of the answer.
const READ_AWAY: usize = 64 * 1024 * 1024;

pub async fn limit_body(request: Request, next: Next) -> Response {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    match length {
        Some(length) if length > LIMIT && length <= LARGEST_FORM && form_flash::is_plain_form(&request) => {
            let (parts, body) = request.into_parts();
            let Ok(bytes) = body::to_bytes(body, LARGEST_FORM).await else { return refusal() };
            next.run(shrink(Request::from_parts(parts, Body::empty()), &bytes)).await
        }
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

/// A form that was too large: what is left of it is never carried out, only given back to be mended.
#[derive(Clone, Debug)]
pub struct Oversized(pub Problem);

fn shrink(mut request: Request, bytes: &[u8]) -> Request {
    let (mut small, mut large) = (form_urlencoded::Serializer::new(String::new()), Vec::new());
    for (name, value) in form_urlencoded::parse(bytes) {
        if value.len() <= SMALL && name.len() <= 200 {
            small.append_pair(&name, &value);
        } else {
            large.push(name.chars().take(200).collect::<String>());
        }
    }
    let mut problem = problem::too_large(LIMIT);
    if !large.is_empty() {
        problem.detail = format!("{} Shorten what you typed into: {}.", problem.detail, large.join(", "));
    }
    let mut rest = small.finish();
    if rest.len() > LIMIT {
        rest.clear();
    }
    request.headers_mut().insert(header::CONTENT_LENGTH, rest.len().into());
    request.extensions_mut().insert(Oversized(problem));
    *request.body_mut() = Body::from(rest);
    request
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
