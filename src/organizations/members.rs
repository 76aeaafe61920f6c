//! Who belongs to the organization, as what, and no longer.

use super::{Member, may_assign, store};
use crate::{
    access::{Permission, Role},
    actor::Actor,
    audit::{self, Entry},
    error::{Error, Result},
    ids::UserId,
    system::System,
};
use serde_json::json;

/// Everybody, owners first.
pub async fn list(system: &System, actor: &Actor) -> Result<Vec<Member>> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    let members = store::members(&mut tx, actor.organization_id).await?;
    tx.commit().await?;
    Ok(members)
}

/// Admins change everybody but owners; the last owner stays one.
pub async fn change_role(system: &System, actor: &Actor, user: UserId, role: Role) -> Result<()> {
    actor.require(Permission::ManageMembers)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    // One after the other: two owners who demote each other at once would otherwise leave none.
    store::lock_organization(&mut tx, actor.organization_id).await?.ok_or(Error::NotFound("organization"))?;
    let member = store::member(&mut tx, actor.organization_id, user).await?.ok_or(Error::NotFound("member"))?;
    let by = current_role(&mut tx, actor).await?;
    if !may_assign(by, member.role) || !may_assign(by, role) {
        return Err(Error::Forbidden("Only an owner makes owners or changes their role.".to_owned()));
    }
    if member.role == role {
        return Ok(());
    }
    if member.role == Role::Owner && store::count_owners(&mut tx, actor.organization_id).await? <= 1 {
        return Err(Error::conflict("role", "This is the last owner. Make somebody else an owner first."));
    }
    store::set_role(&mut tx, actor.organization_id, user, role).await?;
    let entry = Entry {
        action: "member.change_role",
        object_type: "member",
        object_id: Some(user.0),
        object_name: &member.name,
        before: Some(json!({"role": member.role})),
        after: Some(json!({"role": role})),
    };
    audit::record(&mut tx, actor, now, entry).await?;
    tx.commit().await
}

/// Ends a membership and the tokens of that person. Anybody may leave, but for the last owner.
pub async fn remove(system: &System, actor: &Actor, user: UserId) -> Result<()> {
    let leaves = user == actor.user_id && actor.scopes.is_none();
    actor.require(if leaves { Permission::See } else { Permission::ManageMembers })?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    store::lock_organization(&mut tx, actor.organization_id).await?.ok_or(Error::NotFound("organization"))?;
    let member = store::member(&mut tx, actor.organization_id, user).await?.ok_or(Error::NotFound("member"))?;
    if !leaves && !may_assign(current_role(&mut tx, actor).await?, member.role) {
        return Err(Error::Forbidden("Only an owner removes an owner.".to_owned()));
    }
    if member.role == Role::Owner && store::count_owners(&mut tx, actor.organization_id).await? <= 1 {
        return Err(Error::conflict("user_id", "This is the last owner. Make somebody else an owner first."));
    }
    let revoked = crate::tokens::store::revoke_all_of(&mut tx, user, now).await?;
    let grants = crate::grants::store::delete_of_person(&mut tx, user.0).await?;
    store::delete_membership(&mut tx, actor.organization_id, user).await?;
    let entry = Entry {
        action: if leaves { "member.leave" } else { "member.remove" },
        object_type: "member",
        object_id: Some(user.0),
        object_name: &member.name,
        before: Some(json!({"role": member.role, "email": member.email, "tokens_revoked": revoked, "grants_revoked": grants})),
        after: None,
    };
    audit::record(&mut tx, actor, now, entry).await?;
    tx.commit().await
}

/// The role as it is under the lock: it may have changed since the request began.
async fn current_role(tx: &mut crate::db::TenantTx, actor: &Actor) -> Result<Role> {
    let me = store::member(tx, actor.organization_id, actor.user_id).await?;
    Ok(me.map_or(Role::Member, |member| member.role))
}
