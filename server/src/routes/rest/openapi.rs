//! `/v1/openapi.json`: OpenAPI 3.1, made from the code.

use crate::app_router::ServerState;
use axum::{Router, body::Bytes, http::header, routing::get};
use utoipa::{
    OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Toolcrib",
        version = "1",
        description = "The tool crib for AI agents. Errors are `application/problem+json` with a JSON pointer per field; lists are `{\"items\": […], \"next_cursor\": …}`."
    ),
    components(schemas(toolcrib::problem::Problem, toolcrib::problem::FieldError, toolcrib::tools::ToolSort, toolcrib::executions::ExecutionSort, super::json::Direction)),
    security(("token" = [])),
    servers((url = "/"))
)]
struct Frame;

/// What stands around the paths: title, how to sign in.
pub fn frame() -> utoipa::openapi::OpenApi {
    let mut api = Frame::openapi();
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An API token, `tc_…`, made on the page “API tokens”. Its scopes say what it may be used for."))
        .build();
    api.components.get_or_insert_default().add_security_scheme("token", SecurityScheme::Http(token));
    api
}

/// Names every operation once: handlers are called `list` in many modules, clients and importers need `list_executions`.
pub fn name_operations(api: &mut utoipa::openapi::OpenApi) {
    let mut seen = std::collections::HashSet::new();
    for (path, item) in &mut api.paths.paths {
        let nouns: Vec<&str> = path.split('/').skip(2).filter(|part| !part.is_empty() && !part.starts_with('{')).collect();
        let place = nouns.join("_").replace(['-', '.'], "_");
        let all = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for operation in all.into_iter().flatten() {
            let Some(name) = operation.operation_id.take() else { continue };
            let tag =
                operation.tags.as_ref().and_then(|tags| tags.first()).map(|tag| tag.to_lowercase().replace(' ', "_")).unwrap_or_default();
            let mut named = if name.contains('_') { name.clone() } else { format!("{name}_{tag}") };
            if seen.contains(&named) {
                named = format!("{name}_{place}");
            }
            while !seen.insert(named.clone()) {
                named = format!("{named}_again");
            }
            operation.operation_id = Some(named);
        }
    }
}

/// Made once: it does not change while the server runs.
pub fn router(api: utoipa::openapi::OpenApi) -> Router<ServerState> {
    let text = Bytes::from(serde_json::to_vec(&api).unwrap_or_default());
    Router::new().route(
        "/v1/openapi.json",
        get(move || async move { ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=60")], text) }),
    )
}
