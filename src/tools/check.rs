//! Rules every tool obeys, checked all at once, and what a model gets to see of it.

use super::{
    Kind, NewTool, Status, Visibility, fields,
    icons::{ICONS, is_icon},
    kinds,
};
use crate::{
    names::{check_name, check_text},
    problem::FieldError,
    variables::{self, Known},
};
use serde_json::{Map, Value, json};

/// The most a schema, template or configuration may be, as JSON.
pub const JSON_BYTES: usize = 256 * 1024;

/// Puts a new tool into its usual shape and says all that is wrong with it, where no variables but the built-in ones are known.
#[must_use]
pub fn check_tool(tool: &mut NewTool) -> Vec<FieldError> {
    check_tool_knowing(tool, &variables::known(&[]))
}

/// The same where an organization declared variables of its own.
#[must_use]
pub fn check_tool_knowing(tool: &mut NewTool, known: &[Known]) -> Vec<FieldError> {
    let mut errors = Vec::new();
    tool.name = tool.name.trim().to_owned();
    check_name("name", &tool.name, &mut errors);
    if tool.display_name.trim().is_empty() {
        tool.display_name = title_from(&tool.name);
    }
    tool.display_name = tool.display_name.trim().to_owned();
    if !tool.display_name.is_empty() {
        check_text("display_name", &tool.display_name, 200, &mut errors);
    }
    if tool.description.chars().count() > 5_000 {
        errors.push(FieldError::new("description", "At most 5000 characters."));
    }
    check_tags(&mut tool.tags, &mut errors);
    tool.icon = tool.icon.take().map(|icon| icon.trim().to_owned()).filter(|icon| !icon.is_empty());
    if tool.icon.as_ref().is_some_and(|icon| !is_icon(icon)) {
        errors.push(FieldError::new("icon", format!("There is no such icon. Known: {}.", ICONS.join(", "))));
    }
    if !tool.kind.is_available() {
        let known: Vec<&str> = Kind::AVAILABLE.iter().map(|kind| kind.as_str()).collect();
        errors.push(FieldError::new("kind", format!("This kind is not available yet. Available: {}.", known.join(", "))));
    }
    if !matches!(tool.status, Status::Draft | Status::Active) {
        errors.push(FieldError::new("status", "A new tool is draft or active."));
    }
    if tool.visibility == Visibility::Platform {
        errors.push(FieldError::new("visibility", "Platform tools come with Toolcrib. Choose public or private."));
    }
    if !(1..=900_000).contains(&tool.timeout_ms) {
        errors.push(FieldError::new("timeout_ms", "Between 1 and 900000 ms."));
    }
    for (field, limit) in [("rate_limit_per_minute", tool.rate_limit_per_minute), ("rate_limit_per_hour", tool.rate_limit_per_hour)] {
        if limit.is_some_and(|limit| limit < 1) {
            errors.push(FieldError::new(field, "At least 1, or empty for no limit."));
        }
    }
    if tool.cost_per_call.is_some_and(|cost| !(0.0..1_000_000.0).contains(&cost)) {
        errors.push(FieldError::new("cost_per_call", "Between 0 and 999999.999999."));
    }
    if !(1..=10).contains(&tool.retry_policy.max_attempts) {
        errors.push(FieldError::new("retry_policy/max_attempts", "Between 1 and 10."));
    }
    if !(1..=60_000).contains(&tool.retry_policy.backoff_ms) {
        errors.push(FieldError::new("retry_policy/backoff_ms", "Between 1 and 60000 ms."));
    }
    for (field, value) in [("config_metadata", &tool.config_metadata), ("executor_config", &tool.executor_config)] {
        if !value.is_object() {
            errors.push(FieldError::new(field, "This is a JSON object."));
        }
        check_size(field, value, &mut errors);
    }
    kinds::check_configuration(tool, &mut errors);
    check_size("input_schema", &tool.input_schema, &mut errors);
    check_size("output_schema", &tool.output_schema, &mut errors);
    #[cfg(feature = "ssr")]
    {
        crate::schema::check_object_schema("input_schema", &mut tool.input_schema, &mut errors);
        crate::schema::check_schema("output_schema", &tool.output_schema, &mut errors);
        if tool.output_schema.as_object().is_some_and(|schema| !schema.is_empty()) {
            crate::schema::meta::add_draft(&mut tool.output_schema);
        }
    }
    let inputs = tool.input_schema.get("properties").and_then(Value::as_object);
    for name in tool.static_config.keys() {
        if !inputs.is_some_and(|inputs| inputs.contains_key(name)) {
            errors.push(FieldError::new(format!("static_config/{name}"), "There is no input of this name."));
        }
    }
    check_variables(tool, known, &mut errors);
    kinds::check_kind(tool, known, &mut errors);
    if has_nul(tool) {
        errors.push(FieldError::new("", "Text may not contain the NUL character (\\u0000)."));
    }
    errors
}

