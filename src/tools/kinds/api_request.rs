//! The request of an `api_request` tool: its shape and its rules.

use super::auth::check_auth;
pub use super::auth::{AuthIn, AuthType, Oauth2, Oauth2ClientAuth, Oauth2Grant};
use crate::{
    problem::FieldError,
    tools::{check::check_size, curl, template},
    variables::{self, Known},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

pub const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];

/// The request an `api_request` tool makes. Stored in camelCase; snake_case is accepted too.
///
/// `{name}` in `path` and `{{name}}` everywhere are inputs. In `body_template` a string that is exactly `"{{name}}"` becomes the
/// input's JSON value; inside longer text the value is written as text. A name that is no input is a variable. A header, query or body entry whose only content is an
/// optional input that was not given is left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApiSpec {
    #[serde(alias = "base_url")]
    pub base_url: String,
    #[serde(default)]
    pub path: String,
    pub method: String,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    #[serde(default, alias = "query_params")]
    pub query_params: BTreeMap<String, String>,
    #[serde(default, alias = "body_template", skip_serializing_if = "Option::is_none")]
    pub body_template: Option<Value>,
    #[serde(default, alias = "auth_type")]
    pub auth_type: AuthType,
    #[serde(default, alias = "auth_key_name", skip_serializing_if = "Option::is_none")]
    pub auth_key_name: Option<String>,
    /// Of an API key: in a header (where it is left out) or a query parameter.
    #[serde(default, alias = "auth_in", skip_serializing_if = "Option::is_none")]
    pub auth_in: Option<AuthIn>,
    /// Of an API key: the name of the header or parameter. `X-API-Key` or `api_key` where it is left out.
    #[serde(default, alias = "auth_name", skip_serializing_if = "Option::is_none")]
    pub auth_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oauth2: Option<Oauth2>,
}

pub(crate) fn check_api_spec(spec: &mut ApiSpec, inputs: Option<&Map<String, Value>>, known: &[Known], errors: &mut Vec<FieldError>) {
    spec.method = spec.method.trim().to_ascii_uppercase();
    spec.base_url = spec.base_url.trim().trim_end_matches('/').to_owned();
    spec.path = spec.path.trim().to_owned();
    if !spec.path.is_empty() && !spec.path.starts_with('/') {
        spec.path.insert(0, '/');
    }
    if !METHODS.contains(&spec.method.as_str()) {
        errors.push(FieldError::new("api_spec/method", format!("One of {}.", METHODS.join(", "))));
    }
    check_base_url("api_spec/baseUrl", &spec.base_url, errors);
    if spec.path.contains(['?', '#']) {
        errors.push(FieldError::new("api_spec/path", "No “?” or “#” here: query parameters have a place of their own."));
    }
    if spec.path.len() > 2_000 {
        errors.push(FieldError::new("api_spec/path", "At most 2000 characters."));
    }
    let mut check_names = |place: String, names: Vec<String>| {
        for name in names {
            if !inputs.is_some_and(|inputs| inputs.contains_key(&name)) && !variables::is_known(&name, known) {
                errors.push(FieldError::new(place.clone(), format!("“{{{{{name}}}}}” is neither an input of this tool nor a variable.")));
            }
        }
    };
    check_names("api_spec/path".to_owned(), template::names(&spec.path, true));
    for (name, value) in &spec.query_params {
        check_names(format!("api_spec/queryParams/{name}"), template::names(value, false));
    }
    for (name, value) in &spec.headers {
        check_names(format!("api_spec/headers/{name}"), template::names(value, false));
    }
    if let Some(body) = &spec.body_template {
        check_names("api_spec/bodyTemplate".to_owned(), template::names_in(body));
    }
    for (name, value) in &spec.headers {
        let token = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b));
        if !token {
            errors.push(FieldError::new(format!("api_spec/headers/{name}"), "This is no name of a header."));
        } else if ["host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "proxy-authorization"]
            .contains(&name.to_ascii_lowercase().as_str())
        {
            errors.push(FieldError::new(format!("api_spec/headers/{name}"), "This header is set by Toolcrib itself."));
        }
        if value.chars().any(char::is_control) {
            errors.push(FieldError::new(format!("api_spec/headers/{name}"), "A header is one line."));
        }
    }
    if spec.query_params.keys().any(String::is_empty) {
        errors.push(FieldError::new("api_spec/queryParams", "A query parameter needs a name."));
    }
    if let Some(body) = &spec.body_template {
        check_size("api_spec/bodyTemplate", body, errors);
        if matches!(spec.method.as_str(), "GET" | "HEAD") {
            errors.push(FieldError::new(
                "api_spec/bodyTemplate",
                format!("{} has no body. Choose another method, or empty the body.", spec.method),
            ));
        }
    }
    curl::credentials::check_literals(spec, errors);
    check_auth(spec, errors);
}

/// Scheme and host are fixed: an input may not choose whom a tool calls.
pub(crate) fn check_base_url(place: &str, base: &str, errors: &mut Vec<FieldError>) {
    if base.contains(['{', '}']) {
        return errors.push(FieldError::new(place, "Inputs may stand in the path, never in the base URL."));
    }
    if base.contains(['?', '#']) {
        return errors.push(FieldError::new(place, "No “?” or “#” here: query parameters have a place of their own."));
    }
    check_url(place, base, errors);
}

/// A whole address over HTTP, without credentials in it.
pub(super) fn check_url(place: &str, url: &str, errors: &mut Vec<FieldError>) {
    if url.is_empty() {
        errors.push(FieldError::new(place, "This is needed."));
    } else if !(url.starts_with("http://") || url.starts_with("https://")) {
        errors.push(FieldError::new(place, "Begin with https:// or http://."));
    } else if url.len() > 2_000 {
        errors.push(FieldError::new(place, "At most 2000 characters."));
    } else {
        check_address(place, url, errors);
    }
}

#[cfg(feature = "ssr")]
fn check_address(place: &str, base: &str, errors: &mut Vec<FieldError>) {
    match url::Url::parse(base) {
        Err(_) => errors.push(FieldError::new(place, "This is not an address. Example: https://api.example.com/v1")),
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            errors.push(FieldError::new(
                place,
                "No user or password here: they would be seen by everyone. Use an authentication with a key.",
            ));
        }
        Ok(_) => {}
    }
}

/// The browser leaves this to the server.
#[cfg(not(feature = "ssr"))]
fn check_address(_: &str, _: &str, _: &mut Vec<FieldError>) {}
