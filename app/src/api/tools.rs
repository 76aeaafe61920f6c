//! Tools, for their pages.

use crate::{api::tool_form::ToolForm, error::AppError};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use toolcrib::{
    executions::{Execution, ExecutionSummary, Pulse},
    ids::ToolId,
    page::Page,
    tools::{limits::LimitUse, Category, Status, Tool, ToolSummary, ToolVersion},
};

#[cfg(feature = "ssr")]
use crate::context;
#[cfg(feature = "ssr")]
use toolcrib::{
    Error,
    access::Permission,
    executions::{self, ExecuteRequest, ExecutionFilter},
    ids::ExecutionId,
    problem::FieldError,
    schema::form,
    tools::{self, Kind, ToolFilter, access::Level},
};

/// The list as its address asks for it; what is empty filters nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ToolQuery {
    pub q: String,
    pub kind: String,
    pub status: String,
    pub category: String,
    pub after: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolList {
    pub page: Page<ToolSummary>,
    /// In the order of the tools.
    pub pulses: Vec<Pulse>,
    pub categories: Vec<Category>,
    pub may_build: bool,
}

/// One tool, and what who asks may do with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolPage {
    pub tool: Tool,
    pub category: String,
    pub pulse: Option<Pulse>,
    /// Limits, and what is used of them now; nothing where there is none.
    pub limits: Option<LimitUse>,
    pub may_change: bool,
    pub may_execute: bool,
}

#[server(prefix = "/api/fn", endpoint = "tools/list")]
pub async fn list_tools(org: String, #[server(default)] query: ToolQuery) -> Result<ToolList, AppError> {
    let system = context::system()?;
    let actor = context::actor(&org).await?;
    let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let filter = ToolFilter {
        text: some(&query.q),
        kind: Kind::parse(&query.kind),
        status: Status::parse(&query.status),
        category_id: query.category.parse().ok(),
        cursor: some(&query.after),
        ..ToolFilter::default()
    };
    let page = tools::list(&system, &actor, filter).await?;
    let ids: Vec<ToolId> = page.items.iter().map(|tool| tool.id).collect();
    let pulses = executions::pulses(&system, &actor, &ids).await?;
    let categories = tools::categories::list(&system, &actor).await?;
    Ok(ToolList { page, pulses, categories, may_build: actor.may(Permission::Build) })
}

#[server(prefix = "/api/fn", endpoint = "tools/get")]
pub async fn get_tool(org: String, id: String) -> Result<ToolPage, AppError> {
    let system = context::system()?;
    let actor = context::actor(&org).await?;
    let id: ToolId = id.parse().map_err(|_| Error::NotFound("tool"))?;
    let (tool, level) = tools::get::get_with_level(&system, &actor, id).await?;
    let categories = tools::categories::list(&system, &actor).await?;
    let category = categories.into_iter().find(|category| Some(category.id) == tool.category_id).map(|category| category.name);
    let pulse = executions::pulses(&system, &actor, &[id]).await?.into_iter().next();
    Ok(ToolPage {
        tool,
        category: category.unwrap_or_default(),
        pulse,
        limits: tools::limits::limits(&system, &actor, id).await.map(Some)?.filter(LimitUse::is_limited),
        may_change: level == Level::Admin && actor.may(Permission::Build),
        may_execute: level >= Level::Execute && actor.may(Permission::UseTools),
    })
}

#[server(prefix = "/api/fn", endpoint = "tools/versions")]
pub async fn tool_versions(org: String, id: ToolId) -> Result<Vec<ToolVersion>, AppError> {
    let actor = context::actor(&org).await?;
    Ok(tools::versions::versions(&context::system()?, &actor, id).await?)
}

#[server(prefix = "/api/fn", endpoint = "tools/executions")]
pub async fn tool_executions(org: String, id: ToolId, #[server(default)] after: String) -> Result<Page<ExecutionSummary>, AppError> {
    let actor = context::actor(&org).await?;
    let cursor = Some(after).filter(|after| !after.is_empty());
    let filter = ExecutionFilter { tool_id: Some(id), cursor, limit: Some(30), ..ExecutionFilter::default() };
    Ok(executions::list(&context::system()?, &actor, filter).await?)
}

