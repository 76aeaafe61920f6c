//! Categories and tags of tools.

use super::{
    auth::ApiActor,
    etag::{self, Made, Tagged},
    json::{ApiJson, ApiPath, ApiQuery, PageQuery},
    problem::ApiResult,
};
use crate::app_router::ServerState;
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use toolcrib::{
    actor::Actor,
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
#[utoipa::path(get, path = "/v1/categories", tag = "Categories", params(PageQuery), responses(
    (status = 200, body = Page<Category>),
    (status = 401, body = Problem, content_type = "application/problem+json"),
))]
pub async fn list(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> ApiResult<Json<Page<Category>>> {
    Ok(Json(categories::page(&state.system, &actor, query.cursor.as_deref(), query.limit).await?))
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
) -> ApiResult<Made<Category>> {
    let category = categories::create(&state.system, &actor, new).await?;
    Ok(etag::made(format!("/v1/categories/{}", category.id), category.updated_at, category))
}

/// When the category was changed last, as far as `If-Match` asks.
async fn if_match(state: &ServerState, actor: &Actor, id: CategoryId, headers: &HeaderMap) -> ApiResult<Option<DateTime<Utc>>> {
    etag::seen(headers, "category", async { Ok(categories::get(&state.system, actor, id).await?.updated_at) }).await
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
) -> ApiResult<Tagged<Category>> {
    let category = categories::get(&state.system, &actor, id).await?;
    Ok(etag::tagged(category.updated_at, category))
}

/// Rename, describe or move a category; what is left out stays
#[utoipa::path(put, path = "/v1/categories/{id}", tag = "Categories", params(("id" = CategoryId, Path)), request_body = UpdateCategory, responses(
    (status = 200, body = Category),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "`If-Match` is not the state that is stored", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "A category cannot stand below itself", body = Problem, content_type = "application/problem+json"),
))]
pub async fn update(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<CategoryId>,
    headers: HeaderMap,
    ApiJson(change): ApiJson<UpdateCategory>,
) -> ApiResult<Tagged<Category>> {
    let seen = if_match(&state, &actor, id, &headers).await?;
    let category = categories::update_seen(&state.system, &actor, id, change, seen).await?;
    Ok(etag::tagged(category.updated_at, category))
}

/// Delete a category; its children and tools go one level up
#[utoipa::path(delete, path = "/v1/categories/{id}", tag = "Categories", params(("id" = CategoryId, Path)), responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "`If-Match` is not the state that is stored", body = Problem, content_type = "application/problem+json"),
))]
pub async fn delete(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<CategoryId>,
    headers: HeaderMap,
) -> ApiResult<StatusCode> {
    let seen = if_match(&state, &actor, id, &headers).await?;
    categories::delete_seen(&state.system, &actor, id, seen).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A tag and on how many tools it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tag {
    name: String,
    tool_count: i64,
}

/// Tags of the tools that may be seen, by name
#[utoipa::path(get, path = "/v1/tags", tag = "Categories", params(PageQuery), responses((status = 200, body = Page<Tag>)))]
pub async fn list_tags(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> ApiResult<Json<Page<Tag>>> {
    let page = tags::page(&state.system, &actor, query.cursor.as_deref(), query.limit).await?;
    Ok(Json(page.map(|(name, tool_count)| Tag { name, tool_count })))
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
