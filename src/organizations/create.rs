//! A new organization, whose maker is its owner.

use super::{NewOrganization, Organization, store};
use crate::{
    access::Role,
    actor::{Actor, Source},
    audit::{self, Entry},
    db::TenantTx,
    error::{Error, Result},
    ids::OrganizationId,
    system::System,
    users::SignedIn,
};
use chrono::{DateTime, Utc};
use serde_json::json;
use std::net::IpAddr;

/// Any signed-in person may make one.
pub async fn create(system: &System, person: &SignedIn, mut new: NewOrganization, address: Option<IpAddr>) -> Result<Organization> {
    let mut errors = Vec::new();
    new.check("name", "slug", &mut errors);
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let organization = Organization { id: OrganizationId::new(), slug: new.slug, name: new.name };
    let actor = Actor {
        organization_id: organization.id,
        user_id: person.user.id,
        user_name: person.user.name.clone(),
        role: Role::Owner,
        agent_id: None,
        scopes: None,
        source: Source::Page,
        address,
    };
    let mut tx = system.tenant(&actor).await?;
    insert_with_owner(&mut tx, &actor, &organization, system.clock.now()).await?;
    tx.commit().await?;
    Ok(organization)
}

/// The rows of an organization and of its first owner, who is the actor.
pub(crate) async fn insert_with_owner(tx: &mut TenantTx, actor: &Actor, organization: &Organization, now: DateTime<Utc>) -> Result<()> {
    store::insert_organization(tx, organization, now).await?;
    store::insert_membership(tx, organization.id, actor.user_id, Role::Owner, now).await?;
    let entry = Entry {
        action: "organization.create",
        object_type: "organization",
        object_id: Some(organization.id.0),
        object_name: &organization.name,
        before: None,
        after: Some(json!({"name": organization.name, "slug": organization.slug})),
    };
    audit::record(tx, actor, now, entry).await
}
