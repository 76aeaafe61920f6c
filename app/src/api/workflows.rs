//! Server functions of workflows and runs.

use crate::error::AppError;
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use toolcrib::workflows::{Run, RunSummary, Workflow, WorkflowSummary, graph::ToolShape};
#[cfg(feature = "ssr")]
use {
    crate::context,
    serde_json::{Map, Value, json},
    toolcrib::{
        Error,
        access::Permission,
        actor::Actor,
        ids::{RunId, ToolId, WorkflowId},
        names,
        problem::FieldError,
        system::System,
        workflows::{
            self, NewWorkflow, StartRun, UpdateWorkflow, Visibility,
            graph::{
                Catalog, FieldKind, InputField, RetryPolicy,
                change::{Change, Source, apply},
                resolve::typed,
                types,
                validate::check_input_name,
            },
            list,
            list_runs::ListRuns,
        },
    },
};

/// The list of workflows, and whether who asks may make one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkflowList {
    pub workflows: Vec<WorkflowSummary>,
    pub next_cursor: Option<String>,
    pub may_build: bool,
}

/// One workflow with what its page needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkflowPage {
    pub workflow: Workflow,
    /// The tools in it.
    pub tools: Vec<ToolShape>,
    /// All tools that could be added: id and name.
    pub choices: Vec<(String, String)>,
    pub runs: Vec<RunSummary>,
    pub may_change: bool,
}

/// One run with what its page needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunPage {
    pub run: Run,
    /// The server's time: how far running bars reach.
    pub now: DateTime<Utc>,
    pub may_cancel: bool,
}

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

/// A row that says where a field comes from. `source`: empty, `constant`, `path:<node>`, or a [`toolcrib::workflows::graph::change::Source`] as JSON.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SourceRow {
    pub name: String,
    pub source: String,
    pub value: String,
}

/// A row of the form that starts a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ValueRow {
    pub name: String,
    pub value: String,
}

/// An id from an address: what is none is not found.
#[cfg(feature = "ssr")]
fn workflow_id(text: &str) -> Result<WorkflowId, AppError> {
    Ok(text.parse().map_err(|_| Error::NotFound("workflow"))?)
}

#[cfg(feature = "ssr")]
fn run_id(text: &str) -> Result<RunId, AppError> {
    Ok(text.parse().map_err(|_| Error::NotFound("run"))?)
}

#[server(prefix = "/api/fn", endpoint = "workflows/list")]
pub async fn list_workflows(
    org: String,
    #[server(default)] search: String,
    #[server(default)] cursor: String,
) -> Result<WorkflowList, AppError> {
    let actor = context::actor(&org).await?;
    let system = context::system()?;
    let query = list::ListWorkflows { search: Some(search), cursor: Some(cursor), limit: None };
    let page = list::list(&system, &actor, &query).await?;
    Ok(WorkflowList { workflows: page.items, next_cursor: page.next_cursor, may_build: actor.may(Permission::Build) })
}

#[server(prefix = "/api/fn", endpoint = "workflows/get")]
pub async fn get_workflow(org: String, id: String) -> Result<WorkflowPage, AppError> {
    let actor = context::actor(&org).await?;
    let system = context::system()?;
    let workflow = workflows::get::get(&system, &actor, workflow_id(&id)?).await?;
    let catalog = workflows::catalog::catalog(&system, &actor).await?;
    let used = workflow.definition.tool_ids();
    let mut choices: Vec<(String, String)> = catalog
        .values()
        .map(|tool| {
            let note = if tool.status == "active" { String::new() } else { format!(" ({})", tool.status) };
            (tool.id.to_string(), format!("{}{note}", tool.display_name))
        })
        .collect();
    choices.sort_by_key(|(_, name)| name.to_lowercase());
    let tools = catalog.into_values().filter(|tool| used.contains(&tool.id)).collect();
    let query = ListRuns { workflow_id: Some(workflow.id), limit: Some(8), ..ListRuns::default() };
    let runs = workflows::list_runs::list_runs(&system, &actor, &query).await?.items;
    let mine = workflow.owner_id == Some(actor.user_id.0) || actor.may(Permission::ManageTools);
    let may_change = actor.may(Permission::Build) && (mine || workflow.visibility == Visibility::Public);
    Ok(WorkflowPage { workflow, tools, choices, runs, may_change })
}

