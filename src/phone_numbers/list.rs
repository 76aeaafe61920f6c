//! The organization's numbers.

use super::{PhoneNumber, store};
use crate::{access::Permission, actor::Actor, error::Result, system::System};

/// All, by label.
pub async fn list(system: &System, actor: &Actor) -> Result<Vec<PhoneNumber>> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    store::all(&mut tx).await
}
