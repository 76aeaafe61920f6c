//! What the demo is connected to. There is only one server that every machine has: this one. So the demo's key is a token for it, and its
//! own OpenAPI document and MCP endpoint are what tools are imported from.

use super::read_one;
use serde_json::json;
use std::net::SocketAddr;
use toolcrib::{
    Result,
    access::Scope,
    actor::Actor,
    executions::{ExecuteRequest, execute},
    keys, mcp, openapi,
    system::System,
    tokens::{self, NewToken},
};

/// The name under which tools ask for the token; the one that an imported document proposes.
pub const KEY: &str = "TOOLCRIB_TOKEN";

/// A key for everybody, with the value of a token that was made for it.
pub async fn add_key(system: &System, actor: &Actor, addr: SocketAddr) -> Result<()> {
    let new = NewToken {
        name: "For the key TOOLCRIB_TOKEN".to_owned(),
        scopes: vec![Scope::Read, Scope::Execute],
        expires_in_days: Some(90),
        agent_id: None,
    };
    let (_, value) = tokens::create::create(system, actor, new).await?;
    let new = json!({
        "key_name": KEY, "value": value, "display_name": "Toolcrib itself",
        "description": format!("An API token of this server, for tools that ask http://{addr}."),
        "mappings": [{"context_type": "global"}]
    });
    keys::create(system, actor, read_one(new)?).await?;
    Ok(())
}

/// A few operations of the server's own REST interface become tools.
pub async fn import_openapi(system: &System, actor: &Actor, addr: SocketAddr) -> Result<()> {
    let new = json!({"text": "", "url": format!("http://{addr}/v1/openapi.json")});
    let document = openapi::add::add(system, actor, read_one(new)?).await?;
    let wanted = json!({"operations": ["GET /v1/agents", "GET /v1/workflows", "GET /v1/categories"], "activate": true});
    for imported in openapi::import::import(system, actor, document.document.id, read_one(wanted)?).await? {
        if let Some(tool) = imported.tool_id {
            execute(system, actor, ExecuteRequest::new(tool, json!({}))).await?;
        }
    }
    Ok(())
}

/// The server's own MCP endpoint, with one of the tools that it offers.
pub async fn import_mcp(system: &System, actor: &Actor, addr: SocketAddr) -> Result<()> {
    let new = json!({
        "name": "toolcrib", "description": "This server, as other MCP clients see it.", "url": format!("http://{addr}/mcp"),
        "auth": "bearer", "auth_key_name": KEY
    });
    let server = mcp::register::register(system, actor, read_one(new)?).await?;
    mcp::refresh::refresh(system, actor, server.id).await?;
    let order = json!({"tools": [{"upstream_name": "current_time", "name": "time_over_mcp"}]});
    for tool in mcp::import::import(system, actor, server.id, read_one(order)?).await? {
        execute(system, actor, ExecuteRequest::new(tool.id, json!({"zone": "Europe/Berlin"}))).await?;
    }
    Ok(())
}
