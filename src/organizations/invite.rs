//! Invitations by link.

use super::{Invitation, may_assign, store};
use crate::{
    access::{Permission, Role},
    actor::Actor,
    audit::{self, Entry},
    error::{Error, Result},
    ids::InvitationId,
    random,
    system::System,
    users::{check_email, normal_email},
};
use chrono::Duration;
use serde_json::json;

/// How long a link can be used.
pub const INVITATION_LASTS: Duration = Duration::days(7);

/// Makes an invitation. The answer holds the secret part of the link, which is stored as a hash and cannot be shown again.
/// With an e-mail address only the account of that address can use it.
pub async fn invite(system: &System, actor: &Actor, role: Role, email: Option<String>) -> Result<(InvitationId, String)> {
    actor.require(Permission::ManageMembers)?;
    if !may_assign(actor.role, role) {
        return Err(Error::Forbidden("Only an owner invites owners.".to_owned()));
    }
    let email = email.map(|email| normal_email(&email)).filter(|email| !email.is_empty());
    let mut errors = Vec::new();
    if let Some(email) = &email {
        check_email("email", email, &mut errors);
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    if let Some(email) = &email {
        let members = store::members(&mut tx, actor.organization_id).await?;
        if members.iter().any(|member| member.email.eq_ignore_ascii_case(email)) {
            return Err(Error::conflict("email", "This person is a member already."));
        }
    }
    let id = InvitationId::new();
    let secret = random::secret("");
    let row = store::InvitationRow {
        id,
        organization: actor.organization_id,
        token_hash: random::hash(&secret),
        email: email.as_deref(),
        role,
        invited_by: actor.user_id,
        created_at: now,
        expires_at: now + INVITATION_LASTS,
    };
    store::insert_invitation(&mut tx, row).await?;
    let entry = Entry {
        action: "invitation.create",
        object_type: "invitation",
        object_id: Some(id.0),
        object_name: email.as_deref().unwrap_or("anybody with the link"),
        before: None,
        after: Some(json!({"role": role, "email": email, "expires_at": now + INVITATION_LASTS})),
    };
    audit::record(&mut tx, actor, now, entry).await?;
    tx.commit().await?;
    Ok((id, secret))
}

/// Those that can still be used.
pub async fn open(system: &System, actor: &Actor) -> Result<Vec<Invitation>> {
    actor.require(Permission::ManageMembers)?;
    let mut tx = system.tenant(actor).await?;
    let open = store::open_invitations(&mut tx, system.clock.now()).await?;
    tx.commit().await?;
    Ok(open)
}

/// Takes an invitation back: its link is worth nothing from now on.
pub async fn revoke(system: &System, actor: &Actor, id: InvitationId) -> Result<()> {
    actor.require(Permission::ManageMembers)?;
    let mut tx = system.tenant(actor).await?;
    let (email, role) = store::delete_open_invitation(&mut tx, id).await?.ok_or(Error::NotFound("invitation"))?;
    if !may_assign(actor.role, role) {
        return Err(Error::Forbidden("Only an owner takes back the invitation of an owner.".to_owned()));
    }
    let entry = Entry {
        action: "invitation.revoke",
        object_type: "invitation",
        object_id: Some(id.0),
        object_name: email.as_deref().unwrap_or("anybody with the link"),
        before: Some(json!({"role": role, "email": email})),
        after: None,
    };
    audit::record(&mut tx, actor, system.clock.now(), entry).await?;
    tx.commit().await
}
