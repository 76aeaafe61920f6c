//! The first start: the first organization and its owner.

use super::{NewUser, User, Visit, password, sign_in::begin_session, store};
use crate::{
    access::Role,
    actor::{Actor, Source},
    db::TenantTx,
    error::{Error, Result},
    ids::{OrganizationId, UserId},
    organizations::{NewOrganization, Organization, create},
    system::System,
};

/// Whether nobody has an account yet.
pub async fn needed(system: &System) -> Result<bool> {
    let mut db = system.pool.acquire().await?;
    Ok(!store::any_user(&mut db).await?)
}

/// Makes both and signs the owner in: the answer holds the value of the cookie. Of two at once one is refused.
pub async fn set_up(
    system: &System,
    mut organization: NewOrganization,
    mut owner: NewUser,
    visit: &Visit,
) -> Result<(User, Organization, String)> {
    let mut errors = Vec::new();
    organization.check("organization_name", "organization_slug", &mut errors);
    owner.check(&mut errors);
    if !needed(system).await? {
        return Err(done_already());
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let hash = password::hash(owner.password).await?;
    let now = system.clock.now();
    let user = User { id: UserId::new(), email: owner.email, name: owner.name };
    let organization = Organization { id: OrganizationId::new(), slug: organization.slug, name: organization.name };
    let actor = Actor {
        organization_id: organization.id,
        user_id: user.id,
        user_name: user.name.clone(),
        role: Role::Owner,
        agent_id: None,
        scopes: None,
        source: Source::Page,
        address: visit.address,
    };
    let mut tx = TenantTx::begin(&system.pool, Some(organization.id), Some(user.id)).await?;
    sqlx::query("select pg_advisory_xact_lock(hashtext('toolcrib.set_up'))").execute(&mut *tx).await?;
    if store::any_user(&mut tx).await? {
        return Err(done_already());
    }
    store::insert_user(&mut tx, &user, &hash, now).await?;
    create::insert_with_owner(&mut tx, &actor, &organization, now).await?;
    let token = begin_session(system, &mut tx, user.id, visit).await?;
    tx.commit().await?;
    Ok((user, organization, token))
}

fn done_already() -> Error {
    Error::Conflict { message: "Toolcrib has been set up already. Sign in, or ask for an invitation.".to_owned(), field: None }
}
