//! What the forms of a workflow's page change: inputs, steps, mappings, output. Each reads the workflow, applies one change, saves it as a draft.

use crate::error::AppError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use {
    super::{conflict, workflow_id},
    crate::context,
    serde_json::{Value, json},
    toolcrib::{
        Error,
        actor::Actor,
        ids::ToolId,
        problem::FieldError,
        system::System,
        workflows::{
            self, UpdateWorkflow, Workflow,
            canvas::{
                fields::outline::{self, Asked},
                rows::read_source,
            },
            graph::{
                Catalog, Definition, FieldKind, InputField, NodeKind, RetryPolicy,
                change::{Change, Source, apply, source_of},
                resolve::typed,
                shape, types,
                validate::check_input_name,
            },
        },
    },
};

/// A row of the form of a workflow's inputs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct InputRow {
    pub name: String,
    pub kind: String,
    pub required: String,
    pub default: String,
    pub description: String,
}

/// A row that says where a field comes from. `source`: empty, `constant`, `expression`, `ai`, `path:<node>`, or a [`toolcrib::workflows::graph::change::Source`] as JSON.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SourceRow {
    pub name: String,
    pub source: String,
    pub value: String,
}

/// Which revision a form was filled from; `overwrite` is the one that "Save mine over it" saw.
#[cfg(feature = "ssr")]
pub(super) struct Read {
    pub revision: i32,
    pub overwrite: String,
}

#[cfg(feature = "ssr")]
impl Read {
    fn revision(&self) -> Result<i32, Error> {
        read_revision(self.revision, &self.overwrite)
    }
}

/// The revision that is to be replaced.
#[cfg(feature = "ssr")]
pub(super) fn read_revision(revision: i32, overwrite: &str) -> Result<i32, Error> {
    if overwrite.is_empty() {
        return Ok(revision);
    }
    overwrite.parse().map_err(|_| Error::Malformed("This form is out of date. Load the page again.".to_owned()))
}

#[cfg(feature = "ssr")]
fn field_error((field, message): (String, String)) -> Error {
    Error::invalid(field, message)
}

/// Reads the workflow, applies what `make` makes of it, saves it as a draft, and goes back to the outline.
#[cfg(feature = "ssr")]
pub(super) async fn change(
    org: &str,
    id: &str,
    read: Read,
    anchor: &str,
    make: impl FnOnce(&Workflow, &Catalog) -> Result<Change, Error>,
) -> Result<(), AppError> {
    let actor: Actor = context::actor(org).await?;
    let system: System = context::system()?;
    let id = workflow_id(id)?;
    let workflow = workflows::get::get(&system, &actor, id).await?;
    let catalog = workflows::catalog::catalog_with(&system, &actor, id, &workflow.definition).await?;
    let change = make(&workflow, &catalog)?;
    let applied = apply(workflow.definition.clone(), change.clone(), &catalog);
    if workflow.revision != read.revision()? {
        return Err(conflict::of_change(&workflow, &change, applied.ok().as_ref(), &catalog));
    }
    let definition = applied.map_err(field_error)?;
    let update = UpdateWorkflow { revision: workflow.revision, definition: Some(definition), draft: true, ..UpdateWorkflow::default() };
    match workflows::update::update(&system, &actor, id, update).await {
        Err(Error::Stale(_)) => {
            let stored = workflows::get::get(&system, &actor, id).await?;
            let applied = apply(stored.definition.clone(), change.clone(), &catalog).ok();
            return Err(conflict::of_change(&stored, &change, applied.as_ref(), &catalog));
        }
        other => other?,
    };
    leptos_axum::redirect(&format!("/{org}/workflows/{id}/outline{anchor}"));
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "workflows/save_inputs")]
pub async fn save_inputs(
    org: String,
    id: String,
    revision: i32,
    #[server(default)] overwrite: String,
    #[server(default)] fields: Vec<InputRow>,
) -> Result<(), AppError> {
    change(&org, &id, Read { revision, overwrite }, "#inputs", |_, _| {
        let mut errors = Vec::new();
        let mut inputs: Vec<InputField> = Vec::new();
        for (index, row) in fields.into_iter().enumerate() {
            let name = row.name.trim().to_owned();
            if name.is_empty() {
                continue;
            }
            if let Err(message) = check_input_name(&name) {
                errors.push(FieldError::new(format!("fields[{index}][name]"), message));
            } else if inputs.iter().any(|other| other.name == name) {
                errors.push(FieldError::new(format!("fields[{index}][name]"), "There is another input of this name."));
            }
            let kind = FieldKind::parse(&row.kind).unwrap_or_default();
            let default = if row.default.is_empty() {
                None
            } else {
                match typed(&row.default, &json!({ "type": kind.as_str() })) {
                    Ok(value) => Some(value),
                    Err(message) => {
                        errors.push(FieldError::new(format!("fields[{index}][default]"), message));
                        None
                    }
                }
            };
            inputs.push(InputField {
                name,
                kind,
                required: row.required == "true",
                description: row.description.trim().to_owned(),
                default,
            });
        }
        if errors.is_empty() { Ok(Change::SetInputs(inputs)) } else { Err(Error::Invalid(errors)) }
    })
    .await
}

