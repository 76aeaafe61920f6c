//! The first steps of an organization: which are done, which comes next.

use serde::{Deserialize, Serialize};

/// What has been done here at least once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstSteps {
    pub has_tool: bool,
    pub has_execution: bool,
    pub has_attachment: bool,
    pub has_workflow: bool,
    pub has_run: bool,
}

impl FirstSteps {
    /// Nothing is left to be shown.
    #[must_use]
    pub fn are_done(self) -> bool {
        self.has_tool && self.has_execution && self.has_attachment && self.has_workflow && self.has_run
    }
}

/// Looks at what there is, of the organization's own.
#[cfg(feature = "ssr")]
pub async fn first_steps(system: &crate::system::System, actor: &crate::actor::Actor) -> crate::Result<FirstSteps> {
    actor.require(crate::access::Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    Ok(sqlx::query_as!(
        FirstSteps,
        r#"select exists (select from tools where organization_id is not null) as "has_tool!",
             exists (select from tool_executions) as "has_execution!", exists (select from agent_tools) as "has_attachment!",
             exists (select from workflows) as "has_workflow!", exists (select from workflow_runs) as "has_run!""#
    )
    .fetch_one(&mut *tx)
    .await?)
}
