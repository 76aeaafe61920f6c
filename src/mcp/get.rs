//! Servers, what they offer, and pins.

use super::{McpServer, OfferedTool, Pin, naming, schema, store};
use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    ids::{McpServerId, ToolId},
    page::{self, Page, decode_place, encode_place, page_of},
    system::System,
    tools::access::{Asker, Level},
};

/// All servers, by name.
pub async fn list(system: &System, actor: &Actor) -> Result<Vec<McpServer>> {
    actor.require(Permission::Build)?;
    let mut tx = system.tenant(actor).await?;
    store::servers(&mut tx, None, None, i64::MAX, system.clock.now()).await
}

/// The same in pages of `limit` (1 to 200; 50 when left out).
pub async fn page(system: &System, actor: &Actor, cursor: Option<&str>, limit: Option<i64>) -> Result<Page<McpServer>> {
    actor.require(Permission::Build)?;
    let after: Option<String> = cursor.map(decode_place).transpose()?;
    let limit = page::limit(limit);
    let mut tx = system.tenant(actor).await?;
    let servers = store::servers(&mut tx, None, after.as_deref(), limit + 1, system.clock.now()).await?;
    Ok(Page::cut(servers, limit, |last| encode_place(&last.configuration.name)))
}

/// One server.
pub async fn get(system: &System, actor: &Actor, id: McpServerId) -> Result<McpServer> {
    actor.require(Permission::Build)?;
    let mut tx = system.tenant(actor).await?;
    store::find(&mut tx, id, system.clock.now()).await?.ok_or(Error::NotFound("MCP server"))
}

/// What the server offered when it was last asked, with what became of each.
pub async fn offered(system: &System, actor: &Actor, id: McpServerId) -> Result<Vec<OfferedTool>> {
    actor.require(Permission::Build)?;
    let mut tx = system.tenant(actor).await?;
    let server = store::find(&mut tx, id, system.clock.now()).await?.ok_or(Error::NotFound("MCP server"))?;
    let offered = store::offered(&mut tx, id).await?;
    let imported = store::imported(&mut tx, id).await?;
    let names = naming::propose_all(offered.iter().map(|(tool, _)| tool.name.as_str()), &server.configuration.name);
    let with = offered.into_iter().zip(names).map(|((definition, hash), proposed_name)| OfferedTool {
        refusal: refusal(&definition),
        imported: imported.iter().filter(|tool| tool.upstream_name == definition.name).cloned().collect(),
        definition,
        hash,
        proposed_name,
    });
    Ok(with.collect())
}

/// The same by name, in pages of `limit` (1 to 200; 50 when left out).
pub async fn offered_page(
    system: &System,
    actor: &Actor,
    id: McpServerId,
    cursor: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<OfferedTool>> {
    // The names that are proposed depend on all of them.
    page_of(offered(system, actor, id).await?, cursor, limit, |tool| tool.definition.name.clone())
}

/// Why a tool cannot be imported as it is.
pub(super) fn refusal(definition: &super::Definition) -> Option<String> {
    let mut reasons = Vec::new();
    if definition.description.chars().count() > 5_000 {
        reasons.push("its description is longer than 5000 characters".to_owned());
    }
    if let Err(why) = schema::to_draft_07(&definition.input_schema) {
        reasons.push(format!("inputs: {why}"));
    }
    if let Some(Err(why)) = definition.output_schema.as_ref().map(schema::to_draft_07) {
        reasons.push(format!("output: {why}"));
    }
    (!reasons.is_empty()).then(|| format!("It cannot be imported: {}.", reasons.join("; ")))
}

/// The tools imported from a server.
pub async fn imported(system: &System, actor: &Actor, id: McpServerId) -> Result<Vec<super::ImportedAs>> {
    actor.require(Permission::Build)?;
    let mut tx = system.tenant(actor).await?;
    store::imported(&mut tx, id).await
}

/// The pin of an imported tool; `None` for tools of other kinds.
pub async fn pin(system: &System, actor: &Actor, tool: ToolId) -> Result<Option<Pin>> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    let found = crate::tools::store::find(&mut tx, Asker::of(actor), tool, system.clock.now()).await?;
    found.filter(|(_, level)| *level >= Level::Read).ok_or(Error::NotFound("tool"))?;
    store::pin_of(&mut tx, tool).await
}

/// Imported tools that are stopped and that the asker may see, newest first, with the names people know them by.
pub async fn stopped(system: &System, actor: &Actor) -> Result<Vec<(Pin, String)>> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    let pins = store::pins(&mut tx, None, None).await?;
    let ids: Vec<uuid::Uuid> = pins.iter().map(|pin| pin.tool_id.0).collect();
    let names = store::tool_names(&mut tx, Asker::of(actor), &ids, system.clock.now()).await?;
    Ok(pins
        .into_iter()
        .filter_map(|pin| names.iter().find(|(id, _)| *id == pin.tool_id).map(|(_, name)| name.clone()).map(|name| (pin, name)))
        .collect())
}
