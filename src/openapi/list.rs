//! All documents of the organization.

use super::{OpenapiDocument, store};
use crate::{access::Permission, actor::Actor, error::Result, system::System};

/// By title.
pub async fn list(system: &System, actor: &Actor) -> Result<Vec<OpenapiDocument>> {
    actor.require(Permission::See)?;
    store::list(&mut system.tenant(actor).await?, None).await
}
