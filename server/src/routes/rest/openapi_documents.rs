//! OpenAPI documents and the tools that are made from them.

use super::{
    auth::ApiActor,
    json::{ApiJson, ApiPath, ApiQuery, PageQuery},
    problem::ApiResult,
};
use crate::app_router::ServerState;
use axum::{
    Json,
    extract::State,
    http::{HeaderName, StatusCode, header},
};
use serde::Serialize;
use toolcrib::{
    ids::OpenapiDocumentId,
    openapi::{self, ImportOperations, Imported, NewOpenapiDocument, OpenapiDocument, OpenapiDocumentDetail},
    page::Page,
    problem::Problem,
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn router() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(get, refresh, delete)).routes(routes!(import))
}

/// OpenAPI documents by title
#[utoipa::path(get, path = "/v1/openapi-documents", tag = "OpenAPI documents", params(PageQuery), responses((status = 200, body = Page<OpenapiDocument>)))]
pub async fn list(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> ApiResult<Json<Page<OpenapiDocument>>> {
    Ok(Json(openapi::list::page(&state.system, &actor, query.cursor.as_deref(), query.limit).await?))
}

/// Add an OpenAPI document
///
/// Makes no tool yet: the answer lists the operations to choose from.
#[utoipa::path(post, path = "/v1/openapi-documents", tag = "OpenAPI documents", request_body = NewOpenapiDocument, responses(
    (status = 201, body = OpenapiDocumentDetail),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn add(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiJson(new): ApiJson<NewOpenapiDocument>,
) -> ApiResult<(StatusCode, [(HeaderName, String); 1], Json<OpenapiDocumentDetail>)> {
    let added = openapi::add::add(&state.system, &actor, new).await?;
    let location = format!("/v1/openapi-documents/{}", added.document.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(added)))
}

/// An OpenAPI document with its operations, each beside its tool
#[utoipa::path(get, path = "/v1/openapi-documents/{id}", tag = "OpenAPI documents", params(("id" = OpenapiDocumentId, Path)), responses(
    (status = 200, body = OpenapiDocumentDetail),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn get(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<OpenapiDocumentId>,
) -> ApiResult<Json<OpenapiDocumentDetail>> {
    Ok(Json(openapi::get::get(&state.system, &actor, id).await?))
}

/// A newer document in its place
///
/// With neither `text` nor `url` it is fetched again from where it came. Tools stay as they are.
#[utoipa::path(put, path = "/v1/openapi-documents/{id}", tag = "OpenAPI documents", params(("id" = OpenapiDocumentId, Path)), request_body = NewOpenapiDocument, responses(
    (status = 200, body = OpenapiDocumentDetail),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn refresh(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<OpenapiDocumentId>,
    ApiJson(new): ApiJson<NewOpenapiDocument>,
) -> ApiResult<Json<OpenapiDocumentDetail>> {
    Ok(Json(openapi::refresh::refresh(&state.system, &actor, id, new).await?))
}

/// Remove an OpenAPI document; its tools stay
#[utoipa::path(delete, path = "/v1/openapi-documents/{id}", tag = "OpenAPI documents", params(("id" = OpenapiDocumentId, Path)), responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn delete(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<OpenapiDocumentId>,
) -> ApiResult<StatusCode> {
    openapi::delete::delete(&state.system, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What became of each chosen operation.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportReport {
    items: Vec<Imported>,
}

/// Make tools of chosen operations, or renew them
#[utoipa::path(post, path = "/v1/openapi-documents/{id}/import", tag = "OpenAPI documents", params(("id" = OpenapiDocumentId, Path)), request_body = ImportOperations, responses(
    (status = 200, body = ImportReport),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn import(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<OpenapiDocumentId>,
    ApiJson(wanted): ApiJson<ImportOperations>,
) -> ApiResult<Json<ImportReport>> {
    Ok(Json(ImportReport { items: openapi::import::import(&state.system, &actor, id, wanted).await? }))
}
