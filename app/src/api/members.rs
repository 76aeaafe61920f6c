//! Members and invitations.

use crate::error::AppError;
use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};
use toolcrib::{
    access::Role,
    ids::{InvitationId, UserId},
    organizations::{Invitation, Member, OpenInvitation},
    page::{ListOrder, Numbered},
    users::User,
};

#[cfg(feature = "ssr")]
use crate::context;
#[cfg(feature = "ssr")]
use toolcrib::{
    access::Permission,
    error::Error,
    organizations::{accept_invitation, invite as invitations, members},
    tokens::shown_once,
    users::NewUser,
};

/// What the members page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Members {
    pub members: Numbered<Member>,
    /// Whether there is only one owner, who cannot step down.
    pub last_owner: bool,
    /// Open ones; empty for who may not manage members.
    pub invitations: Vec<Invitation>,
    pub me: UserId,
    pub my_role: Role,
    pub may_manage: bool,
}

#[server(prefix = "/api/fn", endpoint = "members/list", input = Json)]
pub async fn list_members(org: String, order: ListOrder) -> Result<Members, AppError> {
    let system = context::system()?;
    let actor = context::actor(&org).await?;
    let may_manage = actor.may(Permission::ManageMembers);
    let invitations = if may_manage { invitations::open(&system, &actor).await? } else { Vec::new() };
    let members = members::list(&system, &actor).await?;
    let last_owner = members.iter().filter(|member| member.role == Role::Owner).count() == 1;
    let members = Numbered::of(members, &order, |a, b, column| match column {
        "name" => a.name.to_lowercase().cmp(&b.name.to_lowercase()),
        "role" => rank(a.role).cmp(&rank(b.role)),
        "joined" => a.created_at.cmp(&b.created_at),
        _ => std::cmp::Ordering::Equal,
    });
    Ok(Members { members, last_owner, invitations, me: actor.user_id, my_role: actor.role, may_manage })
}

/// Roles in the order in which people tell them.
#[cfg(feature = "ssr")]
fn rank(role: Role) -> Option<usize> {
    Role::ALL.iter().position(|other| *other == role)
}

#[server(prefix = "/api/fn", endpoint = "members/change_role")]
pub async fn change_role(org: String, user_id: UserId, role: Role) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    members::change_role(&context::system()?, &actor, user_id, role).await?;
    leptos_axum::redirect(&format!("/{org}/members"));
    Ok(())
}

/// Ends a membership; one's own too.
#[server(prefix = "/api/fn", endpoint = "members/remove")]
pub async fn remove_member(org: String, user_id: UserId) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    members::remove(&context::system()?, &actor, user_id).await?;
    let left = user_id == actor.user_id;
    leptos_axum::redirect(&if left { "/".to_owned() } else { format!("/{org}/members") });
    Ok(())
}

/// Makes a link, which the page it leads to shows once.
#[server(prefix = "/api/fn", endpoint = "members/invite")]
pub async fn invite(org: String, role: Role, #[server(default)] email: String) -> Result<(), AppError> {
    let system = context::system()?;
    let actor = context::actor(&org).await?;
    let (_, secret) = invitations::invite(&system, &actor, role, Some(email)).await?;
    let link = format!("{}/invitations/{secret}", context::public_url());
    let key = shown_once::keep(&system, actor.user_id, &link).await?;
    leptos_axum::redirect(&format!("/{org}/members?shown={key}"));
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "members/revoke_invitation")]
pub async fn revoke_invitation(org: String, invitation_id: InvitationId) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    invitations::revoke(&context::system()?, &actor, invitation_id).await?;
    leptos_axum::redirect(&format!("/{org}/members"));
    Ok(())
}

/// What the page of an invitation shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationPage {
    pub invitation: OpenInvitation,
    pub signed_in: Option<User>,
}

#[server(prefix = "/api/fn", endpoint = "invitations/look_up")]
pub async fn look_up_invitation(token: String) -> Result<InvitationPage, AppError> {
    let invitation = accept_invitation::look_up(&context::system()?, &token).await?;
    Ok(InvitationPage { invitation, signed_in: context::maybe_signed_in().await?.map(|person| person.user) })
}

/// Joins as who is signed in.
#[server(prefix = "/api/fn", endpoint = "invitations/accept")]
pub async fn accept(token: String) -> Result<(), AppError> {
    let person = context::signed_in().await?;
    let organization = accept_invitation::accept(&context::system()?, &person, &token, context::visitor().address).await?;
    leptos_axum::redirect(&format!("/{}", organization.slug));
    Ok(())
}

/// Joins with a new account.
#[server(prefix = "/api/fn", endpoint = "invitations/accept_with_account")]
pub async fn accept_with_account(
    token: String,
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] password: String,
) -> Result<(), AppError> {
    if context::maybe_signed_in().await?.is_some() {
        return Err(Error::Conflict {
            message: "You are signed in already. Accept the invitation with that account.".to_owned(),
            field: None,
        }
        .into());
    }
    let new = NewUser { name, email, password };
    let (_, organization, session) = accept_invitation::accept_with_account(&context::system()?, &token, new, &context::visit()).await?;
    context::set_session_cookie(Some(&session))?;
    leptos_axum::redirect(&format!("/{}", organization.slug));
    Ok(())
}
