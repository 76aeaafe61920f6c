//! Keys in the demo: real ones, for this server's own REST interface and MCP endpoint, with the one host they may be sent to.

use std::net::SocketAddr;
use toolcrib::{
    Result,
    access::Scope,
    actor::Actor,
    ids::AgentId,
    keys::{self, ContextType, KeyType, NewKey, NewMapping, Secret, TestRequest},
    system::System,
    tokens::{self, NewToken},
};

/// The name under which tools ask for it; the one that a document imported from this server proposes.
pub const NAME: &str = "TOOLCRIB_TOKEN";

/// Makes the token and the key, and tries the key out.
pub async fn add(system: &System, actor: &Actor, addr: SocketAddr, agent: AgentId) -> Result<()> {
    let scopes = vec![Scope::Read, Scope::Execute];
    let new = NewToken { name: "Toolcrib asks itself".to_owned(), scopes, expires_in_days: Some(90), agent_id: None };
    let (token, value) = tokens::create::create(system, actor, new).await?;
    let mapping = |context_type, context_id, priority| NewMapping { tool_id: None, context_type, context_id, priority };
    let key = NewKey {
        display_name: "Toolcrib itself".to_owned(),
        description: "An API token of this server. Renew both when it expires.".to_owned(),
        key_type: KeyType::BearerToken,
        expires_at: token.expires_at,
        allowed_hosts: vec![addr.to_string()],
        mappings: vec![mapping(ContextType::Global, None, 0), mapping(ContextType::Agent, Some(agent.0), 10)],
        ..NewKey::new(NAME, Secret::new(value))
    };
    let key = keys::create(system, actor, key).await?;
    keys::test(system, actor, key.id, &TestRequest::default()).await?;
    Ok(())
}

/// The name under which the MCP server's sign-in is kept.
pub const AGENT_NAME: &str = "TOOLCRIB_AGENT_TOKEN";

/// Makes a token that acts as an agent, which MCP wants, and the key for it.
pub async fn add_for_agent(system: &System, actor: &Actor, addr: SocketAddr, agent: AgentId) -> Result<()> {
    let scopes = vec![Scope::Read, Scope::Execute];
    let new = NewToken { name: "Front desk over MCP".to_owned(), scopes, expires_in_days: Some(90), agent_id: Some(agent) };
    let (token, value) = tokens::create::create(system, actor, new).await?;
    let key = NewKey {
        display_name: "Toolcrib as the front desk".to_owned(),
        description: "A token that acts as an agent: over MCP its tools are the list.".to_owned(),
        key_type: KeyType::BearerToken,
        expires_at: token.expires_at,
        allowed_hosts: vec![addr.to_string()],
        mappings: vec![NewMapping { tool_id: None, context_type: ContextType::Global, context_id: None, priority: 0 }],
        ..NewKey::new(AGENT_NAME, Secret::new(value))
    };
    keys::create(system, actor, key).await?;
    Ok(())
}
