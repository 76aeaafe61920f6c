//! Who is asking: from the request to an [`Actor`] inside one organization. Every server function begins here.

use crate::error::AppError;
use leptos::prelude::*;
use std::net::IpAddr;
use toolcrib::{
    Error,
    actor::{Actor, Source},
    system::System,
    users::SignedIn,
};

/// What the server knows of the request; put into the context by the server for pages and server functions alike.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    /// The value of the session cookie.
    pub session_token: Option<String>,
    pub address: Option<IpAddr>,
    pub user_agent: Option<String>,
}

/// The name of the session cookie.
pub const SESSION_COOKIE: &str = "tc_session";

pub fn system() -> Result<System, AppError> {
    use_context::<System>().ok_or_else(|| Error::internal("no System in the context").into())
}

#[must_use]
pub fn visitor() -> Visitor {
    use_context::<Visitor>().unwrap_or_default()
}

/// The signed-in person, or 401.
pub async fn signed_in() -> Result<SignedIn, AppError> {
    let token = visitor().session_token.ok_or_else(|| Error::Unauthenticated("Sign in first.".to_owned()))?;
    let found = toolcrib::users::authenticate::authenticate(&system()?, &token).await?;
    found.ok_or_else(|| Error::Unauthenticated("Your session has ended. Sign in again.".to_owned()).into())
}

/// The signed-in person inside the organization with this slug; 404 for an organization they are no member of.
pub async fn actor(slug: &str) -> Result<Actor, AppError> {
    let system = system()?;
    let person = signed_in().await?;
    let membership = toolcrib::organizations::membership::membership_of(&system, person.user.id, slug).await?;
    let (organization, role) = membership.ok_or(Error::NotFound("organization"))?;
    Ok(Actor {
        organization_id: organization.id,
        user_id: person.user.id,
        user_name: person.user.name,
        role,
        agent_id: None,
        scopes: None,
        source: Source::Page,
        address: visitor().address,
    })
}
