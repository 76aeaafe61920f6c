//! Tools as a file to download.

use super::{file, signed_in};
use crate::{app_router::ServerState, routes::rest::problem::ApiError};
use axum::{
    extract::{Path, RawQuery, State},
    http::request::Parts,
    response::Response,
};
use toolcrib::{Error, ids::ToolId, tools};

/// `GET /{org}/tools.json?id=…&id=…`: the named tools, or all, for who is signed in.
pub async fn tools_export(
    State(state): State<ServerState>,
    Path(org): Path<String>,
    RawQuery(query): RawQuery,
    parts: Parts,
) -> Result<Response, ApiError> {
    let (actor, name) = signed_in(&state.system, &org, &parts, "tools").await?;
    let ids = app::components::query::Query::new("", query.as_deref().unwrap_or_default()).all("id");
    let ids = ids.iter().map(|id| id.parse()).collect::<Result<Vec<ToolId>, _>>();
    let ids = ids.map_err(|_| Error::Malformed("These are no ids of tools.".to_owned()))?;
    let document = tools::batch::export(&state.system, &actor, &ids).await?;
    let text = serde_json::to_string_pretty(&document).map_err(|error| Error::Internal(error.into()))?;
    Ok(file(&format!("{name}.json"), "application/json", text))
}
