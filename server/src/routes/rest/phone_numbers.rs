//! Phone numbers: what text messages are sent from.

use super::{
    auth::ApiActor,
    json::{ApiJson, ApiPath},
    problem::ApiResult,
};
use crate::app_router::ServerState;
use axum::{Json, extract::State, http::StatusCode};
use toolcrib::{
    ids::PhoneNumberId,
    page::Page,
    phone_numbers::{self, NewPhoneNumber, PhoneNumber, UpdatePhoneNumber},
    problem::Problem,
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn router() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(update, delete))
}

/// Phone numbers, by label
#[utoipa::path(get, path = "/v1/phone-numbers", tag = "Phone numbers", operation_id = "list_phone_numbers", responses(
    (status = 200, body = Page<PhoneNumber>),
    (status = 401, body = Problem, content_type = "application/problem+json"),
))]
pub async fn list(State(state): State<ServerState>, ApiActor(actor): ApiActor) -> ApiResult<Json<Page<PhoneNumber>>> {
    let items = phone_numbers::list(&state.system, &actor).await?;
    Ok(Json(Page { items, next_cursor: None }))
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
) -> ApiResult<(StatusCode, Json<PhoneNumber>)> {
    Ok((StatusCode::CREATED, Json(phone_numbers::create(&state.system, &actor, new).await?)))
}

/// Give a phone number another label
#[utoipa::path(put, path = "/v1/phone-numbers/{id}", tag = "Phone numbers", operation_id = "update_phone_number", params(("id" = PhoneNumberId, Path)), request_body = UpdatePhoneNumber, responses(
    (status = 200, body = PhoneNumber),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn update(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<PhoneNumberId>,
    ApiJson(change): ApiJson<UpdatePhoneNumber>,
) -> ApiResult<Json<PhoneNumber>> {
    Ok(Json(phone_numbers::update(&state.system, &actor, id, change).await?))
}

/// Delete a phone number that no tool sends from
#[utoipa::path(delete, path = "/v1/phone-numbers/{id}", tag = "Phone numbers", operation_id = "delete_phone_number", params(("id" = PhoneNumberId, Path)), responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "A tool sends from it", body = Problem, content_type = "application/problem+json"),
))]
pub async fn delete(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath(id): ApiPath<PhoneNumberId>,
) -> ApiResult<StatusCode> {
    phone_numbers::delete(&state.system, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
