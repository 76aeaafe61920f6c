//! REST. One file per noun, each with `pub fn router() -> OpenApiRouter<ServerState>` whose paths are written in full (`/v1/tools`);
//! add yours to [`nouns`]. Handlers take [`auth::ApiActor`], [`json::ApiJson`], [`json::ApiQuery`], [`json::ApiPath`] and refuse with
//! [`problem::ApiError`].

pub mod agents;
pub mod auth;
pub mod categories;
pub mod etag;
pub mod executions;
pub mod hooks;
pub mod idempotency;
pub mod json;
pub mod keys;
pub mod mcp_servers;
pub mod me;
pub mod openapi;
pub mod openapi_documents;
pub mod organization_paths;
pub mod permissions;
pub mod phone_numbers;
pub mod problem;
pub mod tool_batches;
pub mod tool_tests;
pub mod tools;
pub mod variables;
pub mod workflow_pins;
pub mod workflow_templates;
pub mod workflow_triggers;
pub mod workflow_versions;
pub mod workflows;

use crate::app_router::ServerState;
use axum::{
    Router,
    http::{HeaderValue, header},
    middleware::from_fn_with_state,
};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa_axum::router::OpenApiRouter;

/// Every noun's routes.
fn nouns() -> OpenApiRouter<ServerState> {
    OpenApiRouter::with_openapi(openapi::frame())
        .merge(me::router())
        .merge(keys::router())
        .merge(tools::router())
        .merge(categories::router())
        .merge(tool_batches::router())
        .merge(tool_tests::router())
        .merge(organization_paths::router())
        .merge(permissions::router())
        .merge(openapi_documents::router())
        .merge(executions::router())
        .merge(agents::router())
        .merge(mcp_servers::router())
        .merge(workflows::router())
        .merge(workflow_pins::router())
        .merge(workflow_templates::router())
        .merge(workflow_versions::router())
        .merge(workflow_triggers::router())
        .merge(phone_numbers::router())
        .merge(variables::router())
}

/// All of REST, with its description at `/v1/openapi.json`.
pub fn router(state: &ServerState) -> Router<ServerState> {
    let (router, mut api) = nouns().split_for_parts();
    // Senders have no token, and deliveries count once in a way of their own.
    let (hooks, hooks_api) = hooks::router().split_for_parts();
    api.merge(hooks_api);
    openapi::name_operations(&mut api);
    router
        .merge(openapi::router(api))
        .layer(from_fn_with_state(state.clone(), idempotency::once))
        .merge(hooks)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
}
