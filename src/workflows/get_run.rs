//! One run with the results of its nodes.

use super::{Run, store};
use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    ids::RunId,
    system::System,
};

/// The run, if the actor started it or may read everybody's.
pub async fn get_run(system: &System, actor: &Actor, id: RunId) -> Result<Run> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    store::find_run(&mut tx, actor, id).await?.ok_or(Error::NotFound("run"))
}
