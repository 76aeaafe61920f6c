//! `toolcrib demo`: an organization that shows every feature, on real data. Everything goes through the use cases that pages and REST go
//! through, and every execution, failure and run in it really happened; nothing is inserted.

mod calls;
mod connections;
mod keys;
mod order;
mod people;
mod products;
mod templates;
mod tools;
mod triggers;

use serde::de::DeserializeOwned;
use serde_json::Value;
use std::net::SocketAddr;
use toolcrib::{
    Error, Result,
    access::Role,
    actor::{Actor, Source},
    agents::{self, NewAgent, NewAttachment},
    ids::ToolId,
    organizations::NewOrganization,
    random,
    system::System,
    tools::{Tool, create},
    users::{self, NewUser, Visit},
    variables::{self, NewVariable},
};

/// How to get in.
pub struct SignIn {
    pub email: String,
    pub password: String,
    pub slug: String,
}

/// Fills an empty database; `None` when somebody has set it up already. `addr` is where this server listens: the demo's API tool calls it.
pub async fn fill(system: &System, addr: SocketAddr) -> Result<Option<SignIn>> {
    if !users::set_up::needed(system).await? {
        return Ok(None);
    }
    let password = random::secret("demo-");
    let email = "demo@example.com".to_owned();
    let (user, organization, _) = users::set_up::set_up(
        system,
        NewOrganization { name: "Northwind Supplies".to_owned(), slug: "northwind".to_owned() },
        NewUser { name: "Dana Demo".to_owned(), email: email.clone(), password: password.clone() },
        &Visit::default(),
    )
    .await?;
    let actor = Actor {
        organization_id: organization.id,
        user_id: user.id,
        user_name: user.name,
        role: Role::Owner,
        agent_id: None,
        scopes: None,
        source: Source::Demo,
        address: None,
    };
    let files = system.config.data_dir.join("files").join(organization.id.to_string());
    products::write_products(&files).await?;

    let office = NewVariable {
        name: "office_address".to_owned(),
        description: "Where customers find us".to_owned(),
        value: Some("Hafenstraße 12, Hamburg".to_owned()),
    };
    variables::create(system, &actor, office).await?;
    let places = order::categories(system, &actor).await?;
    let mut made = Vec::new();
    for new in tools::ready(addr, &places)? {
        made.push(create(system, &actor, new).await?);
    }
    for new in tools::drafts(&places)? {
        create(system, &actor, new).await?;
    }
    let agent = agents::create::create(
        system,
        &actor,
        NewAgent {
            name: "sales_analyst".to_owned(),
            display_name: "Sales analyst".to_owned(),
            description: "Answers questions about products and their margins.".to_owned(),
        },
    )
    .await?;
    for tool in &made {
        let attachment = NewAttachment { tool_id: tool.id, usage_comments: String::new(), pinned_version: None };
        agents::attach::attach(system, &actor, agent.id, attachment).await?;
    }
    order::test_and_improve(system, &actor, &made).await?;
    keys::add(system, &actor, addr, agent.id).await?;
    order::grant(system, &actor, agent.id, &made).await?;
    calls::call_tools(system, &actor, agent.id, &made).await?;
    let workflow = calls::run_workflow(system, &actor, agent.id, &made).await?;
    triggers::add(system, &actor, workflow).await?;
    templates::add(system, &actor).await?;
    order::retire(system, &actor, &made).await?;
    people::add(system, &actor).await?;
    connections::import_openapi(system, &actor, addr).await?;
    connections::import_mcp(system, &actor, addr).await?;
    Ok(Some(SignIn { email, password, slug: organization.slug }))
}

fn find(tools: &[Tool], name: &str) -> Result<ToolId> {
    tools.iter().find(|tool| tool.name == name).map(|tool| tool.id).ok_or_else(|| Error::internal(format!("the demo has no tool {name}")))
}

fn read<T: DeserializeOwned>(definitions: Vec<Value>) -> Result<Vec<T>> {
    definitions.into_iter().map(read_one).collect()
}

fn read_one<T: DeserializeOwned>(definition: Value) -> Result<T> {
    serde_json::from_value(definition).map_err(|error| Error::internal(error.to_string()))
}
