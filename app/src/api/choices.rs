//! What the form of a tool offers: variables, phone numbers, agents of the organization.

use crate::error::AppError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use toolcrib::{phone_numbers::PhoneNumber, variables::Known};

#[cfg(feature = "ssr")]
use crate::context;
#[cfg(feature = "ssr")]
use toolcrib::{agents, keys, phone_numbers, variables, workflows};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Choices {
    pub variables: Vec<Known>,
    pub numbers: Vec<PhoneNumber>,
    /// (id, what people call it)
    pub agents: Vec<(String, String)>,
    /// Workflows that are published: (id, name and newest version).
    pub workflows: Vec<(String, String)>,
    /// Names of the keys that are there.
    pub keys: Vec<String>,
}

#[server(prefix = "/api/fn", endpoint = "tools/choices")]
pub async fn form_choices(org: String) -> Result<Choices, AppError> {
    let system = context::system()?;
    let actor = context::actor(&org).await?;
    let (agents, _) = agents::list::list(&system, &actor, None, None, 200).await?;
    Ok(Choices {
        variables: variables::list::known_here(&system, &actor).await?,
        numbers: phone_numbers::list(&system, &actor).await?,
        agents: agents.into_iter().map(|agent| (agent.agent.id.to_string(), agent.agent.display_name)).collect(),
        workflows: workflows::list::names(&system, &actor)
            .await?
            .into_iter()
            .filter_map(|(id, name, version)| Some((id.to_string(), format!("{name} · version {}", version?))))
            .collect(),
        keys: keys::names(&system, &actor).await?.into_iter().map(|name| name.key_name).collect(),
    })
}
