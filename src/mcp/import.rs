//! From what a server offers to tools of our own.

use super::{Definition, Import, ImportTool, get::refusal, naming, schema, store};
use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    ids::McpServerId,
    problem::FieldError,
    system::System,
    tools::{self, Kind, NewTool, Status, Tool, check},
};
use serde_json::{Value, json};

/// Imports the named tools, all or none. Each is pinned to what the server offered when it was last listed.
pub async fn import(system: &System, actor: &Actor, id: McpServerId, order: Import) -> Result<Vec<Tool>> {
    actor.require(Permission::Build)?;
    if order.tools.is_empty() {
        return Err(Error::invalid("tools", "Choose at least one tool."));
    }
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    store::lock(&mut tx, id).await?;
    let server = store::find(&mut tx, id, now).await?.ok_or(Error::NotFound("MCP server"))?;
    let offered = store::offered(&mut tx, id).await?;
    let (mut errors, mut made): (Vec<FieldError>, Vec<(NewTool, Definition, String)>) = (Vec::new(), Vec::new());
    for (index, wanted) in order.tools.iter().enumerate() {
        let at = |field: &str| format!("/tools/{index}/{field}");
        let Some((definition, hash)) = offered.iter().find(|(tool, _)| tool.name == wanted.upstream_name) else {
            errors.push(FieldError::new(at("upstream_name"), format!("The server offers no tool “{}”.", wanted.upstream_name)));
            continue;
        };
        if let Some(refusal) = refusal(definition) {
            errors.push(FieldError::new(at("upstream_name"), refusal));
            continue;
        }
        let mut tool = new_tool(wanted, definition, hash, &server.configuration.name, id)?;
        tool.visibility = order.visibility;
        tool.status = if order.activate { Status::Active } else { Status::Draft };
        if made.iter().any(|(other, ..)| other.name == tool.name) {
            errors.push(FieldError::new(at("name"), "Another tool of this import has this name."));
        }
        errors.extend(
            check::check_tool(&mut tool).into_iter().map(|error| FieldError::new(at(error.pointer.trim_start_matches('/')), error.message)),
        );
        made.push((tool, definition.clone(), hash.clone()));
    }
    let names: Vec<String> = made.iter().map(|(tool, ..)| tool.name.clone()).collect();
    let taken = store::taken_names(&mut tx, &names).await?;
    for (index, wanted) in order.tools.iter().enumerate() {
        let name = name_of(wanted, &server.configuration.name);
        if taken.contains(&name) {
            errors
                .push(FieldError::new(format!("/tools/{index}/name"), "A tool of this name exists. Names are unique in an organization."));
        }
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let mut tools = Vec::new();
    for (new, definition, hash) in made {
        let tool = tools::create::insert(&mut tx, actor, new, now).await?;
        store::insert_pin(&mut tx, actor, tool.id, id, &definition, &hash, now).await?;
        tools.push(tool);
    }
    tx.commit().await?;
    Ok(tools)
}

fn name_of(wanted: &ImportTool, server: &str) -> String {
    let given = wanted.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    given.map_or_else(|| naming::propose(&wanted.upstream_name, server), str::to_owned)
}

fn new_tool(wanted: &ImportTool, definition: &Definition, hash: &str, server: &str, id: McpServerId) -> Result<NewTool> {
    let mut tool = NewTool::new(name_of(wanted, server), Kind::Mcp);
    tool.display_name = definition.title.clone().unwrap_or_default().chars().take(200).collect();
    tool.description = definition.description.clone();
    (tool.input_schema, tool.output_schema) = schemas(definition)?;
    tool.executor_config = json!({"server_id": id, "server": server, "upstream_name": definition.name, "hash": hash});
    Ok(tool)
}

/// Input and output schema in our dialect.
pub(super) fn schemas(definition: &Definition) -> Result<(Value, Value)> {
    let refused = |why: String| Error::conflict("input_schema", format!("It cannot be taken over: {why}."));
    let input = schema::to_draft_07(&definition.input_schema).map_err(refused)?;
    let output = definition.output_schema.as_ref().map(schema::to_draft_07).transpose().map_err(refused)?;
    Ok((input, output.unwrap_or_else(|| json!({}))))
}