#[server(prefix = "/api/fn", endpoint = "workflows/create")]
pub async fn create_workflow(
    org: String,
    display_name: String,
    #[server(default)] name: String,
    #[server(default)] description: String,
    #[server(default)] visibility: String,
) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    let name = if name.trim().is_empty() { names::name_from(&display_name) } else { name };
    let visibility = Visibility::parse(&visibility).unwrap_or(Visibility::Private);
    let new = NewWorkflow { name, display_name, description, definition: workflows::graph::Definition::default(), visibility, draft: true };
    let workflow = workflows::create::create(&context::system()?, &actor, new).await?;
    leptos_axum::redirect(&format!("/{org}/workflows/{}", workflow.id));
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "workflows/save_settings")]
pub async fn save_settings(
    org: String,
    id: String,
    revision: i32,
    display_name: String,
    name: String,
    #[server(default)] description: String,
    #[server(default)] visibility: String,
) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    let change = UpdateWorkflow {
        revision,
        name: Some(name),
        display_name: Some(display_name),
        description: Some(description),
        definition: None,
        visibility: Visibility::parse(&visibility),
        draft: true,
    };
    workflows::update::update(&context::system()?, &actor, workflow_id(&id)?, change).await?;
    leptos_axum::redirect(&format!("/{org}/workflows/{id}"));
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "workflows/delete")]
pub async fn delete_workflow(org: String, id: String) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    workflows::delete::delete(&context::system()?, &actor, workflow_id(&id)?).await?;
    leptos_axum::redirect(&format!("/{org}/workflows"));
    Ok(())
}

#[cfg(feature = "ssr")]
fn field_error((field, message): (String, String)) -> Error {
    Error::invalid(field, message)
}

