//! A sign of life of somebody who has a draft open.

use super::{LONGEST_ID, Present, hub::News, join};
use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    ids::WorkflowId,
    system::System,
    workflows::store,
};

/// Tells everybody else who has the draft open that this tab has it open too, and which step is chosen there.
pub async fn here(system: &System, actor: &Actor, workflow: WorkflowId, tab: String, chosen: Option<String>) -> Result<()> {
    actor.require(Permission::See)?;
    join::check_tab(&tab)?;
    let mut tx = system.tenant(actor).await?;
    if !store::may_see(&mut tx, actor, workflow).await? {
        return Err(Error::NotFound("workflow"));
    }
    drop(tx);
    let chosen = chosen.filter(|id| !id.is_empty() && id.len() <= LONGEST_ID);
    let present = Present { tab, user: actor.user_id, name: join::name(actor), chosen };
    system.together.tell(system, (actor.organization_id, workflow), News::Here(present)).await;
    Ok(())
}
