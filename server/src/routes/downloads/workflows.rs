//! A workflow as a file to download.

use super::{file, signed_in};
use crate::{app_router::ServerState, routes::rest::problem::ApiError};
use axum::{
    extract::{Path, RawQuery, State},
    http::request::Parts,
    response::Response,
};
use toolcrib::{Error, ids::WorkflowId, workflows::export};

/// `GET /{org}/workflows/{id}/export.json?version=…`: the draft, or a published version, for who is signed in.
pub async fn workflow_export(
    State(state): State<ServerState>,
    Path((org, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    parts: Parts,
) -> Result<Response, ApiError> {
    let (actor, _) = signed_in(&state.system, &org, &parts, "workflow").await?;
    let id: WorkflowId = id.parse().map_err(|_| Error::NotFound("workflow"))?;
    let version = app::components::query::Query::new("", query.as_deref().unwrap_or_default()).all("version");
    let version = version.first().map(|version| version.parse::<i32>()).transpose().map_err(|_| Error::NotFound("version"))?;
    let document = export::export(&state.system, &actor, id, version).await?;
    Ok(file(&document.file_name(), "application/json", document.text()))
}
