//! What stands around every page: who is signed in, where, and where else they could go.

use crate::error::AppError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use toolcrib::{access::Role, organizations::Organization};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameData {
    pub organization: Organization,
    pub role: Role,
    pub organizations: Vec<Organization>,
    pub user_name: String,
    pub user_email: String,
}

/// The frame of an organization's pages. Who is not signed in is led to the sign-in page and back.
#[server(prefix = "/api/fn", endpoint = "frame/read")]
pub async fn frame(org: String) -> Result<FrameData, AppError> {
    use crate::context;
    let person = context::signed_in().await?;
    let belongings = toolcrib::organizations::list::list(&context::system()?, person.user.id).await?;
    let here = belongings.iter().find(|belonging| belonging.organization.slug == org).cloned();
    let here = here.ok_or(toolcrib::Error::NotFound("organization"))?;
    Ok(FrameData {
        organization: here.organization,
        role: here.role,
        organizations: belongings.into_iter().map(|belonging| belonging.organization).collect(),
        user_name: person.user.name,
        user_email: person.user.email,
    })
}
