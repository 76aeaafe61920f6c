//! Which role a person has in an organization.

use super::Organization;
use crate::{
    access::Role,
    error::Result,
    ids::{OrganizationId, UserId},
    system::System,
};

/// The organization with this slug and the person's role in it; `None` when they are no member or it does not exist.
pub async fn membership_of(system: &System, user: UserId, slug: &str) -> Result<Option<(Organization, Role)>> {
    let mut tx = system.person(user).await?;
    let row = sqlx::query!(
        "select o.id, o.slug, o.name, m.role from organizations o join memberships m on m.organization_id = o.id where o.slug = $1 and m.user_id = $2",
        slug,
        user.0
    )
    .fetch_optional(&mut *tx)
    .await?;
    Ok(row.and_then(|row| {
        let role = Role::parse(&row.role)?;
        Some((Organization { id: OrganizationId(row.id), slug: row.slug, name: row.name }, role))
    }))
}
