//! All routes in one place, so that tests drive the same router that is served.

use crate::{
    middleware::{self, client_address, headers},
    routes::{
        downloads::{audit_export, tools_export, workflow_export},
        draft_live, health, mcp, moved, rest, run_events, site,
    },
};
use app::{
    App,
    components::form::Flash,
    context::{SESSION_COOKIE, Visitor},
    shell,
};
use axum::{Router, extract::FromRef, routing::get};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list_with_exclusions};
use toolcrib::system::System;

#[derive(Clone, FromRef)]
pub struct ServerState {
    pub system: System,
    pub leptos_options: LeptosOptions,
}

/// Everything the server answers.
pub fn app_router(state: ServerState) -> Router {
    let routes = generate_route_list_with_exclusions(App, Some(vec![moved::CANVAS.to_owned()]));
    let options = state.leptos_options.clone();
    let system = state.system.clone();
    let router = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        // Before the pages: `/:org` would take any first part of a path.
        .route("/pkg/{*path}", get(site::file_or_not_found))
        .route("/fonts/{*path}", get(site::file_or_not_found))
        .route("/favicon.svg", get(site::file_or_not_found))
        .route("/{org}/audit.csv", get(audit_export))
        .route("/{org}/tools.json", get(tools_export))
        .route("/{org}/runs/{id}/events", get(run_events::run_events))
        .route(moved::CANVAS, get(moved::canvas))
        .route("/{org}/workflows/{id}/live", get(draft_live::draft_live))
        .route("/{org}/workflows/{id}/export.json", get(workflow_export))
        .merge(rest::router(&state))
        .merge(mcp::router())
        .leptos_routes_with_context(&state, routes, move || provide_request_context(&system), move || shell(options.clone()))
        .fallback(site::file_or_not_found);
    middleware::around(router, &state).with_state(state)
}

/// Gives pages and server functions what they need to know of the request, and the page its Content-Security-Policy.
pub(crate) fn provide_request_context(system: &System) {
    provide_context(system.clone());
    let Some(parts) = use_context::<http::request::Parts>() else {
        return;
    };
    let session_token = headers::cookies(&parts.headers).find(|(name, _)| *name == SESSION_COOKIE).map(|(_, value)| value.to_owned());
    let user_agent = parts.headers.get(http::header::USER_AGENT).and_then(|value| value.to_str().ok()).map(str::to_owned);
    provide_context(Visitor { session_token, address: client_address::of(&parts.extensions), user_agent });
    if let Some(flash) = parts.extensions.get::<Flash>() {
        provide_context(flash.clone());
    }
    // Only pages have a nonce; server functions answer no page.
    if let (Some(nonce), Some(response), Some(state)) = (use_nonce(), use_context::<ResponseOptions>(), use_context::<ServerState>())
        && let Some(policy) = headers::policy(&nonce, &state.leptos_options)
    {
        response.insert_header(http::header::CONTENT_SECURITY_POLICY, policy);
    }
}
