//! Tools, for their pages.

use crate::{
    api::{mcp_servers::PinPage, tool_form::ToolForm},
    error::AppError,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use toolcrib::{
    executions::{Execution, Pulse},
    ids::ToolId,
    mcp::PinState,
    page::Page,
    tools::{Facets, Goes, Status, Tool, ToolSummary, ToolVersion, comparison::Comparison, limits::LimitUse},
};

#[cfg(feature = "ssr")]
use crate::context;
#[cfg(feature = "ssr")]
use toolcrib::{
    Error,
    access::Permission,
    executions::{self, ExecuteRequest},
    ids::ExecutionId,
    mcp,
    problem::FieldError,
    schema::form,
    tools::{self, Kind, ToolFilter, ToolSort, Visibility, access::Level},
};

/// The list as its address asks for it; what is empty filters nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ToolQuery {
    pub q: String,
    pub kind: String,
    pub status: String,
    pub category: String,
    pub tag: String,
    pub owner: String,
    pub visibility: String,
    pub agent: String,
    /// One of [`USED`].
    pub used: String,
    pub sort: String,
    pub dir: String,
    pub after: String,
}

/// When a tool was called last, as the list filters it: value, words, days, whether it was called since.
pub const USED: [(&str, &str, i64, bool); 6] = [
    ("1d", "Used in the last 24 hours", 1, true),
    ("7d", "Used in the last 7 days", 7, true),
    ("30d", "Used in the last 30 days", 30, true),
    ("not7d", "Not used for 7 days", 7, false),
    ("not30d", "Not used for 30 days", 30, false),
    ("not90d", "Not used for 90 days", 90, false),
];

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolList {
    pub page: Page<ToolSummary>,
    /// In the order of the tools.
    pub pulses: Vec<Pulse>,
    /// All that match.
    pub total: i64,
    /// Imported tools that are stopped.
    pub stopped: Vec<(ToolId, PinState)>,
}

/// What the list can be filtered by, and what who asks may do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolChoices {
    pub facets: Facets,
    pub may_build: bool,
    pub may_manage: bool,
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
    /// What deleting it would destroy; for those who may.
    pub goes: Option<Goes>,
    /// Tests that failed when they ran last, as they are now.
    pub tests_fail: bool,
    /// For a tool of an MCP server: where it comes from, and whether it is stopped.
    pub pin: Option<PinPage>,
}

/// The filter that the address asks for. What is no such value filters nothing.
#[cfg(feature = "ssr")]
pub(crate) fn filter_of(query: &ToolQuery, now: chrono::DateTime<chrono::Utc>) -> ToolFilter {
    let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let used = USED.iter().find(|(value, ..)| *value == query.used);
    let moment = |since: bool| used.filter(|(.., called)| *called == since).map(|(_, _, days, _)| now - chrono::Duration::days(*days));
    ToolFilter {
        text: some(&query.q),
        kind: Kind::parse(&query.kind),
        status: Status::parse(&query.status),
        category_id: query.category.parse().ok(),
        tag: some(&query.tag),
        owner_id: query.owner.parse().ok(),
        visibility: Visibility::parse(&query.visibility),
        agent_id: query.agent.parse().ok(),
        used_since: moment(true),
        unused_since: moment(false),
        sort: ToolSort::parse(&query.sort),
        descending: query.dir == "desc",
        cursor: some(&query.after),
        limit: None,
    }
}

#[server(prefix = "/api/fn", endpoint = "tools/list")]
pub async fn list_tools(org: String, #[server(default)] query: ToolQuery) -> Result<ToolList, AppError> {
    let system = context::system()?;
    let actor = context::actor(&org).await?;
    let (page, total) = tools::list::find(&system, &actor, filter_of(&query, system.clock.now())).await?;
    let ids: Vec<ToolId> = page.items.iter().map(|tool| tool.id).collect();
    let pulses = executions::pulses(&system, &actor, &ids).await?;
    let stopped = toolcrib::mcp::get::stopped(&system, &actor).await?.into_iter().map(|(pin, _)| (pin.tool_id, pin.state)).collect();
    Ok(ToolList { page, pulses, total, stopped })
}

#[server(prefix = "/api/fn", endpoint = "tools/facets")]
pub async fn tool_facets(org: String) -> Result<ToolChoices, AppError> {
    let actor = context::actor(&org).await?;
    let facets = tools::list::facets(&context::system()?, &actor).await?;
    Ok(ToolChoices { facets, may_build: actor.may(Permission::Build), may_manage: actor.may(Permission::ManageTools) })
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
    let tests = if tool.test_content.is_some() { tools::testing::last(&system, &actor, id).await? } else { None };
    let may_change = level == Level::Admin && actor.may(Permission::Build);
    let goes = if may_change { Some(tools::delete::what_goes(&system, &actor, id).await?) } else { None };
    let pin = if tool.kind == Kind::Mcp { mcp::get::pin(&system, &actor, id).await? } else { None };
    Ok(ToolPage {
        pin: pin.map(|pin| PinPage { pin, may_decide: actor.may(Permission::ManageTools) }),
        tool,
        goes,
        category: category.unwrap_or_default(),
        pulse,
        limits: tools::limits::limits(&system, &actor, id).await.map(Some)?.filter(LimitUse::is_limited),
        may_change,
        tests_fail: tests.is_some_and(|run| run.is_current && !run.passed),
        may_execute: level >= Level::Execute && actor.may(Permission::UseTools),
    })
}

