//! All routes in one place, so that tests drive the same router that is served.

use app::{
    App,
    context::{SESSION_COOKIE, Visitor},
    shell,
};
use axum::{Router, extract::FromRef};
use leptos::prelude::*;
use leptos_axum::{LeptosRoutes, generate_route_list};
use toolcrib::system::System;

#[derive(Clone, FromRef)]
pub struct ServerState {
    pub system: System,
    pub leptos_options: LeptosOptions,
}

/// Everything the server answers.
pub fn app_router(state: ServerState) -> Router {
    let routes = generate_route_list(App);
    let options = state.leptos_options.clone();
    let system = state.system.clone();
    Router::new()
        .leptos_routes_with_context(&state, routes, move || provide_request_context(&system), move || shell(options.clone()))
        .fallback(leptos_axum::file_and_error_handler::<ServerState, _>(shell))
        .with_state(state)
}

/// Gives pages and server functions what they need to know of the request.
fn provide_request_context(system: &System) {
    provide_context(system.clone());
    let Some(parts) = use_context::<http::request::Parts>() else {
        return;
    };
    let session_token = parts
        .headers
        .get_all(http::header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            (name == SESSION_COOKIE).then(|| value.to_owned())
        });
    let address = parts.extensions.get::<axum::extract::ConnectInfo<std::net::SocketAddr>>().map(|info| info.0.ip());
    let user_agent = parts.headers.get(http::header::USER_AGENT).and_then(|value| value.to_str().ok()).map(str::to_owned);
    provide_context(Visitor { session_token, address, user_agent });
}
