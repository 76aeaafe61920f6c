//! MCP servers, for their pages.

use crate::error::AppError;
use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};
use toolcrib::{
    ids::{McpServerId, ToolId},
    mcp::{ImportedAs, McpServer, OfferedTool, Pin},
    page::{ListOrder, Numbered, Page},
};

#[cfg(feature = "ssr")]
use std::collections::BTreeMap;
#[cfg(feature = "ssr")]
use toolcrib::{
    Error,
    access::Permission,
    mcp::{self, Auth, Import, ImportTool, NewMcpServer, Transport},
    problem::FieldError,
    seen,
    tools::Visibility,
};
#[cfg(feature = "ssr")]
use {super::conflict, crate::context};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServerList {
    pub servers: Numbered<McpServer>,
    pub may_manage: bool,
}

/// One server with all that its page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServerPage {
    pub server: McpServer,
    /// A page of what it offers.
    pub offered: Page<OfferedTool>,
    pub imported: Vec<ImportedAs>,
    pub may_manage: bool,
}

/// The pin of a tool, and whether who asks decides about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PinPage {
    pub pin: Pin,
    pub may_decide: bool,
}

#[cfg(feature = "ssr")]
fn compare(a: &McpServer, b: &McpServer, column: &str) -> std::cmp::Ordering {
    match column {
        "name" => a.configuration.name.cmp(&b.configuration.name),
        // What needs somebody stands together.
        "state" => (a.status as u8, a.stopped).cmp(&(b.status as u8, b.stopped)),
        "protocol" => a.protocol_version.cmp(&b.protocol_version),
        "offers" => a.offered.cmp(&b.offered),
        "imported" => a.imported.cmp(&b.imported),
        "last_seen" => a.last_seen_at.cmp(&b.last_seen_at),
        _ => std::cmp::Ordering::Equal,
    }
}

/// Servers by name if no other order is asked for.
#[server(prefix = "/api/fn", endpoint = "mcp-servers/list", input = Json)]
pub async fn list_mcp_servers(org: String, order: ListOrder) -> Result<ServerList, AppError> {
    let actor = context::actor(&org).await?;
    let servers = Numbered::of(mcp::get::list(&context::system()?, &actor).await?, &order, compare);
    Ok(ServerList { servers, may_manage: actor.may(Permission::ManageTools) })
}

#[cfg(feature = "ssr")]
fn server_id(id: &str) -> Result<McpServerId, Error> {
    id.parse().map_err(|_| Error::NotFound("MCP server"))
}

#[server(prefix = "/api/fn", endpoint = "mcp-servers/get")]
pub async fn get_mcp_server(org: String, id: String, #[server(default)] after: String) -> Result<ServerPage, AppError> {
    let (system, actor, id) = (context::system()?, context::actor(&org).await?, server_id(&id)?);
    let after = Some(after.as_str()).filter(|after| !after.is_empty());
    Ok(ServerPage {
        server: mcp::get::get(&system, &actor, id).await?,
        offered: mcp::get::offered_page(&system, &actor, id, after, None).await?,
        imported: mcp::get::imported(&system, &actor, id).await?,
        may_manage: actor.may(Permission::ManageTools),
    })
}

/// A server from the fields of its form.
#[cfg(feature = "ssr")]
fn read(
    name: String,
    description: String,
    transport: &str,
    url: String,
    auth: &str,
    auth_header: String,
    auth_key_name: String,
    command: String,
    args: &str,
    env: &str,
    allow_network: bool,
) -> Result<NewMcpServer, Error> {
    let mut variables = BTreeMap::new();
    for (number, line) in env.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let Some((variable, key)) = line.split_once(':').or_else(|| line.split_once('=')) else {
            return Err(Error::invalid("env", format!("Line {}: write “VARIABLE: NAME_OF_THE_KEY”.", number + 1)));
        };
        variables.insert(variable.trim().to_owned(), key.trim().to_owned());
    }
    Ok(NewMcpServer {
        name,
        description,
        transport: Transport::parse(transport).unwrap_or(Transport::StreamableHttp),
        url: Some(url),
        auth: Auth::parse(auth).unwrap_or(Auth::None),
        auth_header: Some(auth_header),
        auth_key_name: Some(auth_key_name),
        command: Some(command),
        args: args.lines().map(|line| line.trim_end_matches('\r').to_owned()).filter(|line| !line.is_empty()).collect(),
        env: variables,
        allow_network,
    })
}

/// What the form of a server says, field by field; what belongs to the other transport is left out.
#[cfg(feature = "ssr")]
fn facts(server: &NewMcpServer) -> Vec<(&'static str, String)> {
    let http = server.transport == Transport::StreamableHttp;
    let text = |text: &Option<String>, shown: bool| text.clone().filter(|_| shown).unwrap_or_default();
    let env = server.env.iter().map(|(variable, key)| format!("{variable}: {key}")).collect::<Vec<_>>().join("\n");
    vec![
        ("Name", server.name.clone()),
        ("Description", server.description.clone()),
        ("Transport", server.transport.label().to_owned()),
        ("Address", text(&server.url, http)),
        ("Authentication", if http { server.auth.label().to_owned() } else { String::new() }),
        ("Key", text(&server.auth_key_name, http)),
        ("Header", text(&server.auth_header, http)),
        ("Program", text(&server.command, !http)),
        ("Arguments", server.args.join("\n")),
        ("Keys as environment variables", env),
        ("Allow network", if server.allow_network { "Yes" } else { "No" }.to_owned()),
    ]
}

