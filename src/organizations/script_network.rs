//! Whether scripts of the organization may use the network, where they ask for it. An admin decides.

use crate::{
    access::Permission,
    actor::Actor,
    audit,
    db::TenantTx,
    error::{Error, Result},
    ids::OrganizationId,
    system::System,
};
use serde_json::json;

pub(crate) async fn is_allowed(tx: &mut TenantTx, organization: OrganizationId) -> Result<bool> {
    let found = sqlx::query_scalar!("select scripts_may_use_network from organizations where id = $1", organization.0)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(found.unwrap_or_default())
}

/// As it stands.
pub async fn allowed(system: &System, actor: &Actor) -> Result<bool> {
    actor.require(Permission::See)?;
    is_allowed(&mut system.tenant(actor).await?, actor.organization_id).await
}

/// Allows it or takes it back. Scripts that run already go on as they began.
pub async fn allow(system: &System, actor: &Actor, allowed: bool) -> Result<()> {
    actor.require(Permission::ManageTools)?;
    let mut tx = system.tenant(actor).await?;
    let before = sqlx::query!("select name, scripts_may_use_network from organizations where id = $1 for update", actor.organization_id.0)
        .fetch_optional(&mut *tx)
        .await?
        .ok_or(Error::NotFound("organization"))?;
    if before.scripts_may_use_network != allowed {
        sqlx::query!("update organizations set scripts_may_use_network = $2 where id = $1", actor.organization_id.0, allowed)
            .execute(&mut *tx)
            .await?;
        let entry = audit::Entry {
            action: "organization.scripts_network",
            object_type: "organization",
            object_id: Some(actor.organization_id.0),
            object_name: &before.name,
            before: Some(json!({"scripts_may_use_network": before.scripts_may_use_network})),
            after: Some(json!({"scripts_may_use_network": allowed})),
        };
        audit::record(&mut tx, actor, system.clock.now(), entry).await?;
    }
    tx.commit().await?;
    Ok(())
}
