//! What stands around every page: who is signed in, where, and where else they could go.

use crate::error::AppError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use toolcrib::{access::Role, ids::UserId, organizations::Organization};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameData {
    pub organization: Organization,
    pub role: Role,
    pub organizations: Vec<Organization>,
    pub user_id: UserId,
    pub user_name: String,
    pub user_email: String,
}

/// The frame of an organization's pages. Who is not signed in is led to the sign-in page and back.
#[server(prefix = "/api/fn", endpoint = "frame/read")]
pub async fn frame(org: String) -> Result<FrameData, AppError> {
    use crate::context;
    let person = context::signed_in().await?;
    let belongings = toolcrib::organizations::list::list(&context::system()?, person.user.id).await?;
    let here = belongings.iter().find(|belonging| belonging.organization.slug == org).cloned();
    let here = here.ok_or(toolcrib::Error::NotFound("organization"))?;
    toolcrib::users::last_organization::remember(&context::system()?, &person, here.organization.id).await?;
    Ok(FrameData {
        organization: here.organization,
        role: here.role,
        organizations: belongings.into_iter().map(|belonging| belonging.organization).collect(),
        user_id: person.user.id,
        user_name: person.user.name,
        user_email: person.user.email,
    })
}

/// What an object is called, for the bar at the top; `None` where objects of that section have no names to show.
#[cfg(feature = "ssr")]
pub async fn object_name(org: &str, section: &str, id: &str) -> Option<String> {
    use crate::context;
    use toolcrib::{Error, agents, executions, keys, tools, workflows};
    let (system, actor) = (context::system().ok()?, context::actor(org).await.ok()?);
    let unknown = |_| Error::NotFound("object");
    let found = async {
        Ok(Some(match section {
            "tools" => tools::get::get(&system, &actor, id.parse().map_err(unknown)?).await?.display_name,
            "mcp-servers" => toolcrib::mcp::get::get(&system, &actor, id.parse().map_err(unknown)?).await?.configuration.name,
            "agents" => agents::get::get(&system, &actor, id.parse().map_err(unknown)?).await?.display_name,
            "keys" => keys::get(&system, &actor, id.parse().map_err(unknown)?).await?.key.display_name,
            "workflows" => workflows::get::get(&system, &actor, id.parse().map_err(unknown)?).await?.display_name,
            "runs" => workflows::get_run::get_run(&system, &actor, id.parse().map_err(unknown)?).await?.workflow_name,
            "executions" => executions::get(&system, &actor, id.parse().map_err(unknown)?).await?.tool_name,
            "openapi" => toolcrib::openapi::get::get(&system, &actor, id.parse().map_err(unknown)?).await?.document.title,
            _ => return Ok(None),
        }))
    };
    found.await.unwrap_or_else(|_: Error| Some("Not found".to_owned()))
}
