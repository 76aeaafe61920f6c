//! The keys that a server is given, for one call.

use super::Trouble;
use crate::{
    ids::{AgentId, OrganizationId, ToolId, UserId},
    mcp::{Auth, NewMcpServer},
    system::System,
};
use reqwest::header::{HeaderName, HeaderValue};

/// What goes along to the server. `id` is the same for the same values only, and tells nothing of them.
#[derive(Default)]
pub(crate) struct Credentials {
    pub id: String,
    pub header: Option<(HeaderName, HeaderValue)>,
    pub env: Vec<(String, String)>,
}

/// For whom keys are looked up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    pub organization_id: OrganizationId,
    /// `None` while a server's tools are listed for the organization.
    pub tool_id: Option<ToolId>,
    pub agent_id: Option<AgentId>,
    pub user_id: Option<UserId>,
}

/// Looks up every key that the server names.
pub(crate) async fn credentials(_system: &System, server: &NewMcpServer, _wanted: Wanted) -> Result<Credentials, Trouble> {
    let named = server.auth_key_name.iter().filter(|_| server.auth != Auth::None).chain(server.env.values()).next();
    match named {
        None => Ok(Credentials::default()),
        Some(name) => Err(Trouble::unauthorized(format!("The key “{name}” that this server needs is not there."))),
    }
}
