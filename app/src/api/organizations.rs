//! Organizations: the one a page is in, new ones, settings.

use crate::error::AppError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use toolcrib::{
    access::Role,
    organizations::{Belonging, Organization},
    users::User,
};

#[cfg(feature = "ssr")]
use crate::context;
#[cfg(feature = "ssr")]
use toolcrib::{
    error::Error,
    organizations::{self, NewOrganization},
};

/// What the frame around every page of an organization needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Here {
    pub user: User,
    pub organization: Organization,
    pub role: Role,
    /// All the person belongs to, for the switcher.
    pub organizations: Vec<Belonging>,
}

/// Who is here and where; 401 when nobody is signed in, 404 for an organization one is no member of.
#[server(prefix = "/api/fn", endpoint = "organizations/here")]
pub async fn current(org: String) -> Result<Here, AppError> {
    let person = context::signed_in().await?;
    let organizations = organizations::list::list(&context::system()?, person.user.id).await?;
    let found = organizations.iter().find(|belonging| belonging.organization.slug == org).cloned();
    let Belonging { organization, role } = found.ok_or(Error::NotFound("organization"))?;
    Ok(Here { user: person.user, organization, role, organizations })
}

/// A new one, whose owner is who asks.
#[server(prefix = "/api/fn", endpoint = "organizations/create")]
pub async fn create_organization(#[server(default)] name: String, #[server(default)] slug: String) -> Result<(), AppError> {
    let person = context::signed_in().await?;
    let new = NewOrganization { name, slug };
    let organization = organizations::create::create(&context::system()?, &person, new, context::visitor().address).await?;
    leptos_axum::redirect(&format!("/{}", organization.slug));
    Ok(())
}

/// The name people read.
#[server(prefix = "/api/fn", endpoint = "organizations/rename")]
pub async fn rename_organization(org: String, #[server(default)] name: String) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    organizations::rename::rename(&context::system()?, &actor, &name).await?;
    leptos_axum::redirect(&format!("/{org}/settings?saved=name"));
    Ok(())
}

/// Whether scripts may use the network here.
#[server(prefix = "/api/fn", endpoint = "organizations/script_network")]
pub async fn script_network(org: String) -> Result<bool, AppError> {
    let actor = context::actor(&org).await?;
    Ok(organizations::script_network::allowed(&context::system()?, &actor).await?)
}

/// Allows it or takes it back.
#[server(prefix = "/api/fn", endpoint = "organizations/allow_script_network")]
pub async fn allow_script_network(org: String, #[server(default)] allowed: bool) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    organizations::script_network::allow(&context::system()?, &actor, allowed).await?;
    leptos_axum::redirect(&format!("/{org}/settings?saved=network"));
    Ok(())
}

/// Everything in it goes too. `confirm` is its address, typed.
#[server(prefix = "/api/fn", endpoint = "organizations/delete")]
pub async fn delete_organization(org: String, #[server(default)] confirm: String) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    organizations::delete::delete(&context::system()?, &actor, &confirm).await?;
    leptos_axum::redirect("/");
    Ok(())
}
