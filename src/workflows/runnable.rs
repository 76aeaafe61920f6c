//! Which definition of a workflow a run takes: a version where one is published, else the draft.

use super::{Workflow, graph::Definition, store};
use crate::{
    db::TenantTx,
    error::{Error, Result},
    ids::WorkflowId,
};

/// A definition and what names it.
pub(super) struct Runnable {
    pub definition: Definition,
    pub revision: i32,
    /// `None`: the draft.
    pub version: Option<i32>,
}

/// What is asked for, or the published version, or the draft of a workflow that was never published.
pub(super) async fn runnable(tx: &mut TenantTx, workflow: Workflow, version: Option<i32>, draft: bool) -> Result<Runnable> {
    if draft && version.is_some() {
        return Err(Error::invalid("version", "Ask for the draft or for a version, not for both."));
    }
    match version.or(workflow.published_version).filter(|_| !draft) {
        None => Ok(Runnable { revision: workflow.revision, definition: workflow.definition, version: None }),
        Some(number) => {
            let missing = || Error::invalid("version", format!("There is no version {number} of this workflow."));
            pinned(tx, workflow.id, number).await?.ok_or_else(missing)
        }
    }
}

/// This very version, if it is there.
pub(super) async fn pinned(tx: &mut TenantTx, workflow: WorkflowId, number: i32) -> Result<Option<Runnable>> {
    let found = store::version(tx, workflow, number).await?;
    Ok(found.map(|found| Runnable { definition: found.definition, revision: found.head.revision, version: Some(number) }))
}
