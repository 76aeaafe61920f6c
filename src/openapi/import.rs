//! Chosen operations become tools, or renew the tools they became before.

use super::{ImportOperations, Imported, State, get, store};
use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    ids::OpenapiDocumentId,
    problem::FieldError,
    system::System,
    tools::{self, NewTool, Status, Tool, UpdateTool},
};

/// One by one: what cannot be done is reported and stops nothing else.
pub async fn import(system: &System, actor: &Actor, id: OpenapiDocumentId, wanted: ImportOperations) -> Result<Vec<Imported>> {
    actor.require(Permission::Build)?;
    if wanted.operations.is_empty() {
        return Err(Error::Invalid(vec![FieldError::new("operations", "Choose at least one operation.")]));
    }
    let mut tx = system.tenant(actor).await?;
    let (document, value) = store::find(&mut tx, id).await?;
    let existing = store::tools_of(&mut tx, actor, id, system.clock.now()).await?;
    let names = store::names(&mut tx).await?;
    drop(tx);
    let mut steps = get::plan(&document, &value, &existing, names);
    let mut done = Vec::new();
    for key in &wanted.operations {
        let Some(step) = steps.iter_mut().find(|step| step.operation.key == *key) else {
            done.push(refused(key, "", "The document has no such operation."));
            continue;
        };
        let name = step.operation.name.clone();
        let Some(tool) = step.tool.take() else {
            done.push(refused(key, &name, step.operation.notes.last().map_or("It was chosen twice.", String::as_str)));
            continue;
        };
        let outcome = match &step.existing {
            Some(existing) if step.operation.state == State::Same => Ok((existing.clone(), "unchanged")),
            Some(existing) => renew(system, actor, existing, tool, &document.version).await.map(|tool| (tool, "updated")),
            None => {
                let status = if wanted.activate { Status::Active } else { Status::Draft };
                tools::create(system, actor, NewTool { status, ..tool }).await.map(|tool| (tool, "created"))
            }
        };
        done.push(match outcome {
            Ok((tool, outcome)) => {
                Imported { key: key.clone(), name: tool.name, tool_id: Some(tool.id), outcome: outcome.to_owned(), message: None }
            }
            // Ours, not the tool's: the rest would fail alike.
            Err(error @ (Error::Internal(_) | Error::Unavailable(_))) => return Err(error),
            Err(error) => refused(key, &name, &error.to_string()),
        });
    }
    Ok(done)
}

fn refused(key: &str, name: &str, why: &str) -> Imported {
    Imported { key: key.to_owned(), name: name.to_owned(), tool_id: None, outcome: "refused".to_owned(), message: Some(why.to_owned()) }
}

/// What the document says replaces what the tool says; all else of the tool stays.
async fn renew(system: &System, actor: &Actor, existing: &Tool, next: NewTool, version: &str) -> Result<Tool> {
    let change = UpdateTool {
        expected_version: Some(existing.version),
        changelog: format!("Imported again from the OpenAPI document, version {version}").chars().take(1_000).collect(),
        display_name: Some(next.display_name),
        description: Some(next.description),
        input_schema: Some(next.input_schema),
        output_schema: Some(next.output_schema),
        api_spec: next.api_spec,
        config_metadata: Some(next.config_metadata),
        ..UpdateTool::default()
    };
    tools::update(system, actor, existing.id, change).await
}
