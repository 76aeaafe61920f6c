//! What became of the single items of a `for_each`.

use super::{RunItem, store};
use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    ids::RunId,
    system::System,
};
use serde::{Deserialize, Serialize};

/// Which items.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListItems {
    /// `success`, `error`, `running`, …
    #[serde(default)]
    pub status: Option<String>,
    /// The last item of the page before.
    #[serde(default)]
    pub after: Option<i32>,
    /// 1 to 500; 100 where left out.
    #[serde(default)]
    pub limit: Option<i64>,
}

/// Items of a node in the order of its list, of a run that the actor may see.
pub async fn list_items(system: &System, actor: &Actor, run: RunId, node: &str, query: &ListItems) -> Result<Vec<RunItem>> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    let found = store::find_run(&mut tx, actor, run).await?.ok_or(Error::NotFound("run"))?;
    if found.definition.node(node).is_none() {
        return Err(Error::NotFound("step"));
    }
    store::items(&mut tx, run, node, query.status.as_deref(), query.after.unwrap_or(-1), query.limit.unwrap_or(100).clamp(1, 500)).await
}
