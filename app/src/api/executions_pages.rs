//! Server functions of the pages of executions.

use crate::error::AppError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use toolcrib::{
    executions::{Execution, ExecutionSummary},
    ids::ExecutionId,
};
#[cfg(feature = "ssr")]
use {
    crate::context,
    toolcrib::{
        Error,
        access::Permission,
        actor::Actor,
        executions::{self, ExecutionFilter, ExecutionOrder, ExecutionSort, Status, who},
        system::System,
    },
};

/// The filters as they stand in the address; empty means all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExecutionQuery {
    pub tool: String,
    pub agent: String,
    pub run: String,
    pub status: String,
    pub source: String,
    /// `1h`, `24h`, `7d`, `30d`.
    pub range: String,
    pub q: String,
    /// A column and `desc`, as [`toolcrib::executions::ExecutionSort`] names them; empty for the newest first.
    pub sort: String,
    pub dir: String,
    pub after: String,
}

/// One row: the execution and who called.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExecutionRow {
    pub execution: ExecutionSummary,
    pub caller: String,
}

/// One page of the list, and what it can be filtered by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExecutionList {
    pub rows: Vec<ExecutionRow>,
    pub next_cursor: Option<String>,
    /// Older ones match as well, which were not put in order.
    pub is_cut: bool,
    /// (id, name)
    pub tools: Vec<(String, String)>,
    pub agents: Vec<(String, String)>,
}

/// Everything about one execution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExecutionPage {
    pub execution: Execution,
    pub caller: String,
    /// The person behind, where an agent called.
    pub person: Option<String>,
    pub replay_of: Option<ExecutionId>,
    pub replays: Vec<ExecutionId>,
    pub may_replay: bool,
}

/// Gives every row its caller's name.
#[cfg(feature = "ssr")]
pub(super) async fn rows(system: &System, actor: &Actor, items: Vec<ExecutionSummary>) -> Result<Vec<ExecutionRow>, AppError> {
    let names = who::names(system, actor).await?;
    let row = |execution: ExecutionSummary| ExecutionRow { caller: names.caller(execution.user_id, execution.agent_id), execution };
    Ok(items.into_iter().map(row).collect())
}

/// A filter from the address. What does not parse is refused by name, so that a mistyped link does not show everything.
#[cfg(feature = "ssr")]
fn filter(query: ExecutionQuery, now: chrono::DateTime<chrono::Utc>) -> Result<ExecutionFilter, AppError> {
    fn parsed<T>(field: &'static str, text: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, AppError> {
        if text.is_empty() {
            return Ok(None);
        }
        Ok(parse(text).map(Some).ok_or_else(|| Error::Malformed(format!("“{text}” is no {field} to filter by.")))?)
    }
    // An id that is none is not found, as on the page of the thing itself.
    fn id<T: std::str::FromStr>(what: &'static str, text: &str) -> Result<Option<T>, AppError> {
        if text.is_empty() {
            return Ok(None);
        }
        Ok(text.parse().map(Some).map_err(|_| Error::NotFound(what))?)
    }
    let hours = parsed("range", &query.range, |text| match text {
        "1h" => Some(1),
        "24h" => Some(24),
        "7d" => Some(24 * 7),
        "30d" => Some(24 * 30),
        _ => None,
    })?;
    let some = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    Ok(ExecutionFilter {
        tool_id: id("tool", &query.tool)?,
        agent_id: id("agent", &query.agent)?,
        run_id: id("run", &query.run)?,
        status: parsed("status", &query.status, Status::parse)?,
        source: some(query.source),
        from: hours.map(|hours| now - chrono::Duration::hours(hours)),
        text: some(query.q),
        order: parsed("column", &query.sort, ExecutionSort::parse)?
            .map(|sort| ExecutionOrder { sort, descending: query.dir == "desc" })
            .unwrap_or_default(),
        cursor: some(query.after),
        ..ExecutionFilter::default()
    })
}

/// Executions, newest first.
#[server(prefix = "/api/fn", endpoint = "executions/page")]
pub async fn get_execution_list(org: String, #[server(default)] query: ExecutionQuery) -> Result<ExecutionList, AppError> {
    let actor = context::actor(&org).await?;
    let system = context::system()?;
    let (page, is_cut) = executions::list::find(&system, &actor, filter(query, system.clock.now())?).await?;
    let (tools, agents) = who::choices(&system, &actor).await?;
    Ok(ExecutionList {
        rows: rows(&system, &actor, page.items).await?,
        next_cursor: page.next_cursor,
        is_cut,
        tools: tools.into_iter().map(|(id, name)| (id.to_string(), name)).collect(),
        agents: agents.into_iter().map(|(id, name)| (id.to_string(), name)).collect(),
    })
}

/// One execution with everything that is known of it.
#[server(prefix = "/api/fn", endpoint = "executions/one")]
pub async fn get_execution_page(org: String, id: String) -> Result<ExecutionPage, AppError> {
    let actor = context::actor(&org).await?;
    let system = context::system()?;
    let id: ExecutionId = id.parse().map_err(|_| Error::NotFound("execution"))?;
    let execution = executions::get(&system, &actor, id).await?;
    let names = who::names(&system, &actor).await?;
    let (replay_of, replays) = executions::replay::replays(&system, &actor, id).await?;
    Ok(ExecutionPage {
        caller: names.caller(execution.user_id, execution.agent_id),
        person: execution.agent_id.and_then(|_| names.user(execution.user_id)),
        replay_of,
        replays,
        may_replay: actor.may(Permission::UseTools),
        execution,
    })
}

/// Calls the same tool with the same inputs, and shows the new execution.
#[server(prefix = "/api/fn", endpoint = "executions/replay")]
pub async fn replay_execution(org: String, id: String) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    let system = context::system()?;
    let id: ExecutionId = id.parse().map_err(|_| Error::NotFound("execution"))?;
    let original = executions::get(&system, &actor, id).await?;
    let execution = executions::replay::replay(&system, &actor, &original).await?;
    leptos_axum::redirect(&format!("/{org}/executions/{}", execution.id));
    Ok(())
}
