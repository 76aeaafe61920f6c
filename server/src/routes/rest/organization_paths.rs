//! The paths of the earlier systems, which answer in their envelopes: `{"tool": …}`, `{"tools": […]}`. The same use cases
//! stand behind them. `label`, `type` and `async` are their words for `display_name`, `kind` and `is_async`; both are understood.

use super::{
    auth::ApiActor,
    json::{self, ApiJson, ApiPath, ApiQuery},
    problem::{ApiError, ApiResult},
};
use crate::app_router::ServerState;
use axum::{
    Json,
    extract::State,
    http::{HeaderName, StatusCode, header},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use toolcrib::{
    Error,
    actor::Actor,
    agents::{self, Attachment, NewAttachment},
    ids::{AgentId, ToolId},
    problem::Problem,
    tools::{self, NewTool, Tool, ToolFilter},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn router() -> OpenApiRouter<ServerState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, delete))
        .routes(routes!(attached))
        .routes(routes!(attach))
        .routes(routes!(detach))
}

/// Their word, our word.
const WORDS: [(&str, &str); 3] = [("label", "display_name"), ("type", "kind"), ("async", "is_async")];
/// What their SMS tools have at the top.
const SMS_PARTS: [&str; 3] = ["from", "text", "recipients"];

/// One tool in its envelope.
#[derive(Serialize, ToSchema)]
pub struct ToolEnvelope {
    /// The tool, with `label`, `type` and `async` beside our words for them.
    #[schema(value_type = Tool)]
    tool: Value,
}

/// Tools in their envelope.
#[derive(Serialize, ToSchema)]
pub struct ToolsEnvelope {
    #[schema(value_type = Vec<Tool>)]
    tools: Vec<Value>,
    next_cursor: Option<String>,
}

/// Attached tools in their envelope.
#[derive(Serialize, ToSchema)]
pub struct AttachedEnvelope {
    tools: Vec<Attachment>,
}

/// One attachment in its envelope.
#[derive(Serialize, ToSchema)]
pub struct AttachmentEnvelope {
    attachment: Attachment,
}

/// Which tool.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WhichTool {
    #[serde(alias = "toolId")]
    tool_id: ToolId,
}

/// A page of tools.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 100; 100 when left out.
    limit: Option<i64>,
}

fn in_their_words(tool: &impl Serialize) -> Result<Value, ApiError> {
    let mut tool = serde_json::to_value(tool).map_err(|error| Error::Internal(error.into()))?;
    if let Value::Object(fields) = &mut tool {
        for (theirs, ours) in WORDS {
            if let Some(value) = fields.get(ours).cloned() {
                fields.insert(theirs.to_owned(), value);
            }
        }
    }
    Ok(tool)
}

/// Their word and ours.
type Renamed = (&'static str, &'static str);

/// Our tool from theirs, and which of their words were used.
fn in_our_words(mut fields: Map<String, Value>) -> Result<(NewTool, Vec<Renamed>), ApiError> {
    let mut used = Vec::new();
    for (theirs, ours) in WORDS {
        if let Some(value) = fields.remove(theirs) {
            used.push((theirs, ours));
            fields.entry(ours).or_insert(value);
        }
    }
    // A model's schema is derived here; what stands in theirs are the inputs.
    if let Some(schema) = fields.remove("function_schema")
        && let Some(inputs) = schema.pointer("/function/parameters").or_else(|| schema.get("parameters"))
    {
        fields.entry("input_schema").or_insert_with(|| inputs.clone());
    }
    if fields.get("kind").and_then(Value::as_str) == Some("sms") {
        let parts: Vec<_> = SMS_PARTS.iter().filter_map(|part| Some(((*part).to_owned(), fields.remove(*part)?))).collect();
        if !parts.is_empty()
            && let Value::Object(config) = fields.entry("config_metadata").or_insert_with(|| Value::Object(Map::new()))
        {
            config.extend(parts);
        }
    }
    let bytes = serde_json::to_vec(&fields).map_err(|error| Error::Internal(error.into()))?;
    json::from_slice(&bytes).map(|tool| (tool, used.clone())).map_err(|error| in_their_places(error, &used))
}

/// A refusal that points to their words.
fn in_their_places(mut error: ApiError, used: &[(&'static str, &'static str)]) -> ApiError {
    for wrong in &mut error.0.errors {
        for (theirs, ours) in used {
            if wrong.pointer == format!("/{ours}") {
                wrong.pointer = format!("/{theirs}");
            }
        }
    }
    error
}

/// The organization in the address must be the token's.
async fn check_slug(state: &ServerState, actor: &Actor, slug: &str) -> Result<(), ApiError> {
    let mut tx = state.system.tenant(actor).await?;
    let own: Option<String> = sqlx::query_scalar("select slug from organizations where id = $1")
        .bind(actor.organization_id)
        .fetch_optional(&mut *tx)
        .await
        .map_err(Error::from)?;
    if own.as_deref() == Some(slug) { Ok(()) } else { Err(Error::NotFound("organization").into()) }
}

