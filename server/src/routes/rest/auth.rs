//! Who calls: `Authorization: Bearer tc_…`.

use super::problem::ApiError;
use crate::{app_router::ServerState, middleware::client_address};
use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use toolcrib::{Error, actor::Actor};

/// An extractor: the actor behind the token. Cookies do not count here, so that no page elsewhere can make a browser call REST.
pub struct ApiActor(pub Actor);

impl FromRequestParts<ServerState> for ApiActor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ServerState) -> Result<Self, ApiError> {
        if let Some(actor) = parts.extensions.get::<Actor>() {
            return Ok(Self(actor.clone())); // known since the idempotency key was looked at
        }
        let bearer = bearer(parts)
            .ok_or_else(|| Error::Unauthenticated("This needs an API token in the header “Authorization: Bearer tc_…”.".to_owned()))?;
        let actor = toolcrib::tokens::authenticate(&state.system, bearer, client_address::of(&parts.extensions)).await?;
        Ok(Self(actor))
    }
}

fn bearer(parts: &Parts) -> Option<&str> {
    let (scheme, value) = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| value.trim())
}
