//! Which organization a person was in last, so that `/` leads back there.

use super::{SignedIn, store};
use crate::{error::Result, ids::OrganizationId, system::System};

/// Notes that the person is in this organization now. Writes only when it is another one than before.
pub async fn remember(system: &System, person: &SignedIn, organization: OrganizationId) -> Result<()> {
    if person.last_organization_id == Some(organization) {
        return Ok(());
    }
    let mut db = system.pool.begin().await?;
    store::set_last_organization(&mut db, person.user.id, person.session_id, organization).await?;
    db.commit().await?;
    Ok(())
}
