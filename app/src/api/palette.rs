//! What the command palette finds by name.

use crate::error::AppError;
use leptos::prelude::*;
use toolcrib::search::Found;

/// Whatever of the organization has a name that holds `text`.
#[server(prefix = "/api/fn", endpoint = "palette/search")]
pub async fn search_everything(org: String, #[server(default)] text: String) -> Result<Vec<Found>, AppError> {
    use crate::context;
    let actor = context::actor(&org).await?;
    Ok(toolcrib::search::everything::everything(&context::system()?, &actor, &text).await?)
}