/// Tools, newest first, by an earlier path
#[utoipa::path(get, path = "/api/tools", tag = "Earlier paths", operation_id = "s2_list_tools", params(ListQuery), responses(
    (status = 200, body = ToolsEnvelope),
    (status = 401, body = Problem, content_type = "application/problem+json"),
))]
pub async fn list(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> ApiResult<Json<ToolsEnvelope>> {
    let filter = ToolFilter { cursor: query.cursor, limit: Some(query.limit.unwrap_or(100)), ..ToolFilter::default() };
    let page = tools::list::whole(&state.system, &actor, filter).await?;
    let tools = page.items.iter().map(in_their_words).collect::<Result<_, _>>()?;
    Ok(Json(ToolsEnvelope { tools, next_cursor: page.next_cursor }))
}

/// Register a tool, by an earlier path
#[utoipa::path(post, path = "/api/tools", tag = "Earlier paths", operation_id = "s2_create_tool", request_body = NewTool, responses(
    (status = 201, body = ToolEnvelope),
    (status = 409, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn create(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiJson(fields): ApiJson<Map<String, Value>>,
) -> ApiResult<(StatusCode, [(HeaderName, String); 1], Json<ToolEnvelope>)> {
    let (new, used) = in_our_words(fields)?;
    let tool = tools::create(&state.system, &actor, new).await.map_err(|error| in_their_places(error.into(), &used))?;
    let location = [(header::LOCATION, format!("/v1/tools/{}", tool.id))];
    Ok((StatusCode::CREATED, location, Json(ToolEnvelope { tool: in_their_words(&tool)? })))
}

/// One tool, by an earlier path
#[utoipa::path(get, path = "/api/{slug}/tools/{id}", tag = "Earlier paths", operation_id = "s3_get_tool",
    params(("slug" = String, Path), ("id" = ToolId, Path)), responses(
    (status = 200, body = ToolEnvelope),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn get(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath((slug, id)): ApiPath<(String, ToolId)>,
) -> ApiResult<Json<ToolEnvelope>> {
    check_slug(&state, &actor, &slug).await?;
    let tool = tools::get(&state.system, &actor, id).await?;
    Ok(Json(ToolEnvelope { tool: in_their_words(&tool)? }))
}

/// Delete a tool, and detach it everywhere, by an earlier path
#[utoipa::path(delete, path = "/api/{slug}/tools/{id}", tag = "Earlier paths", operation_id = "s3_delete_tool",
    params(("slug" = String, Path), ("id" = ToolId, Path)), responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn delete(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath((slug, id)): ApiPath<(String, ToolId)>,
) -> ApiResult<StatusCode> {
    check_slug(&state, &actor, &slug).await?;
    tools::delete(&state.system, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is attached to an agent, by an earlier path
#[utoipa::path(get, path = "/api/{slug}/agents/{id}/tools", tag = "Earlier paths", operation_id = "s3_agent_tools",
    params(("slug" = String, Path), ("id" = AgentId, Path)), responses(
    (status = 200, body = AttachedEnvelope),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn attached(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath((slug, id)): ApiPath<(String, AgentId)>,
) -> ApiResult<Json<AttachedEnvelope>> {
    check_slug(&state, &actor, &slug).await?;
    Ok(Json(AttachedEnvelope { tools: agents::attachments::attachments(&state.system, &actor, id).await? }))
}

/// Attach a tool to an agent, by an earlier path
#[utoipa::path(post, path = "/api/{slug}/agents/{id}/tools/attach", tag = "Earlier paths", operation_id = "s3_attach_tool",
    params(("slug" = String, Path), ("id" = AgentId, Path)), request_body = WhichTool, responses(
    (status = 201, body = AttachmentEnvelope),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "It is attached already", body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn attach(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath((slug, id)): ApiPath<(String, AgentId)>,
    ApiJson(which): ApiJson<WhichTool>,
) -> ApiResult<(StatusCode, Json<AttachmentEnvelope>)> {
    check_slug(&state, &actor, &slug).await?;
    let new = NewAttachment { tool_id: which.tool_id, usage_comments: String::new(), pinned_version: None };
    let attachment = agents::attach::attach(&state.system, &actor, id, new).await?;
    Ok((StatusCode::CREATED, Json(AttachmentEnvelope { attachment })))
}

/// Detach a tool from an agent, by an earlier path
#[utoipa::path(post, path = "/api/{slug}/agents/{id}/tools/detach", tag = "Earlier paths", operation_id = "s3_detach_tool",
    params(("slug" = String, Path), ("id" = AgentId, Path)), request_body = WhichTool, responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn detach(
    State(state): State<ServerState>,
    ApiActor(actor): ApiActor,
    ApiPath((slug, id)): ApiPath<(String, AgentId)>,
    ApiJson(which): ApiJson<WhichTool>,
) -> ApiResult<StatusCode> {
    check_slug(&state, &actor, &slug).await?;
    agents::detach::detach(&state.system, &actor, id, which.tool_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
