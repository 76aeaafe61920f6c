//! Server functions of agents and what is attached to them.

use crate::error::AppError;
use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};
use toolcrib::{
    agents::{Agent, AgentSummary, Attachment, AvailableTool},
    page::{ListOrder, Numbered, Page},
};
#[cfg(feature = "ssr")]
use {
    super::conflict,
    crate::context,
    toolcrib::{
        Error,
        access::Permission,
        agents::{self, AttachmentChange, NewAgent, NewAttachment},
        ids::{AgentId, ToolId},
        seen,
    },
};

/// The list of agents, and whether who asks may make one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentList {
    pub agents: Numbered<AgentSummary>,
    pub may_build: bool,
}

/// One agent, and whether who asks may change it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentPage {
    pub agent: Agent,
    pub may_build: bool,
    pub attached: Vec<Attachment>,
}

/// How something outside becomes this agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Connect {
    /// `[{"type": "function", …}]`, indented.
    pub openai_tools: String,
    /// How many tools that holds.
    pub tool_count: usize,
    /// Attached, but not offered now.
    pub held_back: Vec<Attachment>,
    /// Where this server is reached, without a slash at the end.
    pub base_url: String,
    /// A tool to show a call with.
    pub example: Option<Attachment>,
}

/// An id from an address: what is none is not found.
#[cfg(feature = "ssr")]
fn agent_id(text: &str) -> Result<AgentId, AppError> {
    Ok(text.parse().map_err(|_| Error::NotFound("agent"))?)
}

#[cfg(feature = "ssr")]
fn tool_id(text: &str) -> Result<ToolId, AppError> {
    Ok(text.parse().map_err(|_| Error::NotFound("tool"))?)
}

/// The agents whose names or description hold `search`, one page of them.
#[server(prefix = "/api/fn", endpoint = "agents/list", input = Json)]
pub async fn list_agents(org: String, search: String, order: ListOrder) -> Result<AgentList, AppError> {
    let actor = context::actor(&org).await?;
    let agents = agents::list::numbered(&context::system()?, &actor, Some(&search), &order).await?;
    Ok(AgentList { agents, may_build: actor.may(Permission::Build) })
}

/// One agent with what is attached.
#[server(prefix = "/api/fn", endpoint = "agents/get")]
pub async fn get_agent(org: String, id: String) -> Result<AgentPage, AppError> {
    let actor = context::actor(&org).await?;
    let system = context::system()?;
    let agent = agents::get::get(&system, &actor, agent_id(&id)?).await?;
    let attached = agents::attachments::attachments(&system, &actor, agent.id).await?;
    Ok(AgentPage { agent, may_build: actor.may(Permission::Build), attached })
}

/// What could be attached: a page of it.
#[server(prefix = "/api/fn", endpoint = "agents/available")]
pub async fn available_tools(
    org: String,
    id: String,
    #[server(default)] search: String,
    #[server(default)] after: String,
) -> Result<Page<AvailableTool>, AppError> {
    let actor = context::actor(&org).await?;
    let after = Some(after.as_str()).filter(|after| !after.is_empty());
    Ok(agents::attachments::available(&context::system()?, &actor, agent_id(&id)?, Some(&search), after, None).await?)
}

/// The OpenAI tools JSON, and where to call.
#[server(prefix = "/api/fn", endpoint = "agents/connect")]
pub async fn connect_agent(org: String, id: String) -> Result<Connect, AppError> {
    let actor = context::actor(&org).await?;
    let system = context::system()?;
    let id = agent_id(&id)?;
    let tools = agents::openai_tools::openai_tools(&system, &actor, id).await?;
    let attached = agents::attachments::attachments(&system, &actor, id).await?;
    let (held_back, offered): (Vec<_>, Vec<_>) = attached.into_iter().partition(|tool| tool.obstacle().is_some());
    Ok(Connect {
        tool_count: tools.as_array().map_or(0, Vec::len),
        openai_tools: serde_json::to_string_pretty(&tools).map_err(|error| Error::Internal(error.into()))?,
        held_back,
        base_url: base_url(&system),
        example: offered.into_iter().next(),
    })
}

/// `TOOLCRIB_PUBLIC_URL`, else what the browser asked for.
#[cfg(feature = "ssr")]
pub(super) fn base_url(system: &toolcrib::system::System) -> String {
    if let Some(url) = &system.config.public_url {
        return url.clone();
    }
    let parts = use_context::<http::request::Parts>();
    let host = parts.as_ref().and_then(|parts| parts.headers.get(http::header::HOST)).and_then(|host| host.to_str().ok());
    format!("http://{}", host.map_or_else(|| system.config.addr.to_string(), str::to_owned))
}

/// Makes an agent and goes to its tools.
#[server(prefix = "/api/fn", endpoint = "agents/create")]
pub async fn create_agent(
    org: String,
    #[server(default)] name: String,
    #[server(default)] display_name: String,
    #[server(default)] description: String,
) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    let agent = agents::create::create(&context::system()?, &actor, NewAgent { name, display_name, description }).await?;
    leptos_axum::redirect(&format!("/{org}/agents/{}/tools", agent.id));
    Ok(())
}

