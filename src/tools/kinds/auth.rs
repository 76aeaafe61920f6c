//! How a request convinces an API of who calls: which key, and where it goes. The value of the key is never in here.

use super::api_request::{ApiSpec, check_url};
use crate::{keys::check_key_name, problem::FieldError, tools::words};
use serde::{Deserialize, Serialize};

/// How an API wants to be convinced of who calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum AuthType {
    #[default]
    None,
    Bearer,
    #[serde(alias = "api_key")]
    ApiKey,
    Basic,
    Oauth2,
}

impl AuthType {
    pub const ALL: [Self; 5] = [Self::None, Self::Bearer, Self::ApiKey, Self::Basic, Self::Oauth2];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Bearer => "bearer",
            Self::ApiKey => "api-key",
            Self::Basic => "basic",
            Self::Oauth2 => "oauth2",
        }
    }

    /// For people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Bearer => "Bearer token",
            Self::ApiKey => "API key",
            Self::Basic => "Basic (user and password)",
            Self::Oauth2 => "OAuth 2.0",
        }
    }

    /// What the key's value has to be.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::None => "Anybody may call this API.",
            Self::Bearer => "The key is sent as “Authorization: Bearer …”.",
            Self::ApiKey => "The key is sent in a header or a query parameter.",
            Self::Basic => "The key's value is “user:password”; without a colon it is the user, with no password.",
            Self::Oauth2 => "Toolcrib fetches an access token with the key and keeps it until shortly before it expires.",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|auth| auth.as_str() == text)
    }
}

words! {
    /// Where an API key goes.
    AuthIn {
        Header = "header", "Header";
        Query = "query", "Query parameter";
    }
}

words! {
    /// How an access token is asked for.
    Oauth2Grant {
        ClientCredentials = "client_credentials", "Client credentials";
        RefreshToken = "refresh_token", "Refresh token";
    }
}

words! {
    /// How the client proves itself at the token endpoint.
    Oauth2ClientAuth {
        Basic = "basic", "Authorization header";
        Body = "body", "In the body";
    }
}

/// Where access tokens come from. The key's value holds the secrets: `client_id:client_secret`, or, where `clientId` stands here, the client
/// secret or the refresh token alone, or JSON with `client_id`, `client_secret`, `refresh_token`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Oauth2 {
    #[serde(alias = "token_url")]
    pub token_url: String,
    #[serde(default = "client_credentials", alias = "grant_type")]
    pub grant: Oauth2Grant,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    #[serde(default, alias = "client_id", skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    #[serde(default = "basic", alias = "client_auth")]
    pub client_auth: Oauth2ClientAuth,
}

fn client_credentials() -> Oauth2Grant {
    Oauth2Grant::ClientCredentials
}

fn basic() -> Oauth2ClientAuth {
    Oauth2ClientAuth::Basic
}

/// The header of an API key where the tool names none.
pub const DEFAULT_HEADER: &str = "X-API-Key";
/// The query parameter of an API key where the tool names none.
pub const DEFAULT_PARAMETER: &str = "api_key";

impl ApiSpec {
    /// The name of the header or query parameter that an API key goes into.
    #[must_use]
    pub fn auth_place(&self) -> (AuthIn, &str) {
        let place = self.auth_in.unwrap_or(AuthIn::Header);
        let default = if place == AuthIn::Header { DEFAULT_HEADER } else { DEFAULT_PARAMETER };
        (place, self.auth_name.as_deref().filter(|name| !name.is_empty()).unwrap_or(default))
    }
}

pub(super) fn check_auth(spec: &mut ApiSpec, errors: &mut Vec<FieldError>) {
    let tidy = |text: &mut Option<String>| {
        *text = text.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    };
    tidy(&mut spec.auth_key_name);
    tidy(&mut spec.auth_name);
    let unused = |place: &str, what: &str| FieldError::new(format!("api_spec/{place}"), format!("Only {what} has this."));
    if spec.auth_type == AuthType::None {
        if spec.auth_key_name.is_some() {
            errors.push(FieldError::new(
                "api_spec/authKeyName",
                "Without authentication no key is used. Choose how it is sent, or leave this empty.",
            ));
        }
    } else {
        match spec.auth_key_name.as_deref() {
            None => errors.push(FieldError::new("api_spec/authKeyName", "Name the key that this authentication needs.")),
            Some(name) => check_key_name("api_spec/authKeyName", name, errors),
        }
    }
    if spec.auth_type == AuthType::ApiKey {
        check_place(spec, errors);
    } else {
        if spec.auth_in.is_some() {
            errors.push(unused("authIn", "authentication by API key"));
        }
        if spec.auth_name.is_some() {
            errors.push(unused("authName", "authentication by API key"));
        }
        if spec.auth_type != AuthType::None
            && let Some(name) = spec.headers.keys().find(|name| name.eq_ignore_ascii_case("authorization"))
        {
            errors.push(FieldError::new(format!("api_spec/headers/{name}"), "The authentication sets this header."));
        }
    }
    match (&mut spec.oauth2, spec.auth_type) {
        (Some(oauth2), AuthType::Oauth2) => check_oauth2(oauth2, errors),
        (None, AuthType::Oauth2) => {
            errors.push(FieldError::new("api_spec/oauth2/tokenUrl", "OAuth 2.0 needs the address that gives tokens."))
        }
        (Some(_), _) => errors.push(unused("oauth2", "authentication by OAuth 2.0")),
        (None, _) => {}
    }
}

fn check_place(spec: &ApiSpec, errors: &mut Vec<FieldError>) {
    let (place, name) = spec.auth_place();
    match place {
        AuthIn::Header => {
            let token = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b));
            if !token {
                errors.push(FieldError::new("api_spec/authName", "This is no name of a header."));
            } else if ["host", "content-length", "content-type", "transfer-encoding", "connection", "accept"]
                .contains(&name.to_ascii_lowercase().as_str())
            {
                errors.push(FieldError::new("api_spec/authName", "A key cannot go into this header."));
            }
            if let Some(name) = spec.headers.keys().find(|own| own.eq_ignore_ascii_case(name)) {
                errors.push(FieldError::new(format!("api_spec/headers/{name}"), "The authentication sets this header."));
            }
        }
        AuthIn::Query => {
            if name.chars().count() > 100 || name.chars().any(char::is_control) {
                errors.push(FieldError::new("api_spec/authName", "This is no name of a query parameter."));
            }
            if spec.query_params.contains_key(name) {
                errors.push(FieldError::new(format!("api_spec/queryParams/{name}"), "The authentication sets this parameter."));
            }
        }
    }
}

fn check_oauth2(oauth2: &mut Oauth2, errors: &mut Vec<FieldError>) {
    oauth2.token_url = oauth2.token_url.trim().to_owned();
    for text in [&mut oauth2.audience, &mut oauth2.client_id] {
        *text = text.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    }
    oauth2.scopes = oauth2.scopes.iter().flat_map(|scope| scope.split_whitespace()).map(str::to_owned).collect();
    if oauth2.scopes.len() > 50 || oauth2.scopes.iter().any(|scope| scope.len() > 300 || !scope.is_ascii()) {
        errors.push(FieldError::new("api_spec/oauth2/scopes", "At most 50 scopes, each at most 300 ASCII characters."));
    }
    for (place, text) in [("audience", &oauth2.audience), ("clientId", &oauth2.client_id)] {
        if text.as_ref().is_some_and(|text| text.len() > 500) {
            errors.push(FieldError::new(format!("api_spec/oauth2/{place}"), "At most 500 characters."));
        }
    }
    check_url("api_spec/oauth2/tokenUrl", &oauth2.token_url, errors);
}
