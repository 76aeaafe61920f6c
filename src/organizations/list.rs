//! The organizations a person belongs to.

use super::{Belonging, store};
use crate::{error::Result, ids::UserId, system::System};

/// In the order of their names.
pub async fn list(system: &System, user: UserId) -> Result<Vec<Belonging>> {
    let mut tx = system.person(user).await?;
    let belongings = store::belongings(&mut tx, user).await?;
    tx.commit().await?;
    Ok(belongings)
}
