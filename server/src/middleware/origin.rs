//! No page elsewhere may make a browser change something here: a state-changing request must come from our own pages.
//! Requests with a token in `Authorization` are let through, since no page elsewhere can set that header.

use crate::{app_router::ServerState, routes::rest::problem::ApiError};
use app::context::SESSION_COOKIE;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use toolcrib::Error;

pub async fn check_origin(State(state): State<ServerState>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) || headers.contains_key(header::UPGRADE);
    if changes && !is_own(headers, state.system.config.public_url.as_deref()) {
        tracing::warn!(path = request.uri().path(), origin = ?headers.get(header::ORIGIN), "refused a request from another site");
        let refusal = Error::Forbidden(
            "This request comes from another site, or does not say where it comes from. Reload the page and try again.".to_owned(),
        );
        return ApiError::from(refusal).into_response();
    }
    next.run(request).await
}

fn is_own(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("not text"));
    if text("authorization").is_some_and(|value| value.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer "))) {
        return true;
    }
    if let Some(origin) = text("origin") {
        let authority = origin.split_once("://").map(|(_, authority)| authority);
        return public_url.is_some_and(|url| url.eq_ignore_ascii_case(origin))
            || (authority.is_some() && authority.map(str::to_ascii_lowercase) == text("host").map(str::to_ascii_lowercase));
    }
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    // No browser of today: harmless unless it carries somebody's session.
    !super::headers::cookies(headers).any(|(name, _)| name == SESSION_COOKIE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(pairs: &[(&'static str, &str)], public_url: Option<&str>) -> bool {
        let headers = pairs.iter().map(|(name, value)| (header::HeaderName::from_static(name), value.parse().unwrap())).collect();
        is_own(&headers, public_url)
    }

    #[test]
    fn another_origin_is_refused_whatever_else_is_said() {
        assert!(!own(&[("origin", "https://evil.example"), ("host", "crib.example"), ("sec-fetch-site", "same-origin")], None));
        assert!(!own(&[("origin", "null"), ("host", "crib.example")], None));
        assert!(!own(&[("origin", "https://crib.example.evil.example"), ("host", "crib.example")], Some("https://crib.example")));
    }

    #[test]
    fn our_own_origin_is_let_through_by_host_or_public_url() {
        assert!(own(&[("origin", "https://crib.example"), ("host", "crib.example")], None));
        assert!(own(&[("origin", "https://crib.example"), ("host", "10.0.0.1:3000")], Some("https://crib.example")));
    }

    #[test]
    fn without_an_origin_the_browsers_word_or_the_absence_of_a_session_counts() {
        assert!(own(&[("sec-fetch-site", "same-origin")], None));
        assert!(!own(&[("sec-fetch-site", "cross-site")], None));
        assert!(own(&[("host", "crib.example")], None));
        assert!(!own(&[("cookie", "a=b; tc_session=x")], None));
    }

    #[test]
    fn a_token_needs_no_origin() {
        assert!(own(&[("authorization", "Bearer tc_x"), ("origin", "https://elsewhere.example"), ("host", "crib.example")], None));
    }
}
