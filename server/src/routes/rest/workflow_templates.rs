//! Workflows to begin with, and workflows as documents.

use super::{
    auth::ApiActor,
    json::{ApiJson, ApiPath, ApiQuery},
    problem::ApiResult,
};
use crate::app_router::ServerState;
use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use toolcrib::{
    access::Permission,
    ids::WorkflowId,
    problem::Problem,
    workflows::{
        NewWorkflow, Workflow,
        exchange::Document,
        export, import,
        templates::{self, FromTemplate, Template},
    },
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn router() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new().routes(routes!(list_templates)).routes(routes!(export_workflow)).routes(routes!(import_workflow))
}

/// A workflow, or the template that it is made from.
#[derive(ToSchema)]
#[serde(untagged)]
#[allow(dead_code, clippy::large_enum_variant)]
pub(super) enum CreateWorkflow {
    New(NewWorkflow),
    Template(FromTemplate),
}

/// The templates, in the order of the gallery
#[derive(serde::Serialize, ToSchema)]
pub struct Templates {
    items: Vec<Template>,
}

/// Workflow templates
///
/// Workflows to begin with. Each runs without a network, with tools that every organization has; `POST /v1/workflows` with `{"template": "…"}` makes
/// one.
#[utoipa::path(get, path = "/v1/workflow-templates", tag = "Workflows",
    responses((status = 200, body = Templates), (status = 401, body = Problem, content_type = "application/problem+json")))]
pub async fn list_templates(ApiActor(actor): ApiActor) -> ApiResult<Json<Templates>> {
    actor.require(Permission::See)?;
    Ok(Json(Templates { items: templates::all().iter().map(|whole| whole.template.clone()).collect() }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ExportQuery {
    /// A published version; the draft where left out.
    pub version: Option<i32>,
}

/// A workflow as a document
///
/// It describes itself and names the tools that its steps call, so that another organization can match them. No key, no setting of a tool and no person
/// is in it.
#[utoipa::path(get, path = "/v1/workflows/{id}/export", tag = "Workflows", params(("id" = WorkflowId, Path), ExportQuery),
    responses((status = 200, body = Document), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn export_workflow(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<WorkflowId>,
    ApiQuery(query): ApiQuery<ExportQuery>,
) -> ApiResult<Json<Document>> {
    Ok(Json(export::export(&state.system, &actor, id, query.version).await?))
}

/// A document and what stands in for what is missing here.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportDocument {
    /// As the export gives it.
    #[schema(value_type = Document)]
    document: Value,
    /// The document's where left out.
    #[serde(default)]
    display_name: String,
    /// `tool:` or `workflow:` and the id in the document → the id here.
    #[serde(default)]
    replace: BTreeMap<String, String>,
}

/// Make a workflow from a document
///
/// Tools are found by id, then by name and kind. A step whose tool is missing is kept with a problem; the workflow is a private draft.
#[utoipa::path(post, path = "/v1/workflows/import", tag = "Workflows", request_body = ImportDocument, responses(
    (status = 201, body = Workflow, description = "Made"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "No document of ours; it says where, or whose it is"),
))]
pub async fn import_workflow(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiJson(sent): ApiJson<ImportDocument>,
) -> ApiResult<impl IntoResponse> {
    let import = import::Import { text: sent.document.to_string(), display_name: sent.display_name, choices: sent.replace, outline: false };
    let workflow = import::import(&state.system, &actor, import).await?;
    let headers = [(header::LOCATION, format!("/v1/workflows/{}", workflow.id)), (header::ETAG, format!("\"{}\"", workflow.revision))];
    Ok((StatusCode::CREATED, headers, Json(workflow)))
}
