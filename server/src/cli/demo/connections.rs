//! What the demo is connected to. There is only one server that every machine has: this one. So the demo's key is a token for it.

use super::read_one;
use serde_json::json;
use std::net::SocketAddr;
use toolcrib::{
    Result,
    access::Scope,
    actor::Actor,
    keys,
    system::System,
    tokens::{self, NewToken},
};

/// The name under which tools ask for the token.
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
