//! Finds in a request what proves who calls, and takes it out.

use super::Given;
use crate::{
    problem::FieldError,
    schema::pointer_segment,
    tools::{ApiSpec, AuthIn, AuthType, template},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where a credential stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// `-u`, or before the host.
    User,
    Authorization,
    Cookie,
    Header(String),
    Parameter(String),
    Body(String),
    Path,
}

/// What somebody should know who pasted a command. Names, never values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// Left out, and the tool asks for a key in its place.
    Key(Place),
    LeftOut(Place),
    /// A map holds one value a name: the last one.
    Repeated(String),
}

impl Note {
    /// For people.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Key(place) => {
                format!("{} left out: it is a credential. Register it as a key, and name that key under Authentication.", place.were())
            }
            Self::LeftOut(Place::Cookie) => "The cookie was left out: it is a credential, and short-lived.".to_owned(),
            Self::LeftOut(Place::Path) => "A part of the path was left out: it looks like a credential. In its place stands {token}, an \
                                           input; keys are sent in a header or in the query."
                .to_owned(),
            Self::LeftOut(place) => {
                format!("{} left out: it looks like a credential, which a tool never holds. A key is the place for it.", place.were())
            }
            Self::Repeated(name) => format!("“{name}” comes more than once; its last value was taken."),
        }
    }
}

impl Place {
    fn were(&self) -> String {
        match self {
            Self::User => "User and password were".to_owned(),
            Self::Authorization => "The Authorization header was".to_owned(),
            Self::Cookie => "The cookie was".to_owned(),
            Self::Path => "A part of the path was".to_owned(),
            Self::Header(name) => format!("The header {name} was"),
            Self::Parameter(name) => format!("The parameter {name} was"),
            Self::Body(name) => format!("“{name}” in the body was"),
        }
    }
}

/// Takes credentials out of address, headers and query. The first becomes the way the tool authenticates.
pub(super) fn take_out(spec: &mut ApiSpec, given: &mut Given, query: &mut Vec<(String, String)>, notes: &mut Vec<Note>) {
    let mut place = |spec: &mut ApiSpec, kind: Option<(AuthType, Option<(AuthIn, &str)>)>, place: Place| {
        let Some((kind, named)) = kind.filter(|_| spec.auth_type == AuthType::None) else {
            return notes.push(Note::LeftOut(place));
        };
        spec.auth_type = kind;
        (spec.auth_in, spec.auth_name) = named.map(|(at, name)| (at, name.to_owned())).unzip();
        spec.auth_key_name = Some(key_name(&spec.base_url));
        notes.push(Note::Key(place));
    };
    if given.has_user {
        place(spec, Some((AuthType::Basic, None)), Place::User);
    }
    let has_cookie = given.has_cookie || given.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("cookie"));
    if has_cookie {
        place(spec, None, Place::Cookie);
    }
    given.headers.retain(|(name, value)| {
        let lower = name.to_ascii_lowercase();
        let scheme = value.split(' ').next().unwrap_or_default().to_ascii_lowercase();
        match lower.as_str() {
            "cookie" => {}
            "authorization" => {
                let kind = match scheme.as_str() {
                    "bearer" => (AuthType::Bearer, None),
                    "basic" => (AuthType::Basic, None),
                    _ => (AuthType::ApiKey, Some((AuthIn::Header, name.as_str()))),
                };
                place(spec, Some(kind), Place::Authorization);
            }
            _ if is_credential_header(&lower) || holds_credential(value) || ["bearer", "basic"].contains(&scheme.as_str()) => {
                place(spec, Some((AuthType::ApiKey, Some((AuthIn::Header, name)))), Place::Header(name.clone()));
            }
            _ => return true,
        }
        false
    });
    query.retain(|(name, value)| {
        let is_key = is_credential_parameter(name) || holds_credential(value);
        if is_key {
            place(spec, Some((AuthType::ApiKey, Some((AuthIn::Query, name)))), Place::Parameter(name.clone()));
        }
        !is_key
    });
    let mut parts: Vec<String> = spec.path.split('/').map(str::to_owned).collect();
    for part in &mut parts {
        let is_bot = is_bot_token(part);
        if is_bot || is_credential(part) {
            *part = if is_bot { "bot{token}" } else { "{token}" }.to_owned();
            notes.push(Note::LeftOut(Place::Path));
        }
    }
    spec.path = parts.join("/");
}

/// Fields of a body that are credentials, at any depth.
pub(super) fn take_out_of_body(body: &mut Value, notes: &mut Vec<Note>) {
    match body {
        Value::Object(fields) => fields.retain(|name, value| {
            let is_key = match value {
                Value::String(text) => !text.is_empty() && (is_credential_name(name) || holds_credential(text)),
                Value::Number(_) => is_credential_name(name),
                inner => {
                    take_out_of_body(inner, notes);
                    false
                }
            };
            if is_key {
                notes.push(Note::LeftOut(Place::Body(name.clone())));
            }
            !is_key
        }),
        Value::Array(items) => items.iter_mut().for_each(|item| take_out_of_body(item, notes)),
        Value::String(text) if holds_credential(text) => {
            text.clear();
            notes.push(Note::LeftOut(Place::Body("text".to_owned())));
        }
        _ => {}
    }
}

