mod fingerprints;
mod hosts;
mod life;
mod resolution;
mod rotation;
mod tampering;
mod uses;

use support::TestSystem;
use toolcrib::{
    actor::Actor,
    agents::{self, NewAgent},
    ids::{AgentId, ToolId},
    keys::{self, ContextType, Key, NewKey, NewMapping, Secret, create},
    tools,
};

/// A value that can be looked for.
pub const VALUE: &str = "sk-canary-0123456789-abcd";

/// The value, as a request to the API gets it.
pub fn plain(key: &keys::ResolvedKey) -> &str {
    key.sent_to(&"https://api.example.com/".parse().unwrap()).unwrap().expose()
}

pub fn everybody() -> NewMapping {
    NewMapping { tool_id: None, context_type: ContextType::Global, context_id: None, priority: 0 }
}

/// A key of this name with [`VALUE`], mapped to everybody.
pub async fn key(test: &TestSystem, actor: &Actor, name: &str) -> Key {
    let mut new = NewKey::new(name, Secret::from(VALUE));
    new.mappings.push(everybody());
    create(test.system(), actor, new).await.unwrap()
}

pub async fn agent(test: &TestSystem, actor: &Actor, name: &str) -> AgentId {
    let new = NewAgent { name: name.to_owned(), ..NewAgent::default() };
    agents::create::create(test.system(), actor, new).await.unwrap().id
}

/// A tool that asks for the key.
pub async fn tool(test: &TestSystem, actor: &Actor, name: &str, key_name: &str) -> ToolId {
    let spec = serde_json::json!({"baseUrl": "https://api.example.com", "method": "GET", "authType": "bearer", "authKeyName": key_name});
    tools::create(test.system(), actor, crate::tools::request(name, spec, serde_json::json!({}))).await.unwrap().id
}
