//! The audit log as a file.

use super::rest::problem::ApiError;
use crate::{
    app_router::ServerState,
    middleware::{client_address, headers},
};
use app::{api::audit::AuditQuery, context::SESSION_COOKIE};
use axum::{
    extract::{Path, Query, Request, State},
    http::header,
    response::{IntoResponse, Response},
};
use toolcrib::{
    Error,
    actor::{Actor, Source},
    audit, organizations, users,
};

/// `GET /{org}/audit.csv` with the filters of the page, for who is signed in and may read the log.
pub async fn audit_export(
    State(state): State<ServerState>,
    Path(org): Path<String>,
    Query(query): Query<AuditQuery>,
    request: Request,
) -> Result<Response, ApiError> {
    let system = &state.system;
    let cookie = headers::cookies(request.headers()).find(|(name, _)| *name == SESSION_COOKIE).map(|(_, value)| value.to_owned());
    let person = match cookie {
        Some(token) => users::authenticate::authenticate(system, &token).await?,
        None => None,
    };
    let person = person.ok_or_else(|| Error::Unauthenticated("Sign in first.".to_owned()))?;
    let membership = organizations::membership::membership_of(system, person.user.id, &org).await?;
    let (organization, role) = membership.ok_or(Error::NotFound("organization"))?;
    let actor = Actor {
        organization_id: organization.id,
        user_id: person.user.id,
        user_name: person.user.name,
        role,
        agent_id: None,
        scopes: None,
        source: Source::Page,
        address: client_address::of(request.extensions()),
    };
    let csv = audit::export(system, &actor, &query.filter()?).await?;
    let name = format!("attachment; filename=\"audit-{}-{}.csv\"", organization.slug, system.clock.now().format("%Y-%m-%d"));
    let headers = [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, [(header::CACHE_CONTROL, "no-store")], csv).into_response())
}
