//! The audit log as a file.

use super::{file, signed_in};
use crate::{app_router::ServerState, routes::rest::problem::ApiError};
use app::api::audit::AuditQuery;
use axum::{
    extract::{Path, Query, State},
    http::request::Parts,
    response::Response,
};
use toolcrib::audit;

/// `GET /{org}/audit.csv` with the filters of the page, for who is signed in and may read the log.
pub async fn audit_export(
    State(state): State<ServerState>,
    Path(org): Path<String>,
    Query(query): Query<AuditQuery>,
    parts: Parts,
) -> Result<Response, ApiError> {
    let (actor, name) = signed_in(&state.system, &org, &parts, "audit").await?;
    let csv = audit::export(&state.system, &actor, &query.filter()?).await?;
    Ok(file(&format!("{name}.csv"), "text/csv; charset=utf-8", csv))
}
