//! Files for who is signed in.

mod audit;
mod tools;
mod workflows;

pub use audit::audit_export;
pub use tools::tools_export;
pub use workflows::workflow_export;

use super::rest::problem::ApiError;
use crate::middleware::{client_address, headers};
use app::context::SESSION_COOKIE;
use axum::{
    http::{header, request::Parts},
    response::{IntoResponse, Response},
};
use toolcrib::{
    Error,
    actor::{Actor, Source},
    organizations,
    system::System,
    users,
};

/// Who asks, as a member of the organization in the address, and the beginning of the file's name: `tools-acme-2026-07-01`.
pub(super) async fn signed_in(system: &System, org: &str, parts: &Parts, what: &str) -> Result<(Actor, String), ApiError> {
    let cookie = headers::cookies(&parts.headers).find(|(name, _)| *name == SESSION_COOKIE).map(|(_, value)| value.to_owned());
    let person = match cookie {
        Some(token) => users::authenticate::authenticate(system, &token).await?,
        None => None,
    };
    let person = person.ok_or_else(|| Error::Unauthenticated("Sign in first.".to_owned()))?;
    let membership = organizations::membership::membership_of(system, person.user.id, org).await?;
    let (organization, role) = membership.ok_or(Error::NotFound("organization"))?;
    let actor = Actor {
        organization_id: organization.id,
        user_id: person.user.id,
        user_name: person.user.name,
        role,
        agent_id: None,
        scopes: None,
        source: Source::Page,
        address: client_address::of(&parts.extensions),
    };
    Ok((actor, format!("{what}-{}-{}", organization.slug, system.clock.now().format("%Y-%m-%d"))))
}

/// A file to be saved under this name, kept by nobody on the way.
fn file(name: &str, kind: &str, text: String) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, text).into_response()
}
