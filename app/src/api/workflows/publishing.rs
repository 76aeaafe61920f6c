//! Publishing from the canvas, which stays where it is.

use crate::error::AppError;
use leptos::{prelude::*, server_fn::codec::Json};
use toolcrib::workflows::WorkflowVersionHead;
#[cfg(feature = "ssr")]
use {
    super::workflow_id,
    crate::context,
    toolcrib::workflows::{self, Publish},
};

/// The draft at this revision becomes a version.
#[server(prefix = "/api/fn", endpoint = "workflows/publish_draft", input = Json)]
pub async fn publish_draft(org: String, id: String, revision: i32, note: String) -> Result<WorkflowVersionHead, AppError> {
    let actor = context::actor(&org).await?;
    Ok(workflows::publish::publish(&context::system()?, &actor, workflow_id(&id)?, Publish { revision, note }).await?)
}
