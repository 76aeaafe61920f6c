//! Server functions of the overview.

use crate::error::AppError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use toolcrib::{executions::Dashboard, ids::ToolId, mcp::PinState, overview::FirstSteps};
#[cfg(feature = "ssr")]
use {
    super::executions_pages::rows,
    crate::context,
    toolcrib::{
        access::Permission,
        executions::{self, ExecutionFilter, Range},
        overview,
    },
};

/// What the first page of an organization shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// `None` for who may not read everybody's executions.
    pub dashboard: Option<Dashboard>,
    pub recent: Vec<super::executions_pages::ExecutionRow>,
    pub first_steps: FirstSteps,
    pub may_build: bool,
    /// Imported tools that are stopped: id, name, and why.
    pub stopped: Vec<(ToolId, String, PinState)>,
}

/// Figures of the range, what fails, and what was called last.
#[server(prefix = "/api/fn", endpoint = "overview/get")]
pub async fn get_overview(org: String, #[server(default)] range: String) -> Result<Overview, AppError> {
    let actor = context::actor(&org).await?;
    let system = context::system()?;
    let range = match range.as_str() {
        "1h" => Range::Hour,
        "7d" => Range::Week,
        "30d" => Range::Month,
        _ => Range::Day,
    };
    let dashboard = if actor.may(Permission::ReadExecutions) { Some(executions::dashboard(&system, &actor, range).await?) } else { None };
    let recent = executions::list(&system, &actor, ExecutionFilter { limit: Some(8), ..ExecutionFilter::default() }).await?;
    let stopped = toolcrib::mcp::get::stopped(&system, &actor).await?;
    Ok(Overview {
        stopped: stopped.into_iter().map(|(pin, name)| (pin.tool_id, name, pin.state)).collect(),
        dashboard,
        recent: rows(&system, &actor, recent.items).await?,
        first_steps: overview::first_steps(&system, &actor).await?,
        may_build: actor.may(Permission::Build),
    })
}