/// Reads the workflow, applies what `make` makes of it, saves it as a draft, and goes back to its page.
#[cfg(feature = "ssr")]
async fn change(
    org: &str,
    id: &str,
    revision: i32,
    anchor: &str,
    make: impl FnOnce(&Workflow, &Catalog) -> Result<Change, Error>,
) -> Result<(), AppError> {
    let actor: Actor = context::actor(org).await?;
    let system: System = context::system()?;
    let id = workflow_id(id)?;
    let workflow = workflows::get::get(&system, &actor, id).await?;
    let catalog = workflows::catalog::catalog(&system, &actor).await?;
    let change = make(&workflow, &catalog)?;
    let definition = apply(workflow.definition, change, &catalog).map_err(field_error)?;
    let update = UpdateWorkflow { revision, definition: Some(definition), draft: true, ..UpdateWorkflow::default() };
    workflows::update::update(&system, &actor, id, update).await?;
    leptos_axum::redirect(&format!("/{org}/workflows/{id}{anchor}"));
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "workflows/save_inputs")]
pub async fn save_inputs(org: String, id: String, revision: i32, #[server(default)] fields: Vec<InputRow>) -> Result<(), AppError> {
    change(&org, &id, revision, "#inputs", |_, _| {
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
pub async fn add_step(org: String, id: String, revision: i32, tool_id: String, #[server(default)] label: String) -> Result<(), AppError> {
    change(&org, &id, revision, "#steps", |_, catalog| {
        let tool_id: Option<ToolId> = tool_id.parse().ok().filter(|id| catalog.contains_key(id));
        let tool_id = tool_id.ok_or_else(|| Error::invalid("tool_id", "Choose a tool."))?;
        Ok(Change::AddTool { tool_id, label })
    })
    .await
}

#[server(prefix = "/api/fn", endpoint = "workflows/move_step")]
pub async fn move_step(org: String, id: String, revision: i32, node: String, direction: String) -> Result<(), AppError> {
    change(&org, &id, revision, "#steps", |_, _| Ok(Change::Move { node, up: direction == "up" })).await
}

#[server(prefix = "/api/fn", endpoint = "workflows/remove_step")]
pub async fn remove_step(org: String, id: String, revision: i32, node: String) -> Result<(), AppError> {
    change(&org, &id, revision, "#steps", |_, _| Ok(Change::Remove { node })).await
}

/// What a row of a form means. `schema`: what the field wants.
#[cfg(feature = "ssr")]
fn read_source(row: &SourceRow, schema: &Value) -> Result<Source, String> {
    match row.source.as_str() {
        "" => Ok(Source::Nothing),
        "constant" => Ok(Source::Constant(typed(&row.value, schema)?)),
        other => match other.strip_prefix("path:") {
            Some(node) => Ok(Source::Field { node: node.to_owned(), path: row.value.trim().to_owned() }),
            None => serde_json::from_str(other).map_err(|_| "Choose a source from the list.".to_owned()),
        },
    }
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
        match read_source(&row, &schema(&name)) {
            Ok(Source::Field { path, .. }) if workflows::graph::path::Path::parse(&path).is_err() => {
                errors.push(FieldError::new(format!("fields[{index}][value]"), "Write paths like rows, items[0].name or items[*].price."));
            }
            Ok(source) => sources.push((name, source)),
            Err(message) => errors.push(FieldError::new(format!("fields[{index}][value]"), message)),
        }
    }
    if errors.is_empty() { Ok(sources) } else { Err(Error::Invalid(errors)) }
}

#[allow(clippy::too_many_arguments)]
#[server(prefix = "/api/fn", endpoint = "workflows/save_step")]
pub async fn save_step(
    org: String,
    id: String,
    revision: i32,
    node: String,
    #[server(default)] label: String,
    #[server(default)] fields: Vec<SourceRow>,
    #[server(default)] attempts: String,
    #[server(default)] backoff_ms: String,
    #[server(default)] continue_on_error: String,
) -> Result<(), AppError> {
    let anchor = format!("#step-{node}");
    change(&org, &id, revision, &anchor, |workflow, catalog| {
        let tool = workflow.definition.node(&node).and_then(|node| node.tool_id).and_then(|id| catalog.get(&id));
        let schema = |name: &str| {
            tool.and_then(|tool| {
                types::fields(&tool.input_schema).into_iter().find(|(field, _)| *field == name).map(|(_, schema)| schema.clone())
            })
            .unwrap_or(Value::Null)
        };
        let sources = read_sources(fields, schema)?;
        let number = |text: &str, field: &str, most: u64, default: u64| match text.trim() {
            "" => Ok(default),
            text => {
                text.parse::<u64>().ok().filter(|n| *n <= most).ok_or_else(|| Error::invalid(field, format!("A number from 0 to {most}.")))
            }
        };
        let max_attempts = u32::try_from(number(&attempts, "attempts", 10, 1)?.max(1)).unwrap_or(1);
        let backoff_ms = number(&backoff_ms, "backoff_ms", 300_000, 1_000)?;
        Ok(Change::SetStep {
            node,
            label,
            sources,
            retry: Some(RetryPolicy { max_attempts, backoff_ms }),
            continue_on_error: continue_on_error == "true",
        })
    })
    .await
}

#[server(prefix = "/api/fn", endpoint = "workflows/save_outputs")]
pub async fn save_outputs(org: String, id: String, revision: i32, #[server(default)] fields: Vec<SourceRow>) -> Result<(), AppError> {
    change(&org, &id, revision, "#output", |_, _| {
        let fields: Vec<SourceRow> = fields.into_iter().filter(|row| !row.name.trim().is_empty() || !row.source.is_empty()).collect();
        Ok(Change::SetOutputs(read_sources(fields, |_| Value::Null)?))
    })
    .await
}

#[server(prefix = "/api/fn", endpoint = "workflows/run")]
pub async fn run_workflow(org: String, id: String, #[server(default)] fields: Vec<ValueRow>) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    let system = context::system()?;
    let id = workflow_id(&id)?;
    let workflow = workflows::get::get(&system, &actor, id).await?;
    let mut input = Map::new();
    let mut errors = Vec::new();
    for (index, row) in fields.iter().enumerate() {
        let Some(field) = workflow.definition.inputs().iter().find(|field| field.name == row.name) else { continue };
        if row.value.is_empty() {
            if field.required && field.default.is_none() {
                errors.push(FieldError::new(format!("fields[{index}][value]"), "This is needed."));
            }
            continue;
        }
        match typed(&row.value, &json!({ "type": field.kind.as_str() })) {
            Ok(value) => {
                input.insert(field.name.clone(), value);
            }
            Err(message) => errors.push(FieldError::new(format!("fields[{index}][value]"), message)),
        }
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors).into());
    }
    let run = workflows::execute::execute(&system, &actor, id, StartRun { input, ..StartRun::default() }).await?;
    leptos_axum::redirect(&format!("/{org}/runs/{}", run.id));
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "runs/get")]
pub async fn get_run(org: String, id: String) -> Result<RunPage, AppError> {
    let actor = context::actor(&org).await?;
    let system = context::system()?;
    let run = workflows::get_run::get_run(&system, &actor, run_id(&id)?).await?;
    let may_cancel = run.user_id == Some(actor.user_id) || actor.may(Permission::Build);
    Ok(RunPage { run, now: system.clock.now(), may_cancel })
}

#[server(prefix = "/api/fn", endpoint = "runs/cancel")]
pub async fn cancel_run(org: String, id: String) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    workflows::cancel::cancel(&context::system()?, &actor, run_id(&id)?).await?;
    leptos_axum::redirect(&format!("/{org}/runs/{id}"));
    Ok(())
}

/// The workflow as it is now, with the inputs of that run.
#[server(prefix = "/api/fn", endpoint = "runs/again")]
pub async fn run_again(org: String, id: String) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    let system = context::system()?;
    let run = workflows::get_run::get_run(&system, &actor, run_id(&id)?).await?;
    let start = StartRun { input: run.input_data, ..StartRun::default() };
    let again = workflows::execute::execute(&system, &actor, run.workflow_id, start).await?;
    leptos_axum::redirect(&format!("/{org}/runs/{}", again.id));
    Ok(())
}
