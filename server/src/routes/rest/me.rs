//! `GET /v1/me`: as whom a token acts.

use super::{auth::ApiActor, problem::ApiResult};
use crate::app_router::ServerState;
use axum::{Json, extract::State};
use serde::Serialize;
use toolcrib::{
    Error,
    access::{Role, Scope},
    ids::{AgentId, OrganizationId, UserId},
    problem::Problem,
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn router() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new().routes(routes!(me))
}

/// As whom the token acts, and what it may be used for.
#[derive(Serialize, ToSchema)]
pub struct Me {
    organization_id: OrganizationId,
    organization_slug: String,
    organization_name: String,
    user_id: UserId,
    user_name: String,
    role: Role,
    /// Set when the token acts as an agent.
    agent_id: Option<AgentId>,
    scopes: Vec<Scope>,
}

/// As whom this token acts
#[utoipa::path(get, path = "/v1/me", tag = "Tokens", responses((status = 200, body = Me), (status = 401, body = Problem, content_type = "application/problem+json")))]
pub async fn me(State(state): State<ServerState>, ApiActor(actor): ApiActor) -> ApiResult<Json<Me>> {
    let mut tx = state.system.tenant(&actor).await?;
    let (slug, name): (String, String) = sqlx::query_as("select slug, name from organizations where id = $1")
        .bind(actor.organization_id)
        .fetch_one(&mut *tx)
        .await
        .map_err(Error::from)?;
    Ok(Json(Me {
        organization_id: actor.organization_id,
        organization_slug: slug,
        organization_name: name,
        user_id: actor.user_id,
        user_name: actor.user_name,
        role: actor.role,
        agent_id: actor.agent_id,
        scopes: actor.scopes.unwrap_or_default(),
    }))
}
