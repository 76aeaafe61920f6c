//! From the link of an invitation to a membership: as the person who is signed in, or with a new account.

use super::{
    OpenInvitation, Organization,
    store::{self, FoundInvitation},
};
use crate::{
    actor::{Actor, Source},
    audit::{self, Entry},
    db::TenantTx,
    error::{Error, Result},
    ids::UserId,
    random,
    system::System,
    users::{self, NewUser, SignedIn, User, Visit, password, sign_in::begin_session},
};
use chrono::{DateTime, Utc};
use serde_json::json;
use std::net::IpAddr;

/// What the link opens; a clear refusal when it was used, ran out or was taken back.
pub async fn look_up(system: &System, token: &str) -> Result<OpenInvitation> {
    let found = find_open(system, token).await?;
    Ok(OpenInvitation { organization_name: found.organization.name, email: found.email, role: found.role, expires_at: found.expires_at })
}

/// Joins as the signed-in person. A member of the organization keeps their role, and the invitation stays open for whom it was meant.
pub async fn accept(system: &System, person: &SignedIn, token: &str, address: Option<IpAddr>) -> Result<Organization> {
    let found = find_open(system, token).await?;
    if let Some(email) = &found.email
        && !email.eq_ignore_ascii_case(&person.user.email)
    {
        let message = format!("This invitation is for {email}. You are signed in as {}; sign out and use that account.", person.user.email);
        return Err(Error::Forbidden(message));
    }
    let now = system.clock.now();
    let mut tx = TenantTx::begin(&system.pool, Some(found.organization.id), Some(person.user.id)).await?;
    if store::member(&mut tx, found.organization.id, person.user.id).await?.is_some() {
        return Ok(found.organization);
    }
    join(&mut tx, &found, person.user.id, &person.user.name, now, address).await?;
    tx.commit().await?;
    Ok(found.organization)
}

/// Joins with a new account and signs it in: the answer holds the value of the cookie.
pub async fn accept_with_account(system: &System, token: &str, mut new: NewUser, visit: &Visit) -> Result<(User, Organization, String)> {
    let found = find_open(system, token).await?;
    if let Some(email) = &found.email
        && new.email.trim().is_empty()
    {
        new.email.clone_from(email);
    }
    let mut errors = Vec::new();
    new.check(&mut errors);
    if let Some(email) = found.email.as_ref().filter(|email| !email.eq_ignore_ascii_case(&new.email)) {
        errors.push(crate::problem::FieldError::new("email", format!("This invitation is for {email}.")));
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let hash = password::hash(new.password).await?;
    let now = system.clock.now();
    let user = User { id: UserId::new(), email: new.email, name: new.name };
    let mut tx = TenantTx::begin(&system.pool, Some(found.organization.id), Some(user.id)).await?;
    users::store::insert_user(&mut tx, &user, &hash, now).await.map_err(|error| match error {
        Error::Conflict { .. } => Error::conflict("email", "An account with this e-mail address exists. Sign in to accept the invitation."),
        other => other,
    })?;
    join(&mut tx, &found, user.id, &user.name, now, visit.address).await?;
    let token = begin_session(system, &mut tx, user.id, visit).await?;
    tx.commit().await?;
    Ok((user, found.organization, token))
}

async fn find_open(system: &System, token: &str) -> Result<FoundInvitation> {
    let mut db = system.pool.acquire().await?;
    let found = store::find_invitation(&mut db, &random::hash(token)).await?.ok_or(Error::NotFound("invitation"))?;
    if found.accepted {
        return Err(used());
    }
    if found.expires_at <= system.clock.now() {
        let message = "This invitation has expired. Ask for a new one.".to_owned();
        return Err(Error::Conflict { message, field: None });
    }
    Ok(found)
}

async fn join(
    tx: &mut TenantTx,
    found: &FoundInvitation,
    user: UserId,
    name: &str,
    now: DateTime<Utc>,
    address: Option<IpAddr>,
) -> Result<()> {
    if !store::accept_invitation(tx, found.id, user, now).await? {
        return Err(used());
    }
    store::insert_membership(tx, found.organization.id, user, found.role, now).await?;
    let actor = Actor {
        organization_id: found.organization.id,
        user_id: user,
        user_name: name.to_owned(),
        role: found.role,
        agent_id: None,
        scopes: None,
        source: Source::Page,
        address,
    };
    let entry = Entry {
        action: "member.join",
        object_type: "member",
        object_id: Some(user.0),
        object_name: name,
        before: None,
        after: Some(json!({"role": found.role, "invitation_id": found.id})),
    };
    audit::record(tx, &actor, now, entry).await
}

fn used() -> Error {
    Error::Conflict { message: "This invitation has been used already. Ask for a new one.".to_owned(), field: None }
}
