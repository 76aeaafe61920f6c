//! Finds in a request what proves who calls, and takes it out.

use super::Given;
use crate::tools::{ApiSpec, AuthIn, AuthType};
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
            _ if is_credential_header(&lower) || is_credential(value) || ["bearer", "basic"].contains(&scheme.as_str()) => {
                place(spec, Some((AuthType::ApiKey, Some((AuthIn::Header, name)))), Place::Header(name.clone()));
            }
            _ => return true,
        }
        false
    });
    query.retain(|(name, value)| {
        let is_key = is_credential_parameter(name) || is_credential(value);
        if is_key {
            place(spec, Some((AuthType::ApiKey, Some((AuthIn::Query, name)))), Place::Parameter(name.clone()));
        }
        !is_key
    });
    let mut parts: Vec<String> = spec.path.split('/').map(str::to_owned).collect();
    for part in &mut parts {
        let bot = part.strip_prefix("bot").filter(|rest| rest.split_once(':').is_some_and(|(id, token)| is_number(id) && token.len() > 20));
        if bot.is_some() || is_credential(part) {
            *part = if bot.is_some() { "bot{token}" } else { "{token}" }.to_owned();
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
                Value::String(text) => !text.is_empty() && (is_credential_name(name) || is_credential(text)),
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
        Value::String(text) if is_credential(text) => {
            text.clear();
            notes.push(Note::LeftOut(Place::Body("text".to_owned())));
        }
        _ => {}
    }
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
