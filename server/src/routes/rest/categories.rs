//! Categories and tags of tools.

use super::{
    auth::ApiActor,
    json::{ApiJson, ApiPath},
    problem::ApiResult,
};
use crate::app_router::ServerState;
use axum::{
    Json,
    extract::State,
    http::{HeaderName, StatusCode, header},
};
use serde::{Deserialize, Serialize};
use toolcrib::{
    ids::CategoryId,
    page::Page,
    problem::Problem,
    tools::{
        Category,
        categories::{self, NewCategory, UpdateCategory},
        tags,
    },
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn router() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, delete))
        .routes(routes!(list_tags))
        .routes(routes!(rename_tag, remove_tag))
}

/// All categories: each is followed by those below it
#[utoipa::path(get, path = "/v1/categories", tag = "Categories", responses(
    (status = 200, body = Page<Category>),
    (status = 401, body = Problem, content_type = "application/problem+json"),
))]
pub async fn list(State(state): State<ServerState>, ApiActor(actor): ApiActor) -> ApiResult<Json<Page<Category>>> {
    Ok(Json(Page { items: categories::list(&state.system, &actor).await?, next_cursor: None }))
}

/// Make a category
#[utoipa::path(post, path = "/v1/categories", tag = "Categories", request_body = NewCategory, responses(
    (status = 201, body = Category),
    (status = 409, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn create(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiJson(new): ApiJson<NewCategory>,
) -> ApiResult<(StatusCode, [(HeaderName, String); 1], Json<Category>)> {
    let category = categories::create(&state.system, &actor, new).await?;
    let headers = [(header::LOCATION, format!("/v1/categories/{}", category.id))];
    Ok((StatusCode::CREATED, headers, Json(category)))
}

/// One category
#[utoipa::path(get, path = "/v1/categories/{id}", tag = "Categories", params(("id" = CategoryId, Path)), responses(
    (status = 200, body = Category),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn get(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<CategoryId>,
) -> ApiResult<Json<Category>> {
    Ok(Json(categories::get(&state.system, &actor, id).await?))
}

/// Rename, describe or move a category; what is left out stays
#[utoipa::path(put, path = "/v1/categories/{id}", tag = "Categories", params(("id" = CategoryId, Path)), request_body = UpdateCategory, responses(
    (status = 200, body = Category),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "A category cannot stand below itself", body = Problem, content_type = "application/problem+json"),
))]
pub async fn update(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<CategoryId>,
    ApiJson(change): ApiJson<UpdateCategory>,
) -> ApiResult<Json<Category>> {
    Ok(Json(categories::update(&state.system, &actor, id, change).await?))
}

/// Delete a category; its children and tools go one level up
#[utoipa::path(delete, path = "/v1/categories/{id}", tag = "Categories", params(("id" = CategoryId, Path)), responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn delete(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<CategoryId>,
) -> ApiResult<StatusCode> {
    categories::delete(&state.system, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A tag and on how many tools it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tag {
    name: String,
    tool_count: i64,
}

/// Tags of the tools that may be seen
#[utoipa::path(get, path = "/v1/tags", tag = "Categories", responses((status = 200, body = Page<Tag>)))]
pub async fn list_tags(State(state): State<ServerState>, ApiActor(actor): ApiActor) -> ApiResult<Json<Page<Tag>>> {
    let items = tags::list(&state.system, &actor).await?.into_iter().map(|(name, tool_count)| Tag { name, tool_count }).collect();
    Ok(Json(Page { items, next_cursor: None }))
}

/// What a tag shall be called.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenameTag {
    name: String,
}

/// How many tools were changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct TagChange {
    tools: u64,
}

/// Rename a tag; with the name of another one the two are merged
#[utoipa::path(put, path = "/v1/tags/{tag}", tag = "Categories", params(("tag" = String, Path)), request_body = RenameTag, responses(
    (status = 200, body = TagChange),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn rename_tag(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(tag): ApiPath<String>,
    ApiJson(change): ApiJson<RenameTag>,
) -> ApiResult<Json<TagChange>> {
    Ok(Json(TagChange { tools: tags::rename(&state.system, &actor, &tag, &change.name).await? }))
}

/// Take a tag away from all tools
#[utoipa::path(delete, path = "/v1/tags/{tag}", tag = "Categories", params(("tag" = String, Path)), responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn remove_tag(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(tag): ApiPath<String>,
) -> ApiResult<StatusCode> {
    tags::remove(&state.system, &actor, &tag).await?;
    Ok(StatusCode::NO_CONTENT)
}
