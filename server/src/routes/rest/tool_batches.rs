//! Many tools at once, and a tool as another: bulk actions, export, import, duplicate.

use super::{
    auth::ApiActor,
    json::{ApiJson, ApiPath, ApiQuery},
    problem::ApiResult,
};
use crate::app_router::ServerState;
use axum::{
    Json,
    extract::State,
    http::{HeaderName, StatusCode, header},
};
use serde::Deserialize;
use serde_json::Value;
use toolcrib::{
    ids::ToolId,
    problem::Problem,
    tools::{
        self, Tool,
        batch::{self, BulkAction, BulkReport, ImportReport, portable::Document},
    },
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn router() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new().routes(routes!(bulk)).routes(routes!(export)).routes(routes!(import)).routes(routes!(duplicate))
}

/// Which tools, and what is done with each.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Bulk {
    /// 1 to 500.
    ids: Vec<ToolId>,
    #[serde(flatten)]
    action: BulkAction,
}

/// Do the same with many tools; the answer says of each what became of it
#[utoipa::path(post, path = "/v1/tools/bulk", tag = "Tools", request_body = Bulk, responses(
    (status = 200, body = BulkReport),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn bulk(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiJson(asked): ApiJson<Bulk>,
) -> ApiResult<Json<BulkReport>> {
    Ok(Json(batch::bulk(&state.system, &actor, &asked.ids, asked.action).await?))
}

/// Which tools to export.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ExportQuery {
    /// Separated by commas, at most 500. Left out: all that may be seen.
    #[serde(default)]
    ids: String,
}

/// Tools as a document: no ids, no owners, no secrets
#[utoipa::path(get, path = "/v1/tools/export", tag = "Tools", params(ExportQuery), responses(
    (status = 200, body = Document),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn export(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiQuery(query): ApiQuery<ExportQuery>,
) -> ApiResult<Json<Document>> {
    Ok(Json(batch::export(&state.system, &actor, &batch::export::ids_in(&query.ids)?).await?))
}

/// A document of tools that comes in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Import {
    /// As `GET /v1/tools/export` gives it; also one tool, or a list of tools.
    #[schema(value_type = Document)]
    document: Value,
    /// Say only what would be done.
    #[serde(default)]
    dry_run: bool,
    /// `fingerprint` of a dry run: refused with 412 when an import would do something else now.
    #[serde(default)]
    fingerprint: Option<String>,
}

/// Import tools: each is created, updated, unchanged or in conflict
#[utoipa::path(post, path = "/v1/tools/import", tag = "Tools", request_body = Import, responses(
    (status = 200, body = ImportReport),
    (status = 412, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn import(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiJson(asked): ApiJson<Import>,
) -> ApiResult<Json<ImportReport>> {
    let document = Document::of(asked.document)?;
    Ok(Json(if asked.dry_run {
        batch::preview(&state.system, &actor, &document).await?
    } else {
        batch::import(&state.system, &actor, &document, asked.fingerprint.as_deref()).await?
    }))
}

/// Make a draft like this tool
#[utoipa::path(post, path = "/v1/tools/{id}/duplicate", tag = "Tools", params(("id" = ToolId, Path)), responses(
    (status = 201, body = Tool),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn duplicate(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<ToolId>,
) -> ApiResult<(StatusCode, [(HeaderName, String); 1], Json<Tool>)> {
    let tool = tools::duplicate(&state.system, &actor, id).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, format!("/v1/tools/{}", tool.id))], Json(tool)))
}
