//! A new server. It is asked for its tools at once; that it does not answer is no reason not to keep it.

use super::{McpServer, NewMcpServer, check, refresh, store};
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    error::{Error, Result},
    ids::McpServerId,
    system::System,
};
use serde_json::json;

/// Registers a server and lists its tools. The server that comes back says how the first contact went.
pub async fn register(system: &System, actor: &Actor, mut new: NewMcpServer) -> Result<McpServer> {
    actor.require(Permission::ManageTools)?;
    let errors = check::check(&mut new);
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let (id, now) = (McpServerId::new(), system.clock.now());
    let mut tx = system.tenant(actor).await?;
    store::insert(&mut tx, actor, id, &new, now).await?;
    let entry = audit::Entry {
        action: "mcp_server.register",
        object_type: "mcp_server",
        object_id: Some(id.0),
        object_name: &new.name,
        before: None,
        after: Some(json!(new)),
    };
    audit::record(&mut tx, actor, now, entry).await?;
    tx.commit().await?;
    refresh::refresh(system, actor, id).await
}
