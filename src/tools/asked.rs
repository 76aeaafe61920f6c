//! The tool of a call. Calls of one tool by the same caller that come at the same time ask once, and after the last of them came: none works with what
//! was true only before it.

use super::{
    Tool,
    access::{Asker, Level},
    store,
};
use crate::{
    actor::Actor,
    error::Result,
    gather::{Gather, Question},
    ids::{OrganizationId, ToolId},
    system::System,
};
use std::sync::Arc;

type Found = Option<(Arc<Tool>, Level)>;

/// Shared by all calls of this server.
#[derive(Clone, Default)]
pub struct AskedTools(Gather<(OrganizationId, Asker, ToolId), Question<Found>>);

/// The tool and how far the actor may go with it; for an agent at the version to which it is pinned. `None`: not in this organization.
pub(crate) async fn find(system: &System, actor: &Actor, id: ToolId) -> Result<Found> {
    let asker = Asker::of(actor);
    let (system_, actor_) = (system.clone(), actor.clone());
    let seek = move || {
        let (system, actor) = (system_.clone(), actor_.clone());
        async move {
            let found = store::find_asked(&system.lines, actor.organization_id, asker, id, system.clock.now()).await?;
            Ok(found.map(|(tool, level)| (Arc::new(tool), level)))
        }
    };
    system.asked_tools.0.answer((actor.organization_id, asker, id), seek).await
}