#[server(prefix = "/api/fn", endpoint = "mcp-servers/register")]
pub async fn register_mcp_server(
    org: String,
    #[server(default)] name: String,
    #[server(default)] description: String,
    #[server(default)] transport: String,
    #[server(default)] url: String,
    #[server(default)] auth: String,
    #[server(default)] auth_header: String,
    #[server(default)] auth_key_name: String,
    #[server(default)] command: String,
    #[server(default)] args: String,
    #[server(default)] env: String,
    #[server(default)] allow_network: bool,
) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    actor.require(Permission::ManageTools)?;
    let new = read(name, description, &transport, url, &auth, auth_header, auth_key_name, command, &args, &env, allow_network)?;
    let server = mcp::register::register(&context::system()?, &actor, new).await?;
    leptos_axum::redirect(&format!("/{org}/mcp-servers/{}", server.id));
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "mcp-servers/update")]
pub async fn update_mcp_server(
    org: String,
    id: McpServerId,
    #[server(default)] name: String,
    #[server(default)] description: String,
    #[server(default)] transport: String,
    #[server(default)] url: String,
    #[server(default)] auth: String,
    #[server(default)] auth_header: String,
    #[server(default)] auth_key_name: String,
    #[server(default)] command: String,
    #[server(default)] args: String,
    #[server(default)] env: String,
    #[server(default)] allow_network: bool,
    #[server(default)] expected: String,
    #[server(default)] overwrite: String,
) -> Result<(), AppError> {
    let (system, actor) = (context::system()?, context::actor(&org).await?);
    actor.require(Permission::ManageTools)?;
    let read_at = conflict::read(&expected, &overwrite)?;
    let new = read(name, description, &transport, url, &auth, auth_header, auth_key_name, command, &args, &env, allow_network)?;
    match mcp::update::update_seen(&system, &actor, id, new.clone(), Some(read_at)).await {
        Err(Error::Stale(message)) => {
            let stored = mcp::get::get(&system, &actor, id).await?;
            let fields =
                facts(&stored.configuration).into_iter().zip(facts(&new)).map(|((field, stored), (_, sent))| (field, stored, sent));
            return Err(conflict::refusal(message, seen::tag(stored.updated_at), fields));
        }
        other => drop(other?),
    }
    // Saved is saved; whether it answers now is shown on its page.
    mcp::refresh::refresh(&system, &actor, id).await?;
    leptos_axum::redirect(&format!("/{org}/mcp-servers/{id}"));
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "mcp-servers/delete")]
pub async fn delete_mcp_server(org: String, id: McpServerId) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    mcp::delete::delete(&context::system()?, &actor, id).await?;
    leptos_axum::redirect(&format!("/{org}/mcp-servers"));
    Ok(())
}

/// Connects now and lists the tools anew.
#[server(prefix = "/api/fn", endpoint = "mcp-servers/refresh")]
pub async fn refresh_mcp_server(org: String, id: McpServerId) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    mcp::refresh::refresh(&context::system()?, &actor, id).await?;
    leptos_axum::redirect(&format!("/{org}/mcp-servers/{id}"));
    Ok(())
}

/// A row of the import form.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportRow {
    pub pick: bool,
    pub upstream_name: String,
    pub name: String,
}

#[server(prefix = "/api/fn", endpoint = "mcp-servers/import")]
pub async fn import_mcp_tools(
    org: String,
    id: McpServerId,
    #[server(default)] tools: Vec<ImportRow>,
    #[server(default)] visibility: String,
    #[server(default)] activate: bool,
) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    // The place in the form of each tool that was chosen.
    let (places, chosen): (Vec<usize>, Vec<ImportTool>) = tools
        .into_iter()
        .enumerate()
        .filter(|(_, row)| row.pick)
        .map(|(place, row)| (place, ImportTool { upstream_name: row.upstream_name, name: Some(row.name) }))
        .unzip();
    let order = Import { tools: chosen, visibility: Visibility::parse(&visibility).unwrap_or(Visibility::Private), activate };
    mcp::import::import(&context::system()?, &actor, id, order).await.map_err(|error| match error {
        Error::Invalid(errors) => Error::Invalid(
            errors
                .into_iter()
                .map(|error| {
                    let index =
                        error.pointer.strip_prefix("/tools/").and_then(|rest| rest.split('/').next()).and_then(|n| n.parse::<usize>().ok());
                    match index.and_then(|index| places.get(index)) {
                        Some(place) => FieldError::new(format!("/tools[{place}][name]"), error.message),
                        None => error,
                    }
                })
                .collect(),
        ),
        other => other,
    })?;
    leptos_axum::redirect(&format!("/{org}/mcp-servers/{id}"));
    Ok(())
}

/// Approves the change that was looked at.
#[server(prefix = "/api/fn", endpoint = "mcp-servers/approve")]
pub async fn approve_change(org: String, tool: ToolId, proposed_hash: String) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    mcp::decide::approve(&context::system()?, &actor, tool, &proposed_hash).await?;
    leptos_axum::redirect(&format!("/{org}/tools/{tool}/versions"));
    Ok(())
}

/// Rejects it.
#[server(prefix = "/api/fn", endpoint = "mcp-servers/reject")]
pub async fn reject_change(org: String, tool: ToolId, proposed_hash: String) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    mcp::decide::reject(&context::system()?, &actor, tool, &proposed_hash).await?;
    leptos_axum::redirect(&format!("/{org}/tools/{tool}"));
    Ok(())
}