/// A tool is seen by everybody who may read it, and kept in every version: what proves who calls has no place in it, however it came
/// there. Said of each place where one stands; never what it is.
pub(in crate::tools) fn check_literals(spec: &ApiSpec, errors: &mut Vec<FieldError>) {
    let mut refuse = |place: String| {
        errors.push(FieldError::new(
            format!("api_spec/{place}"),
            "This looks like a credential, which a tool never holds: everybody who sees the tool would see it. Register it as a key, and \
             name that key under Authentication.",
        ));
    };
    for (name, value) in &spec.headers {
        let lower = name.to_ascii_lowercase();
        let (scheme, rest) = value.trim().split_once(' ').unwrap_or_default();
        let is_scheme = ["bearer", "basic"].contains(&scheme.to_ascii_lowercase().as_str()) && !rest.trim().is_empty();
        let is_named = ["authorization", "cookie"].contains(&lower.as_str()) || is_credential_name(name);
        let is_likely = is_credential_header(&lower) && is_random(value);
        if holds_credential(value) || (is_literal(value) && (is_scheme || is_named || is_likely)) {
            refuse(format!("headers/{}", pointer_segment(name)));
        }
    }
    for (name, value) in &spec.query_params {
        let is_likely = is_credential_parameter(name) && is_random(value);
        if holds_credential(value) || (is_literal(value) && (is_credential_name(name) || is_likely)) {
            refuse(format!("queryParams/{}", pointer_segment(name)));
        }
    }
    if spec.path.split('/').any(|part| is_bot_token(part) || is_credential(part)) {
        refuse("path".to_owned());
    }
    // Of a body only what cannot be anything else: a field “password” may well be what a call is about.
    if spec.body_template.as_ref().is_some_and(has_credential) {
        refuse("bodyTemplate".to_owned());
    }
}

/// Text that is sent as it stands, and that says more than a setting does (`X-Atlassian-Token: no-check`).
fn is_literal(text: &str) -> bool {
    const SETTINGS: [&str; 10] = ["no-check", "nocheck", "fetch", "required", "none", "null", "true", "false", "0", "1"];
    let text = text.trim();
    !text.is_empty() && template::names(text, false).is_empty() && !SETTINGS.contains(&text.to_ascii_lowercase().as_str())
}

/// Long, one word, letters and digits mixed: nobody types that.
fn is_random(text: &str) -> bool {
    let text = text.trim();
    text.len() >= 16
        && !text.contains(char::is_whitespace)
        && text.contains(|c: char| c.is_ascii_digit())
        && text.contains(char::is_alphabetic)
}

fn has_credential(body: &Value) -> bool {
    match body {
        Value::String(text) => holds_credential(text),
        Value::Array(items) => items.iter().any(has_credential),
        Value::Object(fields) => fields.values().any(has_credential),
        _ => false,
    }
}

/// `bot123456:AAH…`, as Telegram wants it in the path.
fn is_bot_token(part: &str) -> bool {
    part.strip_prefix("bot").and_then(|rest| rest.split_once(':')).is_some_and(|(id, token)| is_number(id) && token.len() > 20)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `clientSecret`, `X-Auth-Token`, `api_key` as letters alone.
fn bare(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Whether what is called like this is a credential wherever it stands.
fn is_credential_name(name: &str) -> bool {
    let name = bare(name);
    let holds = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let is_page = holds(&["page", "next", "continuation", "sync", "cursor"]);
    holds(&["password", "passwd", "passphrase", "secret", "apikey", "accesskey", "privatekey", "authkey", "credential", "authorization"])
        || (name.ends_with("token") && !is_page)
        || ["pwd", "pass", "jwt", "sessionid", "sid"].contains(&name.as_str())
}

fn is_credential_header(name: &str) -> bool {
    let harmless = ["idempotency-key", "sec-websocket-key", "surrogate-key"].contains(&name);
    is_credential_name(name) || (name.ends_with("key") && !harmless) || name.ends_with("-auth") || name.ends_with("signature")
}

fn is_credential_parameter(name: &str) -> bool {
    is_credential_name(name) || ["key", "sig", "auth", "appid"].contains(&bare(name).as_str()) || bare(name).ends_with("signature")
}

/// Whether one of its words is made like the keys that well-known services hand out: `token ghp_…`.
fn holds_credential(text: &str) -> bool {
    text.split_whitespace().any(is_credential)
}

/// Whether this text is made like the keys that well-known services hand out.
fn is_credential(text: &str) -> bool {
    const BEGINNINGS: [&str; 14] = [
        "sk-",
        "sk_live_",
        "sk_test_",
        "rk_live_",
        "pk_live_",
        "ghp_",
        "gho_",
        "ghs_",
        "github_pat_",
        "glpat-",
        "xoxb-",
        "xoxp-",
        "AKIA",
        "AIza",
    ];
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    let web_token = text.starts_with("eyJ") && text.matches('.').count() == 2;
    plain && text.len() >= 16 && (web_token || BEGINNINGS.iter().any(|beginning| text.starts_with(beginning)))
}

/// `https://api.github.com` → `GITHUB_API_KEY`.
fn key_name(base_url: &str) -> String {
    let host = base_url.rsplit("://").next().unwrap_or_default().split(':').next().unwrap_or_default();
    let parts: Vec<&str> = host.split('.').collect();
    let owner = if parts.len() >= 2 { parts[parts.len() - 2] } else { host };
    let name: String = owner.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    if name.starts_with(|c: char| c.is_ascii_uppercase()) { format!("{name}_API_KEY") } else { "API_KEY".to_owned() }
}
