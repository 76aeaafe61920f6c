//! Forms that are sent without JavaScript.
//!
//! Leptos answers a refused one with a redirect to the page it came from, the error in the address (`__err`) and what was typed lost.
//! Here the values are kept for ten minutes and the browser goes back to the page with `?flash=<id>`, which puts them back
//! (`app::components::form`). Secrets are never kept.

use super::{
    body_limit::Oversized,
    headers::cookies,
    readable::{GoBack, came_from},
};
use crate::{app_router::ServerState, routes::rest::problem::ApiError};
use app::{
    components::form::{FLASH_QUERY, Flash},
    context::SESSION_COOKIE,
    error::AppError,
};
use axum::{
    body::{self, Body},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE};
use chrono::Duration;
use leptos::prelude::FromServerFnError;
use serde::{Deserialize, Serialize};
use toolcrib::{Error, problem::Problem, random, system::System};
use url::{Url, form_urlencoded};

const KEPT_MINUTES: i64 = 10;

/// What is stored: the form, and the hash of the session that may read it.
#[derive(Serialize, Deserialize)]
struct Stored {
    flash: Flash,
    session: Option<String>,
}

pub async fn form_flash(State(state): State<ServerState>, mut request: Request, next: Next) -> Response {
    if *request.method() == Method::GET {
        if let Some(id) = flash_id(request.uri().query()) {
            match load(&state.system, &id, session_of(request.headers())).await {
                Ok(Some(flash)) => {
                    request.extensions_mut().insert(flash);
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, "could not load a refused form"),
            }
        }
        return next.run(request).await;
    }
    if !is_plain_form(&request) {
        return next.run(request).await;
    }
    let session = session_of(request.headers());
    let path = request.uri().path().to_owned();
    let (mut parts, body) = request.into_parts();
    let Ok(bytes) = body::to_bytes(body, super::body_limit::LIMIT).await else {
        return ApiError::from(Error::Malformed("The form did not arrive whole. Send it again.".to_owned())).into_response();
    };
    if let Some(Oversized(problem)) = parts.extensions.remove() {
        return give_back(&state.system, &parts.headers, path, session, &bytes, problem).await;
    }
    if !parts.headers.contains_key(header::REFERER) {
        // Without it Leptos would drop the error.
        parts.headers.insert(header::REFERER, HeaderValue::from_static("http://localhost/"));
    }
    let response = next.run(Request::from_parts(parts, Body::from(bytes.clone()))).await;
    let Some(target) = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok()).and_then(absolute) else {
        return response;
    };
    let error = target.query_pairs().find(|(name, _)| name == "__err").map(|(_, error)| error.into_owned());
    let Some(error) = error else {
        return see_other(response, &relative(&target, None));
    };
    let error = URL_SAFE.decode(error).map_or_else(
        |_| AppError::from_server_fn_error(leptos::server_fn::error::ServerFnErrorErr::Deserialization("error".to_owned())),
        |error| AppError::de(error.into()),
    );
    let flash = Flash { id: uuid::Uuid::now_v7().to_string(), path, values: values(&bytes), error };
    let id = flash.id.clone();
    match store(&state.system, Stored { flash, session }).await {
        Ok(()) => see_other(response, &relative(&target, Some(&id))),
        Err(error) => ApiError::from(error).into_response(),
    }
}

/// What was typed, without secrets.
fn values(form: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(form).filter(|(name, _)| !is_secret(name)).map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

/// The refusal of a form that was too large. It leads back to the page, where everything stands that was not.
async fn give_back(system: &System, headers: &HeaderMap, path: String, session: Option<String>, form: &[u8], problem: Problem) -> Response {
    let id = uuid::Uuid::now_v7().to_string();
    let flash = Flash { id: id.clone(), path, values: values(form), error: AppError(Box::new(problem.clone())) };
    let mut response = ApiError::from(problem).into_response();
    let Some(from) = came_from(headers) else { return response };
    match store(system, Stored { flash, session }).await {
        Ok(()) => {
            response.extensions_mut().insert(GoBack(relative(&from, Some(&id))));
        }
        Err(error) => tracing::warn!(%error, "could not keep what is left of a form"),
    }
    response
}

/// A form as a browser sends it by itself: it wants a page back.
pub fn is_plain_form(request: &Request) -> bool {
    let starts = |name, prefix: &str| {
        request.headers().get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.starts_with(prefix))
    };
    let wants_page =
        request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains("text/html"));
    *request.method() == Method::POST && wants_page && starts(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["password", "secret", "token"].iter().any(|word| name.contains(word))
}

