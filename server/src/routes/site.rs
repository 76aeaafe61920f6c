//! Files of the site (`/pkg`, fonts, icon), and the page for addresses that lead nowhere.

use crate::{
    app_router::{ServerState, provide_request_context},
    routes::rest::problem::{self, ApiError},
};
use app::shell;
use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use tower::ServiceExt;
use tower_http::services::ServeDir;

/// The last resort: a file of the site, else a problem for programs or the 404 page for people.
pub async fn file_or_not_found(State(state): State<ServerState>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    if is_for_programs(&path) {
        return ApiError::from(problem::no_such_address(&path)).into_response();
    }
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut asked = Request::builder().method(request.method().clone()).uri(request.uri().clone());
        if let Some(headers) = asked.headers_mut() {
            headers.clone_from(request.headers());
        }
        if let Ok(asked) = asked.body(Body::empty())
            && let Some(file) = file(&state.leptos_options.site_root, asked, &path).await
        {
            return file;
        }
    }
    let system = state.system.clone();
    let page = leptos_axum::file_and_error_handler_with_context::<ServerState, _>(move || provide_request_context(&system), shell);
    page(request.uri().clone(), State(state), request).await
}

/// Addresses that programs call: they get problems, never pages.
#[must_use]
pub fn is_for_programs(path: &str) -> bool {
    ["/v1", "/api", "/webhooks", "/mcp"]
        .iter()
        .any(|prefix| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

async fn file(site_root: &str, asked: Request, path: &str) -> Option<Response> {
    let files = ServeDir::new(site_root).append_index_html_on_directories(false).precompressed_gzip().precompressed_br();
    let Ok(answer) = files.oneshot(asked).await;
    if !matches!(answer.status(), StatusCode::OK | StatusCode::NOT_MODIFIED | StatusCode::PARTIAL_CONTENT) {
        return None;
    }
    let mut answer = answer.map(Body::new);
    // Names carry no hash: the browser asks each time and mostly hears 304. Fonts never change under one name.
    let cache = if path.starts_with("/fonts/") { "public, max-age=31536000, immutable" } else { "public, no-cache" };
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    Some(answer)
}