/// Every variable that a fixed text names must be one.
fn check_variables(tool: &NewTool, known: &[Known], errors: &mut Vec<FieldError>) {
    let slots = kinds::slots(tool.kind, &tool.config_metadata).unwrap_or_default();
    for (input, value) in &tool.static_config {
        let place = slots.iter().find(|slot| slot.input == *input).map(|slot| format!("{}/value", slot.place));
        let place = place.unwrap_or_else(|| format!("static_config/{}", crate::schema::pointer_segment(input)));
        for name in super::template::names_in(value).iter().filter(|name| !variables::is_known(name, known)) {
            errors.push(FieldError::new(place.clone(), variables::unknown_sentence(name, known)));
        }
    }
}

fn has_nul(tool: &NewTool) -> bool {
    serde_json::to_string(tool).is_ok_and(|text| text.contains("\\u0000"))
}

pub(crate) fn check_size(field: &str, value: &Value, errors: &mut Vec<FieldError>) {
    if value.to_string().len() > JSON_BYTES {
        errors.push(FieldError::new(field, format!("At most {} KiB of JSON.", JSON_BYTES / 1024)));
    }
}

fn check_tags(tags: &mut Vec<String>, errors: &mut Vec<FieldError>) {
    let mut kept: Vec<String> = Vec::new();
    for tag in tags.iter().map(|tag| tag.trim()).filter(|tag| !tag.is_empty()) {
        if tag.chars().count() > 50 {
            errors.push(FieldError::new("tags", "A tag has at most 50 characters."));
        } else if !kept.iter().any(|other| other == tag) {
            kept.push(tag.to_owned());
        }
    }
    if kept.len() > 20 {
        errors.push(FieldError::new("tags", "At most 20 tags."));
    }
    *tags = kept;
}