/// Changes names and description.
#[server(prefix = "/api/fn", endpoint = "agents/update")]
pub async fn update_agent(
    org: String,
    id: String,
    #[server(default)] name: String,
    #[server(default)] display_name: String,
    #[server(default)] description: String,
    expected: String,
    #[server(default)] overwrite: String,
) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    let system = context::system()?;
    let read = conflict::read(&expected, &overwrite)?;
    let new = NewAgent { name, display_name, description };
    let agent = match agents::update::update(&system, &actor, agent_id(&id)?, new.clone(), Some(read)).await {
        Err(Error::Stale(message)) => {
            let stored = agents::get::get(&system, &actor, agent_id(&id)?).await?;
            let fields = [
                ("Name", stored.name, new.name),
                ("Display name", stored.display_name, new.display_name),
                ("Description", stored.description, new.description),
            ];
            return Err(conflict::refusal(message, seen::tag(stored.updated_at), fields));
        }
        other => other?,
    };
    leptos_axum::redirect(&format!("/{org}/agents/{}", agent.id));
    Ok(())
}

/// Deletes an agent and goes back to the list.
#[server(prefix = "/api/fn", endpoint = "agents/delete")]
pub async fn delete_agent(org: String, id: String) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    agents::delete::delete(&context::system()?, &actor, agent_id(&id)?).await?;
    leptos_axum::redirect(&format!("/{org}/agents"));
    Ok(())
}

/// Attaches a tool.
#[server(prefix = "/api/fn", endpoint = "agents/attach")]
pub async fn attach_tool(org: String, id: String, tool: String, #[server(default)] usage_comments: String) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    let new = NewAttachment { tool_id: tool_id(&tool)?, usage_comments, pinned_version: None };
    agents::attach::attach(&context::system()?, &actor, agent_id(&id)?, new).await?;
    leptos_axum::redirect(&format!("/{org}/agents/{id}/tools"));
    Ok(())
}

/// Detaches a tool.
#[server(prefix = "/api/fn", endpoint = "agents/detach")]
pub async fn detach_tool(org: String, id: String, tool: String) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    agents::detach::detach(&context::system()?, &actor, agent_id(&id)?, tool_id(&tool)?).await?;
    leptos_axum::redirect(&format!("/{org}/agents/{id}/tools"));
    Ok(())
}

/// A limit as it is typed, or a version as it is chosen: nothing is none.
#[cfg(feature = "ssr")]
fn limit(field: &str, typed: Option<String>) -> Result<Option<Option<i32>>, Error> {
    let Some(typed) = typed else { return Ok(None) };
    match typed.trim() {
        "" => Ok(Some(None)),
        number => number.parse().map(|limit| Some(Some(limit))).map_err(|_| Error::invalid(field, "Enter a whole number, or nothing.")),
    }
}

/// Switches an attachment on or off, or changes its usage comments, limits or version.
#[server(prefix = "/api/fn", endpoint = "agents/change-tool")]
pub async fn change_tool(
    org: String,
    id: String,
    tool: String,
    #[server(default)] is_enabled: Option<bool>,
    #[server(default)] usage_comments: Option<String>,
    #[server(default)] rate_limit_per_minute: Option<String>,
    #[server(default)] rate_limit_per_hour: Option<String>,
    #[server(default)] pinned_version: Option<String>,
    #[server(default)] expected: String,
    #[server(default)] overwrite: String,
) -> Result<(), AppError> {
    let (system, actor) = (context::system()?, context::actor(&org).await?);
    let (agent, attached) = (agent_id(&id)?, tool_id(&tool)?);
    // A switch says what it sets; a text or a number is written by somebody who has read the one before.
    let seen = if is_enabled.is_some() { None } else { Some(conflict::read(&expected, &overwrite)?) };
    let change = AttachmentChange {
        is_enabled,
        usage_comments: usage_comments.clone(),
        rate_limit_per_minute: limit("rate_limit_per_minute", rate_limit_per_minute.clone())?,
        rate_limit_per_hour: limit("rate_limit_per_hour", rate_limit_per_hour.clone())?,
        pinned_version: limit("pinned_version", pinned_version.clone())?,
    };
    match agents::change_attachment::change_attachment_seen(&system, &actor, agent, attached, change, seen).await {
        Err(Error::Stale(message)) => {
            let stored = agents::attachments::attachment(&system, &actor, agent, attached).await?;
            let number = |number: Option<i32>| number.map(|number| number.to_string()).unwrap_or_default();
            let fields = [
                ("Usage notes", stored.usage_comments, usage_comments),
                ("Calls a minute", number(stored.rate_limit_per_minute), rate_limit_per_minute),
                ("Calls an hour", number(stored.rate_limit_per_hour), rate_limit_per_hour),
                ("Version", number(stored.pinned_version), pinned_version),
            ];
            let sent = fields.into_iter().filter_map(|(field, stored, sent)| Some((field, stored, sent?)));
            return Err(conflict::refusal(message, seen::tag(stored.updated_at), sent));
        }
        other => drop(other?),
    }
    leptos_axum::redirect(&format!("/{org}/agents/{id}/tools"));
    Ok(())
}