#[server(prefix = "/api/fn", endpoint = "tools/versions")]
pub async fn tool_versions(org: String, id: String) -> Result<Vec<ToolVersion>, AppError> {
    let actor = context::actor(&org).await?;
    let id: ToolId = id.parse().map_err(|_| Error::NotFound("tool"))?;
    Ok(tools::versions::versions(&context::system()?, &actor, id).await?)
}

#[server(prefix = "/api/fn", endpoint = "tools/compare")]
pub async fn compare_tool_versions(org: String, id: String, from: i32, to: i32) -> Result<Comparison, AppError> {
    let actor = context::actor(&org).await?;
    let id: ToolId = id.parse().map_err(|_| Error::NotFound("tool"))?;
    Ok(tools::versions::compare(&context::system()?, &actor, id, from, to).await?)
}

#[server(prefix = "/api/fn", endpoint = "tools/restore")]
pub async fn restore_tool_version(org: String, id: ToolId, version: i32, expected_version: i32) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    tools::versions::restore(&context::system()?, &actor, id, version, Some(expected_version)).await?;
    leptos_axum::redirect(&format!("/{org}/tools/{id}/versions"));
    Ok(())
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

/// The refusal of a form that comes too late: who was faster, and both states side by side.
#[cfg(feature = "ssr")]
async fn tool_conflict(org: &str, id: ToolId, form: &ToolForm) -> Result<AppError, AppError> {
    let page = get_tool(org.to_owned(), id.to_string()).await?;
    let newest = tools::versions::newest(&context::system()?, &context::actor(org).await?, id).await?;
    let who = newest.filter(|newest| newest.created_at >= page.tool.updated_at - chrono::Duration::seconds(1));
    let who = who.and_then(|newest| newest.created_by_name).unwrap_or_else(|| "Somebody".to_owned());
    let message = format!("{who} changed this tool while you were at it; it is at version {} now. Nothing was saved.", page.tool.version);
    let mut refusal = AppError::from(Error::Stale(message));
    refusal.0.current = Some(page.tool.tag());
    refusal.0.differences = ToolForm::of(&page.tool, &page.category).differences(form);
    Ok(refusal)
}

#[server(prefix = "/api/fn", endpoint = "tools/update")]
pub async fn update_tool(
    org: String,
    id: ToolId,
    expected: String,
    #[server(default)] overwrite: String,
    #[server(default)] form: ToolForm,
) -> Result<(), AppError> {
    let system = context::system()?;
    let actor = context::actor(&org).await?;
    actor.require(Permission::Build)?;
    // "Save mine over it" names the state that was looked at before.
    let expected = if overwrite.is_empty() { expected } else { overwrite };
    let (version, moment) =
        Tool::read_tag(&expected).ok_or_else(|| Error::Malformed("This form is out of date. Load the page again.".to_owned()))?;
    let mut change = form.change(version).map_err(Error::Invalid)?;
    change.expected_updated_at = Some(moment);
    change.category_id = Some(tools::categories::named(&system, &actor, &form.category).await.map_err(|error| in_form(&form, error))?);
    match tools::update(&system, &actor, id, change).await {
        Err(Error::Stale(_)) => return Err(tool_conflict(&org, id, &form).await?),
        other => other.map_err(|error| in_form(&form, error))?,
    };
    leptos_axum::redirect(&format!("/{org}/tools/{id}"));
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "tools/status")]
pub async fn change_tool_status(org: String, id: ToolId, status: Status, #[server(default)] force: bool) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    tools::change_status_with(&context::system()?, &actor, id, status, force).await?;
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
pub async fn try_tool(
    org: String,
    id: ToolId,
    #[server(default)] inputs: HashMap<String, String>,
    #[server(default)] variables: HashMap<String, String>,
) -> Result<(), AppError> {
    let system = context::system()?;
    let actor = context::actor(&org).await?;
    let tool = tools::get(&system, &actor, id).await?;
    let fields = form::fields(&tool.input_schema).into_iter().filter(|field| tool.asks_for(&field.name)).collect::<Vec<_>>();
    let values = form::read(&fields, |name| inputs.get(name).cloned()).map_err(Error::Invalid)?;
    let variables = variables.into_iter().filter(|(_, value)| !value.trim().is_empty()).map(|(name, value)| (name, value.into())).collect();
    let request = ExecuteRequest { is_test: true, variables, ..ExecuteRequest::new(id, serde_json::Value::Object(values)) };
    let execution = executions::execute(&system, &actor, request).await?;
    let errors = execution.field_errors();
    if !errors.is_empty() {
        return Err(Error::Invalid(errors).into());
    }
    leptos_axum::redirect(&format!("/{org}/tools/{id}/try?execution={}", execution.id));
    Ok(())
}