#[server(prefix = "/api/fn", endpoint = "workflows/add_step")]
pub async fn add_step(
    org: String,
    id: String,
    revision: i32,
    #[server(default)] overwrite: String,
    tool_id: String,
    #[server(default)] label: String,
) -> Result<(), AppError> {
    change(&org, &id, Read { revision, overwrite }, "#steps", |_, catalog| {
        if let Some(workflow) = tool_id.strip_prefix("workflow:") {
            let workflow_id = workflow.parse().map_err(|_| Error::invalid("tool_id", "Choose a workflow."))?;
            return Ok(Change::AddWorkflow { workflow_id, label });
        }
        let tool_id: Option<ToolId> = tool_id.parse().ok().filter(|id| catalog.contains_key(id));
        let tool_id = tool_id.ok_or_else(|| Error::invalid("tool_id", "Choose a tool."))?;
        Ok(Change::AddTool { tool_id, label })
    })
    .await
}

/// A step of any type but `tool`: a condition, a delay, …
#[server(prefix = "/api/fn", endpoint = "workflows/add_node")]
pub async fn add_node(
    org: String,
    id: String,
    revision: i32,
    #[server(default)] overwrite: String,
    kind: String,
    #[server(default)] label: String,
) -> Result<(), AppError> {
    change(&org, &id, Read { revision, overwrite }, "#steps", |_, _| {
        let kind = NodeKind::ALL.into_iter().find(|known| known.as_str() == kind);
        let kind = kind.filter(|kind| kind.is_step() && *kind != NodeKind::Tool);
        Ok(Change::AddNode { kind: kind.ok_or_else(|| Error::invalid("kind", "Choose a type."))?, label })
    })
    .await
}

/// All settings of a step, as JSON.
#[server(prefix = "/api/fn", endpoint = "workflows/save_config")]
pub async fn save_config(
    org: String,
    id: String,
    revision: i32,
    #[server(default)] overwrite: String,
    node: String,
    config: String,
) -> Result<(), AppError> {
    let anchor = format!("#step-{node}");
    change(&org, &id, Read { revision, overwrite }, &anchor, |_, _| {
        let config = serde_json::from_str(&config).map_err(|error| Error::invalid("config", format!("These are no settings: {error}.")))?;
        Ok(Change::SetConfig { node, config })
    })
    .await
}

/// The whole definition, as JSON.
#[server(prefix = "/api/fn", endpoint = "workflows/save_definition")]
pub async fn save_definition(
    org: String,
    id: String,
    revision: i32,
    #[server(default)] overwrite: String,
    definition: String,
) -> Result<(), AppError> {
    let actor: Actor = context::actor(&org).await?;
    let (system, workflow) = (context::system()?, workflow_id(&id)?);
    let definition: Definition =
        serde_json::from_str(&definition).map_err(|error| Error::invalid("definition", format!("This is no definition: {error}.")))?;
    let revision = read_revision(revision, &overwrite)?;
    let update = UpdateWorkflow { revision, definition: Some(definition.clone()), draft: true, ..UpdateWorkflow::default() };
    match workflows::update::update(&system, &actor, workflow, update).await {
        Ok(_) => {}
        Err(Error::Stale(_)) => {
            let stored = workflows::get::get(&system, &actor, workflow).await?;
            return Err(conflict::of_definition(&stored, &definition));
        }
        // The form has one field; what is wrong inside the definition is told there.
        Err(Error::Invalid(errors)) => {
            let told = errors.iter().take(5).map(|error| format!("{}: {}", error.pointer, error.message)).collect::<Vec<_>>().join(" ");
            return Err(Error::invalid("definition", told).into());
        }
        Err(other) => return Err(other.into()),
    }
    leptos_axum::redirect(&format!("/{org}/workflows/{id}/outline?tab=json"));
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "workflows/move_step")]
pub async fn move_step(org: String, id: String, revision: i32, node: String, direction: String) -> Result<(), AppError> {
    change(&org, &id, Read { revision, overwrite: String::new() }, "#steps", |_, _| Ok(Change::Move { node, up: direction == "up" })).await
}

/// Switches a step off; without `disabled`, on.
#[server(prefix = "/api/fn", endpoint = "workflows/disable_step")]
pub async fn disable_step(
    org: String,
    id: String,
    revision: i32,
    node: String,
    #[server(default)] disabled: String,
) -> Result<(), AppError> {
    let anchor = format!("#step-{node}");
    let read = Read { revision, overwrite: String::new() };
    change(&org, &id, read, &anchor, |_, _| Ok(Change::Disable { nodes: vec![node], disabled: disabled == "true" })).await
}

#[server(prefix = "/api/fn", endpoint = "workflows/remove_step")]
pub async fn remove_step(org: String, id: String, revision: i32, node: String) -> Result<(), AppError> {
    change(&org, &id, Read { revision, overwrite: String::new() }, "#steps", |_, _| Ok(Change::Remove { node })).await
}

