//! What the demo is connected to. There is only one server that every machine has: this one. So its
//! own OpenAPI document and MCP endpoint are what tools are imported from.

use super::{keys, read_one};
use serde_json::json;
use std::net::SocketAddr;
use toolcrib::{
    Error, Result,
    actor::Actor,
    agents,
    executions::{ExecuteRequest, execute},
    mcp, openapi,
    system::System,
    tools::{self, ToolFilter},
};

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

/// The server's own MCP endpoint, as it stands open to an agent: with the tools that the agent may use.
pub async fn import_mcp(system: &System, actor: &Actor, addr: SocketAddr) -> Result<()> {
    let new = json!({
        "name": "front_desk", "display_name": "Front desk", "description": "Another system's way in: it knows the time, and reads lists."
    });
    let desk = agents::create::create(system, actor, read_one(new)?).await?;
    for name in ["current_time", "parse_csv"] {
        let filter = ToolFilter { text: Some(name.to_owned()), ..ToolFilter::default() };
        let found = tools::list(system, actor, filter).await?.items;
        let tool =
            found.iter().find(|tool| tool.name == name).ok_or_else(|| Error::internal(format!("there is no platform tool {name}")))?;
        agents::attach::attach(system, actor, desk.id, read_one(json!({"tool_id": tool.id}))?).await?;
    }
    keys::add_for_agent(system, actor, addr, desk.id).await?;
    let new = json!({
        "name": "toolcrib", "description": "This server, as other MCP clients see it.", "url": format!("http://{addr}/mcp"),
        "auth": "bearer", "auth_key_name": keys::AGENT_NAME
    });
    let server = mcp::register::register(system, actor, read_one(new)?).await?;
    mcp::refresh::refresh(system, actor, server.id).await?;
    let order = json!({"tools": [{"upstream_name": "current_time", "name": "time_over_mcp"}]});
    for tool in mcp::import::import(system, actor, server.id, read_one(order)?).await? {
        execute(system, actor, ExecuteRequest::new(tool.id, json!({"zone": "Europe/Berlin"}))).await?;
    }
    Ok(())
}
