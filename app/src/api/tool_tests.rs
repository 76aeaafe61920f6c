//! The tests beside a script, and inputs proposed from it.

use crate::error::AppError;
use leptos::prelude::*;
use toolcrib::{
    ids::ToolId,
    tools::testing::{Proposal, TestRun},
};

#[cfg(feature = "ssr")]
use crate::context;
#[cfg(feature = "ssr")]
use toolcrib::tools::testing;

/// How they ended last.
#[server(prefix = "/api/fn", endpoint = "tools/last_tests")]
pub async fn last_tests(org: String, id: String) -> Result<Option<TestRun>, AppError> {
    let actor = context::actor(&org).await?;
    let id: ToolId = id.parse().map_err(|_| toolcrib::Error::NotFound("tool"))?;
    Ok(testing::last(&context::system()?, &actor, id).await?)
}

/// Runs them; the page then shows the result that was kept.
#[server(prefix = "/api/fn", endpoint = "tools/run_tests")]
pub async fn run_tests(org: String, id: ToolId) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    testing::run(&context::system()?, &actor, id).await?;
    leptos_axum::redirect(&format!("/{org}/tools/{id}/tests"));
    Ok(())
}

/// What the script's `main` takes.
#[server(prefix = "/api/fn", endpoint = "tools/propose_inputs")]
pub async fn propose_inputs(org: String, #[server(default)] script: String) -> Result<Proposal, AppError> {
    let actor = context::actor(&org).await?;
    Ok(testing::propose(&context::system()?, &actor, &script).await?)
}