fn flash_id(query: Option<&str>) -> Option<String> {
    form_urlencoded::parse(query?.as_bytes()).find(|(name, _)| name == FLASH_QUERY).map(|(_, id)| id.into_owned())
}

fn session_of(headers: &HeaderMap) -> Option<String> {
    let token = cookies(headers).find(|(name, _)| *name == SESSION_COOKIE)?.1;
    Some(random::hash(token).iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Leptos redirects to a whole address or to a path.
fn absolute(location: &str) -> Option<Url> {
    Url::parse("http://localhost/").ok()?.join(location).ok()
}

/// Path and query within this site, whatever host the browser said it came from; without traces of earlier refusals.
fn relative(target: &Url, flash: Option<&str>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(target.query_pairs().filter(|(name, _)| !["__path", "__err", FLASH_QUERY].contains(&name.as_ref())));
    if let Some(id) = flash {
        query.append_pair(FLASH_QUERY, id);
    }
    let (path, query) = (target.path().trim_start_matches('/'), query.finish());
    let fragment = target.fragment().map(|fragment| format!("#{fragment}")).unwrap_or_default();
    if query.is_empty() { format!("/{path}{fragment}") } else { format!("/{path}?{query}{fragment}") }
}

/// Cookies that the server function set stay on the answer; its body and type do not.
fn see_other(mut response: Response, target: &str) -> Response {
    *response.status_mut() = StatusCode::SEE_OTHER;
    *response.body_mut() = Body::empty();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    headers.remove(header::CONTENT_LENGTH);
    if let Ok(target) = HeaderValue::from_str(target) {
        headers.insert(header::LOCATION, target);
    }
    response
}

async fn store(system: &System, stored: Stored) -> Result<(), Error> {
    let now = system.clock.now();
    let id: uuid::Uuid = stored.flash.id.parse().map_err(|error| Error::Internal(Box::new(error)))?;
    let body = serde_json::to_value(&stored).map_err(|error| Error::Internal(Box::new(error)))?;
    sqlx::query(
        "with old as (delete from form_flashes where expires_at < $1) insert into form_flashes (id, body, expires_at) values ($2, $3, $4)",
    )
    .bind(now)
    .bind(id)
    .bind(body)
    .bind(now + Duration::minutes(KEPT_MINUTES))
    .execute(&system.pool)
    .await?;
    Ok(())
}

async fn load(system: &System, id: &str, session: Option<String>) -> Result<Option<Flash>, Error> {
    let Ok(id) = id.parse::<uuid::Uuid>() else { return Ok(None) };
    let body: Option<serde_json::Value> = sqlx::query_scalar("select body from form_flashes where id = $1 and expires_at > $2")
        .bind(id)
        .bind(system.clock.now())
        .fetch_optional(&system.pool)
        .await?;
    let stored = body.and_then(|body| serde_json::from_value::<Stored>(body).ok());
    Ok(stored.filter(|stored| stored.session == session).map(|stored| stored.flash))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_stays_on_this_site_and_keeps_other_query_values() {
        let target = absolute("https://evil.example//elsewhere.example/new?kind=python&flash=old&__path=%2Fx&__err=abc").unwrap();
        assert_eq!(relative(&target, Some("1")), "/elsewhere.example/new?kind=python&flash=1");
        assert_eq!(relative(&target, None), "/elsewhere.example/new?kind=python");
    }

    #[test]
    fn secrets_are_known_by_their_names() {
        assert!(is_secret("new_password") && is_secret("clientSecret") && is_secret("api_token") && !is_secret("name"));
    }
}