#[server(prefix = "/api/fn", endpoint = "tools/execution")]
pub async fn tool_execution(org: String, id: String) -> Result<Option<Execution>, AppError> {
    let actor = context::actor(&org).await?;
    let Ok(id) = id.parse::<ExecutionId>() else {
        return Ok(None);
    };
    match executions::get(&context::system()?, &actor, id).await {
        Ok(execution) => Ok(Some(execution)),
        Err(Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Where things are in the form rather than in the tool.
#[cfg(feature = "ssr")]
fn in_form(form: &ToolForm, error: Error) -> Error {
    match error {
        Error::Invalid(errors) => {
            let moved = errors.into_iter().map(|error| {
                let field = form.field_of(&error.pointer);
                // Where the field says less than the pointer did, the message says the rest.
                let inside =
                    error.pointer.split_once("schema/").filter(|_| field != error.pointer).map(|(_, inside)| format!("{inside}: "));
                FieldError { message: format!("{}{}", inside.unwrap_or_default(), error.message), pointer: field }
            });
            Error::Invalid(moved.collect())
        }
        other => other,
    }
}

#[server(prefix = "/api/fn", endpoint = "tools/create")]
pub async fn create_tool(org: String, #[server(default)] form: ToolForm) -> Result<(), AppError> {
    let system = context::system()?;
    let actor = context::actor(&org).await?;
    actor.require(Permission::Build)?;
    let mut new = form.read().map_err(Error::Invalid)?;
    new.category_id = tools::categories::named(&system, &actor, &form.category).await.map_err(|error| in_form(&form, error))?;
    let tool = tools::create(&system, &actor, new).await.map_err(|error| in_form(&form, error))?;
    leptos_axum::redirect(&format!("/{org}/tools/{}/try", tool.id));
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "tools/update")]
pub async fn update_tool(org: String, id: ToolId, expected_version: i32, #[server(default)] form: ToolForm) -> Result<(), AppError> {
    let system = context::system()?;
    let actor = context::actor(&org).await?;
    actor.require(Permission::Build)?;
    let mut change = form.change(expected_version).map_err(Error::Invalid)?;
    change.category_id = Some(tools::categories::named(&system, &actor, &form.category).await.map_err(|error| in_form(&form, error))?);
    tools::update(&system, &actor, id, change).await.map_err(|error| in_form(&form, error))?;
    leptos_axum::redirect(&format!("/{org}/tools/{id}"));
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "tools/status")]
pub async fn change_tool_status(org: String, id: ToolId, status: Status) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    tools::change_status(&context::system()?, &actor, id, status).await?;
    leptos_axum::redirect(&format!("/{org}/tools/{id}"));
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "tools/delete")]
pub async fn delete_tool(org: String, id: ToolId) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    tools::delete(&context::system()?, &actor, id).await?;
    leptos_axum::redirect(&format!("/{org}/tools"));
    Ok(())
}

/// Calls the tool with what was typed; the page then shows the execution that was recorded.
#[server(prefix = "/api/fn", endpoint = "tools/try")]
pub async fn try_tool(org: String, id: ToolId, #[server(default)] inputs: HashMap<String, String>) -> Result<(), AppError> {
    let system = context::system()?;
    let actor = context::actor(&org).await?;
    let tool = tools::get(&system, &actor, id).await?;
    let fields =
        form::fields(&tool.input_schema).into_iter().filter(|field| !tool.static_config.contains_key(&field.name)).collect::<Vec<_>>();
    let values = form::read(&fields, |name| inputs.get(name).cloned()).map_err(Error::Invalid)?;
    let request = ExecuteRequest { is_test: true, ..ExecuteRequest::new(id, serde_json::Value::Object(values)) };
    let execution = executions::execute(&system, &actor, request).await?;
    let errors = execution.field_errors();
    if !errors.is_empty() {
        return Err(Error::Invalid(errors).into());
    }
    leptos_axum::redirect(&format!("/{org}/tools/{id}/try?execution={}", execution.id));
    Ok(())
}
