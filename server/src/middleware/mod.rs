//! What every request passes through, from the outside in: [`observe`], [`readable`], [`panics`], [`headers`], [`client_address`], [`body_limit`],
//! [`origin`], [`form_flash`].

pub mod body_limit;
pub mod client_address;
pub mod form_flash;
pub mod headers;
pub mod observe;
pub mod origin;
pub mod panics;
pub mod readable;

use crate::app_router::ServerState;
use axum::{Router, middleware};
use tower_http::{CompressionLevel, compression::CompressionLayer};

/// Puts all of it around the routes. The layer added last is the outermost.
pub fn around(router: Router<ServerState>, state: &ServerState) -> Router<ServerState> {
    router
        .layer(middleware::from_fn_with_state(state.clone(), form_flash::form_flash))
        .layer(middleware::from_fn_with_state(state.clone(), origin::check_origin))
        .layer(middleware::from_fn(body_limit::limit_body))
        .layer(middleware::from_fn_with_state(state.clone(), client_address::find_client_address))
        .layer(CompressionLayer::new().quality(CompressionLevel::Precise(4)))
        .layer(middleware::from_fn_with_state(state.clone(), headers::add_headers))
        .layer(panics::catch())
        .layer(middleware::from_fn(readable::readable))
        .layer(middleware::from_fn(observe::observe))
}