/// `load_csv_data` → `Load csv data`.
#[must_use]
pub fn title_from(name: &str) -> String {
    let text = name.replace('_', " ");
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What a model sees of this tool. Lists that it may extend are shown although they have fixed entries.
#[must_use]
pub fn seen_by_model(tool: &NewTool) -> Value {
    let mut hidden = tool.static_config.clone();
    for name in fields::extendable(tool.kind, &tool.config_metadata) {
        hidden.remove(&name);
    }
    function_schema(&tool.name, &tool.description, &tool.input_schema, &hidden)
}

/// What a model sees of a tool: `{name, description, parameters}`. Inputs with fixed values are hidden.
#[must_use]
pub fn function_schema(name: &str, description: &str, input_schema: &Value, static_config: &Map<String, Value>) -> Value {
    let mut parameters = input_schema.as_object().cloned().unwrap_or_default();
    parameters.remove("$schema");
    if !static_config.is_empty() {
        if let Some(properties) = parameters.get_mut("properties").and_then(Value::as_object_mut) {
            properties.retain(|name, _| !static_config.contains_key(name));
        }
        if let Some(required) = parameters.get_mut("required").and_then(Value::as_array_mut) {
            required.retain(|name| !name.as_str().is_some_and(|name| static_config.contains_key(name)));
        }
        if parameters.get("required").and_then(Value::as_array).is_some_and(Vec::is_empty) {
            parameters.remove("required");
        }
    }
    if !parameters.contains_key("properties") {
        parameters.insert("properties".to_owned(), json!({}));
    }
    json!({"name": name, "description": description, "parameters": parameters})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::AuthType;

    fn api() -> NewTool {
        let spec =
            json!({"baseUrl": "https://api.example.com/v1/", "path": "users/{id}", "method": "get", "queryParams": {"q": "{{query}}"}});
        let mut tool = NewTool::new("find_user", Kind::ApiRequest);
        tool.api_spec = serde_json::from_value(spec).unwrap();
        tool.input_schema =
            json!({"type": "object", "properties": {"id": {"type": "integer"}, "query": {"type": "string"}}, "required": ["id"]});
        tool
    }

    #[test]
    fn a_good_tool_is_put_into_shape() {
        let mut tool = api();
        assert_eq!(check_tool(&mut tool), []);
        let spec = tool.api_spec.unwrap();
        assert_eq!(
            (spec.base_url.as_str(), spec.path.as_str(), spec.method.as_str()),
            ("https://api.example.com/v1", "/users/{id}", "GET")
        );
        assert_eq!(tool.display_name, "Find user");
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let mut tool = api();
        tool.name = "Find".into();
        tool.timeout_ms = 0;
        tool.static_config.insert("none".into(), 1.into());
        if let Some(spec) = &mut tool.api_spec {
            spec.base_url = "https://{host}/".into();
            spec.path = "/{other}".into();
            spec.body_template = Some(json!({}));
            spec.headers.insert("Host".into(), "x".into());
            spec.auth_type = AuthType::Bearer;
        }
        let places: Vec<String> = check_tool(&mut tool).into_iter().map(|error| error.pointer).collect();
        for place in [
            "/name",
            "/timeout_ms",
            "/static_config/none",
            "/api_spec/baseUrl",
            "/api_spec/path",
            "/api_spec/bodyTemplate",
            "/api_spec/headers/Host",
            "/api_spec/authKeyName",
        ] {
            assert!(places.iter().any(|found| found == place), "{place} in {places:?}");
        }
    }

    #[test]
    fn a_credential_in_a_request_is_refused_where_it_stands_and_not_repeated() {
        let refused = |change: &dyn Fn(&mut crate::tools::ApiSpec)| {
            let mut tool = api();
            change(tool.api_spec.as_mut().unwrap());
            let errors = check_tool(&mut tool);
            assert!(errors.iter().all(|error| error.message.contains("Authentication") && !error.message.contains("s3cr3t")), "{errors:?}");
            errors.into_iter().map(|error| error.pointer).collect::<Vec<_>>()
        };
        for (name, value) in [
            ("Authorization", "Bearer s3cr3t"),
            ("authorization", "s3cr3t"),
            ("Cookie", "session=s3cr3t"),
            ("X-Api-Key", "s3cr3t"),
            ("X-Vault-Token", "s3cr3t"),
            ("X-Forward", "Basic czNjcjN0"),
            ("X-Functions-Key", "a1b2c3d4e5s3cr3tf6g7"),
            ("X-Note", "token ghp_s3cr3t0123456789abcdef"),
        ] {
            let found = refused(&|spec| drop(spec.headers.insert(name.to_owned(), value.to_owned())));
            assert_eq!(found, [format!("/api_spec/headers/{name}")], "{name}: {value}");
        }
        for (name, value) in
            [("api_key", "s3cr3t"), ("access_token", "s3cr3t"), ("key", "AIzas3cr3t0123456789abc"), ("q", "sk-s3cr3t0123456789")]
        {
            let found = refused(&|spec| drop(spec.query_params.insert(name.to_owned(), value.to_owned())));
            assert_eq!(found, [format!("/api_spec/queryParams/{name}")], "{name}: {value}");
        }
        assert_eq!(refused(&|spec| spec.path = "/users/{id}/sk_live_s3cr3t0123456789".into()), ["/api_spec/path"]);
        let body = json!({"a": [{"b": "sk-proj-s3cr3t0123456789"}]});
        assert_eq!(
            refused(&|spec| {
                spec.method = "POST".into();
                spec.body_template = Some(body.clone());
            }),
            ["/api_spec/bodyTemplate"]
        );
    }

    #[test]
    fn what_only_sounds_like_a_credential_is_taken() {
        let mut tool = api();
        let spec = tool.api_spec.as_mut().unwrap();
        for (name, value) in [
            ("Authorization", "Bearer {{query}}"),
            ("X-Api-Key", "{{query}}"),
            ("X-Atlassian-Token", "no-check"),
            ("Idempotency-Key", "{{id}}"),
            ("X-Sort-Key", "name"),
            ("Next-Page-Token", "2"),
        ] {
            spec.headers.insert(name.to_owned(), value.to_owned());
        }
        for (name, value) in [("key", "name"), ("page_token", "3"), ("token", "{{query}}"), ("auth", "public")] {
            spec.query_params.insert(name.to_owned(), value.to_owned());
        }
        spec.method = "POST".into();
        spec.body_template = Some(json!({"password": "{{query}}", "max_tokens": 5, "kind": "password"}));
        assert_eq!(check_tool(&mut tool), []);
    }

    #[test]
    fn a_kind_without_executor_is_refused_and_the_others_named() {
        let Some(kind) = Kind::ALL.iter().find(|kind| !kind.is_available()) else { return };
        let errors = check_tool(&mut NewTool::new("send_text", *kind));
        assert_eq!(errors[0].pointer, "/kind");
        assert!(errors[0].message.starts_with("This kind is not available yet. Available: api_request, python, shell"));
    }

    #[test]
    fn fixed_inputs_are_hidden_from_the_model() {
        let tool = api();
        let fixed = json!({"id": 7}).as_object().cloned().unwrap();
        let seen = function_schema("find_user", "Finds", &tool.input_schema, &fixed);
        assert_eq!(
            seen,
            json!({"name": "find_user", "description": "Finds", "parameters": {"type": "object", "properties": {"query": {"type": "string"}}}})
        );
    }
}
