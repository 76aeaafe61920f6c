//! Tools as a file to download.

use super::rest::problem::ApiError;
use crate::{
    app_router::ServerState,
    middleware::{client_address, headers},
};
use app::context::SESSION_COOKIE;
use axum::{
    extract::{Path, RawQuery, Request, State},
    http::header,
    response::{IntoResponse, Response},
};
use toolcrib::{
    Error,
    actor::{Actor, Source},
    ids::ToolId,
    organizations, tools, users,
};

/// `GET /{org}/tools.json?id=…&id=…`: the named tools, or all, for who is signed in.
pub async fn tools_export(
    State(state): State<ServerState>,
    Path(org): Path<String>,
    RawQuery(query): RawQuery,
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
    let ids = app::components::query::Query::new("", query.as_deref().unwrap_or_default()).all("id");
    let ids = ids.iter().map(|id| id.parse()).collect::<Result<Vec<ToolId>, _>>();
    let ids = ids.map_err(|_| Error::Malformed("These are no ids of tools.".to_owned()))?;
    let document = tools::batch::export(system, &actor, &ids).await?;
    let text = serde_json::to_string_pretty(&document).map_err(|error| Error::Internal(error.into()))?;
    let name = format!("attachment; filename=\"tools-{}-{}.json\"", organization.slug, system.clock.now().format("%Y-%m-%d"));
    let headers = [(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, [(header::CACHE_CONTROL, "no-store")], text).into_response())
}
