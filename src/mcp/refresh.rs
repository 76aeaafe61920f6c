//! What does the server offer now? Every answer is held against the pins: a tool that is not what was approved stops.

use super::{
    Definition, McpServer, PinState,
    breaker::THRESHOLD,
    client::{Connection, Trouble, for_listing},
    hash::hash,
    store,
};
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    error::{Error, Result},
    executors,
    ids::{McpServerId, OrganizationId},
    keys::Redactor,
    system::System,
};
use serde_json::json;
use std::collections::HashSet;

/// Connects and lists the tools anew. How it went is said by the server that comes back: `status`, `last_error`, `listed_at`.
pub async fn refresh(system: &System, actor: &Actor, id: McpServerId) -> Result<McpServer> {
    actor.require(Permission::Build)?;
    let mut tx = system.tenant(actor).await?;
    let server = store::find(&mut tx, id, system.clock.now()).await?.ok_or(Error::NotFound("MCP server"))?;
    drop(tx);
    // How it went is in the database.
    let _ = list(system, actor.organization_id, &server).await?;
    let mut tx = system.tenant(actor).await?;
    store::find(&mut tx, id, system.clock.now()).await?.ok_or(Error::NotFound("MCP server"))
}

/// Connects, lists, compares.
pub(super) async fn list(system: &System, organization: OrganizationId, server: &McpServer) -> Result<std::result::Result<(), Trouble>> {
    let redactor = Redactor::default();
    let listed = async {
        let credentials = for_listing(system, organization, &server.configuration, &redactor).await?;
        let connection = system.mcp.get(system, organization, server, &credentials).await?;
        match connection.tools().await {
            Ok(tools) => Ok((tools, connection)),
            Err(trouble) => {
                if trouble.is_outage {
                    system.mcp.give_up(&connection).await;
                }
                Err(trouble)
            }
        }
    };
    let listed = executors::unbroken(listed).await.unwrap_or_else(|broken| Err(Trouble::refused(broken.message)));
    match listed {
        Ok((tools, connection)) => {
            compare(system, organization, server, tools, &connection, &redactor).await?;
            Ok(Ok(()))
        }
        Err(mut trouble) => {
            trouble.message = redactor.text(&trouble.message);
            let mut tx = system.tenant_of(organization).await?;
            // Nobody looked for a call: what is not even allowed to be tried says nothing of the server, but is told.
            store::failed(&mut tx, server.id, &trouble.message, trouble.is_outage, THRESHOLD, system.clock.now()).await?;
            tx.commit().await?;
            Ok(Err(trouble))
        }
    }
}

/// The same over a connection that is open, in the middle of a call.
pub(crate) async fn list_over(
    system: &System,
    organization: OrganizationId,
    server: &McpServer,
    connection: &Connection,
    redactor: &Redactor,
) -> Result<std::result::Result<(), Trouble>> {
    match connection.tools().await {
        Err(trouble) => Ok(Err(trouble)),
        Ok(tools) => {
            compare(system, organization, server, tools, connection, redactor).await?;
            Ok(Ok(()))
        }
    }
}

/// Stores the list and what it means for every pin.
async fn compare(
    system: &System,
    organization: OrganizationId,
    server: &McpServer,
    tools: Vec<Definition>,
    connection: &Connection,
    redactor: &Redactor,
) -> Result<()> {
    let now = system.clock.now();
    let mut names = HashSet::new();
    // A name twice: the first one counts, as for a call.
    let tools: Vec<(Definition, String)> = tools
        .into_iter()
        .filter(|tool| names.insert(tool.name.clone()))
        .map(without_nul)
        .map(|tool| without_keys(tool, redactor))
        .map(|tool| {
            let hash = hash(&tool);
            (tool, hash)
        })
        .collect();
    let mut tx = system.tenant_of(organization).await?;
    store::lock(&mut tx, server.id).await?;
    let info = connection.server_info().map(|info| redactor.value(info));
    let version = connection.protocol_version().map(|version| redactor.text(&version));
    store::seen(&mut tx, server.id, version.as_deref(), info.as_ref(), now).await?;
    store::replace_offered(&mut tx, organization, server.id, &tools, now).await?;
    for pin in store::pins(&mut tx, None, Some(server.id)).await? {
        let now_offered = tools.iter().find(|(tool, _)| tool.name == pin.upstream_name);
        let (state, proposed) = match now_offered {
            None => (PinState::Gone, None),
            Some((definition, hash)) if *hash == pin.hash => {
                if *definition != pin.definition {
                    store::set_pin_definition(&mut tx, pin.tool_id, definition).await?;
                }
                (PinState::Pinned, None)
            }
            // What was refused once is not asked about again, until it is something else.
            Some((definition, hash)) if pin.state == PinState::Rejected && pin.proposed_hash.as_deref() == Some(hash) => {
                (PinState::Rejected, Some((definition, hash.as_str())))
            }
            Some((definition, hash)) => (PinState::Changed, Some((definition, hash.as_str()))),
        };
        if state == pin.state && proposed.map(|(_, hash)| hash) == pin.proposed_hash.as_deref() {
            continue;
        }
        store::set_pin_state(&mut tx, pin.tool_id, state, proposed, now).await?;
        let entry = audit::Entry {
            action: match state {
                PinState::Gone => "mcp_tool.gone",
                PinState::Pinned => "mcp_tool.back",
                _ => "mcp_tool.changed",
            },
            object_type: "tool",
            object_id: Some(pin.tool_id.0),
            object_name: &pin.upstream_name,
            before: Some(json!({"state": pin.state, "hash": pin.hash})),
            after: Some(json!({"state": state, "hash": proposed.map(|(_, hash)| hash), "server": server.configuration.name})),
        };
        audit::record_by_system(&mut tx, organization, now, entry).await?;
    }
    tx.commit().await
}

/// NUL is valid in JSON text and in no PostgreSQL text.
/// A server may repeat the key it is listed with in what it says of its tools: kept is neither.
fn without_keys(definition: Definition, redactor: &Redactor) -> Definition {
    if redactor.is_empty() {
        return definition;
    }
    let text = |text: String| redactor.text(&text);
    Definition {
        name: text(definition.name),
        title: definition.title.map(text),
        description: text(definition.description),
        input_schema: redactor.value(definition.input_schema),
        output_schema: definition.output_schema.map(|schema| redactor.value(schema)),
        annotations: definition.annotations.map(|notes| redactor.value(notes)),
    }
}

fn without_nul(definition: Definition) -> Definition {
    let text = serde_json::to_string(&definition).unwrap_or_default();
    if text.contains("\\u0000") { serde_json::from_str(&text.replace("\\u0000", "\u{fffd}")).unwrap_or_default() } else { definition }
}
