//! What the steps of a workflow gave last, for previews.

use crate::error::AppError;
use leptos::prelude::*;
use toolcrib::workflows::canvas::fields::preview::Samples;
#[cfg(feature = "ssr")]
use {super::workflow_id, crate::context, toolcrib::workflows};

#[server(prefix = "/api/fn", endpoint = "workflows/samples")]
pub async fn get_samples(org: String, id: String) -> Result<Samples, AppError> {
    let actor = context::actor(&org).await?;
    Ok(workflows::samples::samples(&context::system()?, &actor, workflow_id(&id)?).await?)
}
