//! In the background: servers that said their tools changed are asked at once, the others every ten minutes.

use super::{refresh, store};
use crate::{
    error::Result,
    ids::{McpServerId, OrganizationId},
    system::System,
};
use std::time::Duration;

const LOOK_EVERY: Duration = Duration::from_secs(5);
const AGE_SECONDS: f64 = 600.0;
const AT_ONCE: i32 = 20;

/// Looks until the server stops.
pub async fn serve(system: System) {
    loop {
        for (organization, server) in system.mcp.stale() {
            look(&system, organization, server, false).await;
        }
        match store::due(&system.pool, AGE_SECONDS, AT_ONCE).await {
            Ok(due) => {
                for (server, organization) in due {
                    look(&system, organization, server, true).await;
                }
            }
            Err(error) => tracing::warn!(%error, "could not look for MCP servers to be asked again"),
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn look(system: &System, organization: OrganizationId, server: McpServerId, claim: bool) {
    if let Err(error) = ask(system, organization, server, claim).await {
        tracing::warn!(%error, %server, "could not ask an MCP server for its tools");
    }
}

/// Asks one server now. With `claim` only if no other replica does.
pub async fn ask(system: &System, organization: OrganizationId, id: McpServerId, claim: bool) -> Result<()> {
    let now = system.clock.now();
    let mut tx = system.tenant_of(organization).await?;
    if claim && !store::claim(&mut tx, id, AGE_SECONDS, now).await? {
        return Ok(());
    }
    let server = store::find(&mut tx, id, now).await?;
    tx.commit().await?;
    if let Some(server) = server
        && let Err(trouble) = refresh::list(system, organization, &server).await?
    {
        tracing::info!(server = %server.configuration.name, trouble = trouble.message, "an MCP server could not be asked for its tools");
    }
    Ok(())
}
