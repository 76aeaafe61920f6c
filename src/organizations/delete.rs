//! The end of an organization and of everything in it.

use super::store;
use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    system::System,
};

/// For owners, who type its address to show that they mean it. The audit log goes with it; the server's own log keeps one line.
pub async fn delete(system: &System, actor: &Actor, typed_slug: &str) -> Result<()> {
    actor.require(Permission::ManageOrganization)?;
    let mut tx = system.tenant(actor).await?;
    let organization = store::lock_organization(&mut tx, actor.organization_id).await?.ok_or(Error::NotFound("organization"))?;
    if typed_slug.trim() != organization.slug {
        return Err(Error::invalid("confirm", format!("Type “{}” to delete this organization.", organization.slug)));
    }
    store::delete_organization(&mut tx, organization.id).await?;
    tx.commit().await?;
    tracing::warn!(organization = %organization.id, slug = organization.slug, by = %actor.user_id, "organization deleted by its owner");
    Ok(())
}
