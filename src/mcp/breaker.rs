//! The circuit breaker of a server. It is kept in the database: what one replica learned, all know.
//!
//! | state | a call | becomes |
//! | --- | --- | --- |
//! | closed | goes out | open after 5 failures in a row |
//! | open | fails at once | half open after 30 s |
//! | half open | one goes out as a probe, the others fail at once | closed when the probe succeeds, else open |

use super::{McpServer, client::Trouble, store};
use crate::{error::Result, ids::OrganizationId, system::System};
use chrono::{DateTime, Duration, Utc};

/// Failures in a row that open the circuit.
pub const THRESHOLD: i32 = 5;
/// How long it stays open before a probe.
pub const OPEN_SECONDS: i64 = 30;

pub(super) fn may_probe(opened_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now >= opened_at + Duration::seconds(OPEN_SECONDS)
}

/// Whether a call may go out now; for a half-open circuit, whether this one is the probe.
pub(crate) async fn enter(system: &System, organization: OrganizationId, server: &McpServer) -> Result<std::result::Result<(), Trouble>> {
    let Some(opened_at) = server.opened_at else { return Ok(Ok(())) };
    let now = system.clock.now();
    if may_probe(opened_at, now) {
        let mut tx = system.tenant_of(organization).await?;
        let taken = store::take_probe(&mut tx, server.id, opened_at, now).await?;
        tx.commit().await?;
        if taken {
            return Ok(Ok(()));
        }
    }
    let last = server.last_error.as_deref().map(|error| format!(" The last time: {error}")).unwrap_or_default();
    Ok(Err(Trouble::refused(format!(
        "It failed {} times in a row, so calls are not sent for now; it is tried again every {OPEN_SECONDS} s.{last}",
        server.failures
    ))))
}

/// The server answered. Written only where it tells something new: a busy server is not written to with every call.
pub(crate) async fn succeeded(system: &System, organization: OrganizationId, server: &McpServer) -> Result<()> {
    let now = system.clock.now();
    let is_known =
        server.failures == 0 && server.opened_at.is_none() && server.last_seen_at.is_some_and(|at| now - at < Duration::seconds(60));
    if !is_known {
        let mut tx = system.tenant_of(organization).await?;
        store::seen(&mut tx, server.id, None, None, now).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The server failed.
pub(crate) async fn failed(system: &System, organization: OrganizationId, server: &McpServer, trouble: &Trouble) -> Result<()> {
    let mut tx = system.tenant_of(organization).await?;
    store::failed(&mut tx, server.id, &trouble.message, trouble.is_outage, THRESHOLD, system.clock.now()).await?;
    tx.commit().await
}
