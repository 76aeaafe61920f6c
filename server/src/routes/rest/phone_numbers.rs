//! Phone numbers: what text messages are sent from.

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
use toolcrib::{
    actor::Actor,
    ids::PhoneNumberId,
    page::Page,
    phone_numbers::{self, NewPhoneNumber, PhoneNumber, UpdatePhoneNumber},
    problem::Problem,
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn router() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, delete))
}

/// Phone numbers, by label
#[utoipa::path(get, path = "/v1/phone-numbers", tag = "Phone numbers", operation_id = "list_phone_numbers", params(PageQuery), responses(
    (status = 200, body = Page<PhoneNumber>),
    (status = 401, body = Problem, content_type = "application/problem+json"),
))]
pub async fn list(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> ApiResult<Json<Page<PhoneNumber>>> {
    Ok(Json(phone_numbers::page(&state.system, &actor, query.cursor.as_deref(), query.limit).await?))
}

/// Add a phone number
#[utoipa::path(post, path = "/v1/phone-numbers", tag = "Phone numbers", operation_id = "create_phone_number", request_body = NewPhoneNumber, responses(
    (status = 201, body = PhoneNumber),
    (status = 409, description = "The number is there already", body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn create(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiJson(new): ApiJson<NewPhoneNumber>,
) -> ApiResult<Made<PhoneNumber>> {
    let number = phone_numbers::create(&state.system, &actor, new).await?;
    Ok(etag::made(format!("/v1/phone-numbers/{}", number.id), number.updated_at, number))
}

/// When the number was changed last, as far as `If-Match` asks.
async fn if_match(state: &ServerState, actor: &Actor, id: PhoneNumberId, headers: &HeaderMap) -> ApiResult<Option<DateTime<Utc>>> {
    etag::seen(headers, "phone number", async { Ok(phone_numbers::get(&state.system, actor, id).await?.updated_at) }).await
}

/// One phone number
#[utoipa::path(get, path = "/v1/phone-numbers/{id}", tag = "Phone numbers", operation_id = "get_phone_number", params(("id" = PhoneNumberId, Path)), responses(
    (status = 200, body = PhoneNumber),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn get(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<PhoneNumberId>,
) -> ApiResult<Tagged<PhoneNumber>> {
    let number = phone_numbers::get(&state.system, &actor, id).await?;
    Ok(etag::tagged(number.updated_at, number))
}

/// Give a phone number another label
#[utoipa::path(put, path = "/v1/phone-numbers/{id}", tag = "Phone numbers", operation_id = "update_phone_number", params(("id" = PhoneNumberId, Path)), request_body = UpdatePhoneNumber, responses(
    (status = 200, body = PhoneNumber),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "`If-Match` is not the state that is stored", body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn update(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<PhoneNumberId>,
    headers: HeaderMap,
    ApiJson(change): ApiJson<UpdatePhoneNumber>,
) -> ApiResult<Tagged<PhoneNumber>> {
    let seen = if_match(&state, &actor, id, &headers).await?;
    let number = phone_numbers::update_seen(&state.system, &actor, id, change, seen).await?;
    Ok(etag::tagged(number.updated_at, number))
}

/// Delete a phone number that no tool sends from
#[utoipa::path(delete, path = "/v1/phone-numbers/{id}", tag = "Phone numbers", operation_id = "delete_phone_number", params(("id" = PhoneNumberId, Path)), responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "A tool sends from it", body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "`If-Match` is not the state that is stored", body = Problem, content_type = "application/problem+json"),
))]
pub async fn delete(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<PhoneNumberId>,
    headers: HeaderMap,
) -> ApiResult<StatusCode> {
    let seen = if_match(&state, &actor, id, &headers).await?;
    phone_numbers::delete_seen(&state.system, &actor, id, seen).await?;
    Ok(StatusCode::NO_CONTENT)
}
