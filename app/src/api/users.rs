//! Setting up, signing in and out, and one's own account.

use crate::error::AppError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use toolcrib::{
    ids::UserSessionId,
    users::{SignInSession, User},
};

#[cfg(feature = "ssr")]
use crate::context;
#[cfg(feature = "ssr")]
use toolcrib::{
    organizations::{self, NewOrganization},
    users::{self, NewUser, SignedIn, account, local_path},
};

/// Where `/` leads: to the set-up of an empty database, to signing in, to making an organization, or into the one where one was last.
#[server(prefix = "/api/fn", endpoint = "users/home")]
pub async fn home() -> Result<String, AppError> {
    let system = context::system()?;
    if users::set_up::needed(&system).await? {
        return Ok("/setup".to_owned());
    }
    match context::maybe_signed_in().await? {
        Some(person) => organization_of(&person).await,
        None => Ok("/sign-in".to_owned()),
    }
}

/// Where the person was last, if they still belong there; else their first organization.
#[cfg(feature = "ssr")]
async fn organization_of(person: &SignedIn) -> Result<String, AppError> {
    let belongings = organizations::list::list(&context::system()?, person.user.id).await?;
    let last = belongings.iter().find(|belonging| Some(belonging.organization.id) == person.last_organization_id);
    let belonging = last.or(belongings.first());
    Ok(belonging.map_or_else(|| "/organizations/new".to_owned(), |belonging| format!("/{}", belonging.organization.slug)))
}

/// Whether the set-up page is to be shown.
#[server(prefix = "/api/fn", endpoint = "users/setup_needed")]
pub async fn setup_needed() -> Result<bool, AppError> {
    Ok(users::set_up::needed(&context::system()?).await?)
}

/// The first organization and its owner.
#[server(prefix = "/api/fn", endpoint = "users/set_up")]
pub async fn set_up(
    #[server(default)] organization_name: String,
    #[server(default)] organization_slug: String,
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] password: String,
) -> Result<(), AppError> {
    let new = NewOrganization { name: organization_name, slug: organization_slug };
    let owner = NewUser { name, email, password };
    let (_, organization, token) = users::set_up::set_up(&context::system()?, new, owner, &context::visit()).await?;
    context::set_session_cookie(Some(&token))?;
    leptos_axum::redirect(&format!("/{}", organization.slug));
    Ok(())
}

/// Who is signed in, if anybody.
#[server(prefix = "/api/fn", endpoint = "users/me")]
pub async fn me() -> Result<Option<User>, AppError> {
    Ok(context::maybe_signed_in().await?.map(|person| person.user))
}

/// E-mail and password; then to `next`, if that is a path of this site, else to where the person was last.
#[server(prefix = "/api/fn", endpoint = "users/sign_in")]
pub async fn sign_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<(), AppError> {
    let system = context::system()?;
    let (_, token) = users::sign_in::sign_in(&system, &email, password, &context::visit()).await?;
    context::set_session_cookie(Some(&token))?;
    let to = match (local_path(&next).filter(|path| *path != "/"), users::authenticate::authenticate(&system, &token).await?) {
        (Some(path), _) => path.to_owned(),
        (None, Some(person)) => organization_of(&person).await?,
        (None, None) => "/".to_owned(),
    };
    leptos_axum::redirect(&to);
    Ok(())
}

/// Ends the session of this browser.
#[server(prefix = "/api/fn", endpoint = "users/sign_out")]
pub async fn sign_out() -> Result<(), AppError> {
    if let Some(token) = context::visitor().session_token {
        users::sign_out::sign_out(&context::system()?, &token).await?;
    }
    context::set_session_cookie(None)?;
    leptos_axum::redirect("/sign-in");
    Ok(())
}

/// What the account page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub user: User,
    pub sessions: Vec<SignInSession>,
}

#[server(prefix = "/api/fn", endpoint = "users/account")]
pub async fn get_account() -> Result<Account, AppError> {
    let person = context::signed_in().await?;
    let sessions = account::sessions(&context::system()?, &person).await?;
    Ok(Account { user: person.user, sessions })
}

/// The name that others see.
#[server(prefix = "/api/fn", endpoint = "users/rename")]
pub async fn rename_account(org: String, #[server(default)] name: String) -> Result<(), AppError> {
    let person = context::signed_in().await?;
    account::rename(&context::system()?, &person, &name).await?;
    back_to_account(&org, "saved=name");
    Ok(())
}

/// Signs every other browser out.
#[server(prefix = "/api/fn", endpoint = "users/change_password")]
pub async fn change_password(
    org: String,
    #[server(default)] current_password: String,
    #[server(default)] new_password: String,
) -> Result<(), AppError> {
    let person = context::signed_in().await?;
    let address = context::visitor().address;
    account::change_password(&context::system()?, &person, current_password, new_password, address).await?;
    back_to_account(&org, "saved=password");
    Ok(())
}

/// Signs one other browser out.
#[server(prefix = "/api/fn", endpoint = "users/end_session")]
pub async fn end_session(org: String, session_id: UserSessionId) -> Result<(), AppError> {
    let person = context::signed_in().await?;
    account::end_session(&context::system()?, &person, session_id).await?;
    back_to_account(&org, "");
    Ok(())
}

/// Signs all other browsers out.
#[server(prefix = "/api/fn", endpoint = "users/end_other_sessions")]
pub async fn end_other_sessions(org: String) -> Result<(), AppError> {
    let person = context::signed_in().await?;
    account::end_other_sessions(&context::system()?, &person).await?;
    back_to_account(&org, "");
    Ok(())
}

/// The account page stands inside an organization; which one is in the form, and is checked before it becomes part of an address.
#[cfg(feature = "ssr")]
fn back_to_account(org: &str, note: &str) {
    let path = format!("/{org}/account{}{note}", if note.is_empty() { "" } else { "?" });
    leptos_axum::redirect(local_path(&path).unwrap_or("/"));
}
