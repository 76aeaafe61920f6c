//! The beginnings and ends of calls, written down together where they come together. Nobody hears that something was written before it is durable.

use super::{Execution, store};
use crate::{
    error::Result,
    executors::Failure,
    gather::{Gather, Item},
    ids::{ExecutionId, KeyId, OrganizationId, ToolId},
    system::System,
    tools::Tool,
};
use chrono::{DateTime, Utc};

/// Shared by all calls of this server.
#[derive(Clone, Default)]
pub struct Ledger {
    beginnings: Gather<Limited, Beginning>,
    ends: Gather<(OrganizationId, ToolId), End>,
}

/// A tool and its limits. By tool, so that one whose row is held up does not hold up the others.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Limited {
    pub organization: OrganizationId,
    pub tool: ToolId,
    pub per_minute: Option<i32>,
    pub per_hour: Option<i32>,
}

/// A call that begins, as a row in JSON.
pub(super) struct Beginning {
    pub id: ExecutionId,
    pub at: DateTime<Utc>,
    pub row: String,
}

/// A call that has ended.
pub(super) struct End {
    pub id: ExecutionId,
    pub row: String,
}

impl Item for Beginning {
    /// What refuses it, and after how many seconds it would fit.
    type Done = Option<(Failure, i64)>;
    fn bytes(&self) -> usize {
        self.row.len()
    }
}

impl Item for End {
    /// `false`: it had ended before.
    type Done = bool;
    fn bytes(&self) -> usize {
        self.row.len()
    }
}

/// Takes a call out of the limits and writes it down as running, unless a limit refuses it. For calls outside sessions.
pub(super) async fn begin(
    system: &System,
    organization: OrganizationId,
    tool: &Tool,
    execution: &Execution,
    replay_of: Option<ExecutionId>,
) -> Result<Option<(Failure, i64)>> {
    let row = store::together::beginning(execution, system.runner.id(), replay_of)?;
    let key = Limited { organization, tool: tool.id, per_minute: tool.rate_limit_per_minute, per_hour: tool.rate_limit_per_hour };
    let lines = system.lines.clone();
    let work = move |rows| {
        let lines = lines.clone();
        async move { store::together::begin(&lines, key, rows).await }
    };
    system.ledger.beginnings.done(key, Beginning { id: execution.id, at: execution.created_at, row }, work).await
}

/// Writes down how a call ended, with its counts and the use of its keys. `rewritten`: inputs and prompt are no longer as they were written
/// at the beginning. `false`: it was finished already, because its server was taken for dead. What was recorded first stands.
pub(super) async fn end(
    system: &System,
    organization: OrganizationId,
    execution: &Execution,
    keys: &[KeyId],
    rewritten: bool,
) -> Result<bool> {
    let row = store::together::end_row(execution, keys, rewritten)?;
    let key = (organization, execution.tool_id);
    let lines = system.lines.clone();
    let work = move |rows| {
        let lines = lines.clone();
        async move { store::together::end(&lines, key, rows).await }
    };
    system.ledger.ends.done(key, End { id: execution.id, row }, work).await
}
