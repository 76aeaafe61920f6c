//! What the steps of a workflow gave last, for previews; the variables that their texts may name.

use crate::error::AppError;
use leptos::prelude::*;
use toolcrib::{variables::InRuns, workflows::canvas::fields::preview::Samples};
#[cfg(feature = "ssr")]
use {
    super::workflow_id,
    crate::context,
    toolcrib::{variables, workflows},
};

#[server(prefix = "/api/fn", endpoint = "workflows/samples")]
pub async fn get_samples(org: String, id: String) -> Result<Samples, AppError> {
    let actor = context::actor(&org).await?;
    Ok(workflows::samples::samples(&context::system()?, &actor, workflow_id(&id)?).await?)
}

#[server(prefix = "/api/fn", endpoint = "workflows/variables")]
pub async fn variables_in_runs(org: String) -> Result<Vec<InRuns>, AppError> {
    let actor = context::actor_here(&org).await?;
    Ok(variables::list::known_in_runs(&context::system()?, &actor).await?)
}