/// What a row says of a field that the calling agent fills.
pub const BY_AGENT: &str = "ai";

/// The rows that leave a field to the calling agent. What was typed for another source is no description.
#[cfg(feature = "ssr")]
fn asked(
    definition: &Definition,
    node: &str,
    rows: &[SourceRow],
    schema: impl Fn(&str) -> Value,
    demands: impl Fn(&str) -> bool,
) -> Vec<Asked> {
    let asked = |row: &SourceRow| {
        let (field, typed) = (row.name.trim().to_owned(), row.value.trim());
        let words = match definition.node(node).map(|node| source_of(definition, node, &field)) {
            _ if outline::words(definition, node, &field).is_some() => Some(typed.to_owned()),
            Some(Source::Constant(value)) if typed == value.as_str().map_or_else(|| value.to_string(), |text| text.trim().to_owned()) => {
                None
            }
            Some(Source::Expression(text)) if typed == text => None,
            Some(Source::Field { path, .. }) if typed == path => None,
            _ => Some(typed.to_owned()).filter(|typed| !typed.is_empty()),
        };
        Asked { schema: schema(&field), required: demands(&field), words, field }
    };
    rows.iter().filter(|row| row.source == BY_AGENT && !row.name.trim().is_empty()).map(asked).collect()
}

#[cfg(feature = "ssr")]
fn read_sources(rows: Vec<SourceRow>, schema: impl Fn(&str) -> Value) -> Result<Vec<(String, Source)>, Error> {
    let mut errors = Vec::new();
    let mut sources = Vec::new();
    for (index, row) in rows.into_iter().enumerate() {
        let name = row.name.trim().to_owned();
        if name.is_empty() {
            if !row.source.is_empty() {
                errors.push(FieldError::new(format!("fields[{index}][name]"), "Give this field a name."));
            }
            continue;
        }
        if row.source == BY_AGENT {
            continue;
        }
        match read_source(&row.source, &row.value, &schema(&name)) {
            Ok(Source::Field { path, .. }) if workflows::graph::path::Path::parse(&path).is_err() => {
                errors.push(FieldError::new(format!("fields[{index}][value]"), "Write paths like rows, items[0].name or items[*].price."));
            }
            Ok(source) => sources.push((name, source)),
            Err(message) => errors.push(FieldError::new(format!("fields[{index}][value]"), message)),
        }
    }
    if errors.is_empty() { Ok(sources) } else { Err(Error::Invalid(errors)) }
}

#[server(prefix = "/api/fn", endpoint = "workflows/save_step")]
pub async fn save_step(
    org: String,
    id: String,
    revision: i32,
    #[server(default)] overwrite: String,
    node: String,
    #[server(default)] label: String,
    #[server(default)] fields: Vec<SourceRow>,
    #[server(default)] attempts: String,
    #[server(default)] backoff_ms: String,
    #[server(default)] continue_on_error: String,
) -> Result<(), AppError> {
    let anchor = format!("#step-{node}");
    change(&org, &id, Read { revision, overwrite }, &anchor, |workflow, catalog| {
        let taken = workflow.definition.node(&node).and_then(|node| shape::input(node, catalog));
        let schema = |name: &str| {
            taken
                .as_ref()
                .and_then(|schema| types::fields(schema).into_iter().find(|(field, _)| *field == name).map(|(_, schema)| schema.clone()))
                .unwrap_or(Value::Null)
        };
        let asked =
            asked(&workflow.definition, &node, &fields, schema, |name| taken.as_ref().is_some_and(|schema| types::demands(schema, name)));
        let sources = read_sources(fields, schema)?;
        let number = |text: &str, field: &str, most: u64, default: u64| match text.trim() {
            "" => Ok(default),
            text => {
                text.parse::<u64>().ok().filter(|n| *n <= most).ok_or_else(|| Error::invalid(field, format!("A number from 0 to {most}.")))
            }
        };
        let max_attempts = u32::try_from(number(&attempts, "attempts", 10, 1)?.max(1)).unwrap_or(1);
        let backoff_ms = number(&backoff_ms, "backoff_ms", 300_000, 1_000)?;
        let retry = Some(RetryPolicy { max_attempts, backoff_ms, jitter: true });
        let step = Change::SetStep { node, label, sources, retry, continue_on_error: continue_on_error == "true" };
        outline::set_step(&workflow.definition, catalog, step, asked).map_err(field_error)
    })
    .await
}

#[server(prefix = "/api/fn", endpoint = "workflows/save_outputs")]
pub async fn save_outputs(
    org: String,
    id: String,
    revision: i32,
    #[server(default)] overwrite: String,
    #[server(default)] fields: Vec<SourceRow>,
) -> Result<(), AppError> {
    change(&org, &id, Read { revision, overwrite }, "#output", |_, _| {
        let fields: Vec<SourceRow> = fields.into_iter().filter(|row| !row.name.trim().is_empty() || !row.source.is_empty()).collect();
        Ok(Change::SetOutputs(read_sources(fields, |_| Value::Null)?))
    })
    .await
}
