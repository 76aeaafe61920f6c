//! Keys in the demo: a real one, for this server's own REST interface, used in real calls, with the one host it may be sent to.

use serde_json::{Value, json};
use std::net::SocketAddr;
use toolcrib::{
    Error, Result,
    access::Scope,
    actor::Actor,
    agents::{self, NewAttachment},
    executions::{ExecuteRequest, execute},
    ids::AgentId,
    keys::{self, ContextType, KeyType, NewKey, NewMapping, Secret, TestRequest},
    system::System,
    tokens::{self, NewToken},
    tools,
};

/// Makes the key, a tool that asks for it, and calls it.
pub async fn fill(system: &System, actor: &Actor, addr: SocketAddr, agent: AgentId) -> Result<()> {
    let new = NewToken { name: "Reads the registry".to_owned(), scopes: vec![Scope::Read], expires_in_days: Some(90), agent_id: None };
    let (token, value) = tokens::create::create(system, actor, new).await?;
    let mapping = |context_type, context_id, priority| NewMapping { tool_id: None, context_type, context_id, priority };
    let key = NewKey {
        display_name: "Toolcrib, read only".to_owned(),
        description: "An API token of this server. Renew both when it expires.".to_owned(),
        key_type: KeyType::BearerToken,
        expires_at: token.expires_at,
        allowed_hosts: vec![addr.to_string()],
        mappings: vec![mapping(ContextType::Global, None, 0), mapping(ContextType::Agent, Some(agent.0), 10)],
        ..NewKey::new("TOOLCRIB_TOKEN", Secret::new(value))
    };
    let key = keys::create(system, actor, key).await?;
    let tool = read(json!({
        "name": "list_agents", "display_name": "List agents", "kind": "api_request", "status": "active", "visibility": "public",
        "tags": ["operations"], "description": "The agents of this organization, from Toolcrib's own REST interface.",
        "api_spec": {"baseUrl": format!("http://{addr}"), "path": "/v1/agents", "method": "GET", "authType": "bearer", "authKeyName": "TOOLCRIB_TOKEN"}
    }))?;
    let tool = tools::create::create(system, actor, tool).await?;
    let attachment = NewAttachment { tool_id: tool.id, usage_comments: String::new(), pinned_version: None };
    agents::attach::attach(system, actor, agent, attachment).await?;
    for agent_id in [None, Some(agent), Some(agent)] {
        execute(system, actor, ExecuteRequest { agent_id, ..ExecuteRequest::new(tool.id, json!({})) }).await?;
    }
    keys::test(system, actor, key.id, &TestRequest::default()).await?;
    Ok(())
}

fn read(definition: Value) -> Result<tools::NewTool> {
    serde_json::from_value(definition).map_err(|error| Error::internal(error.to_string()))
}
