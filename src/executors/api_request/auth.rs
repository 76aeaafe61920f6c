//! Puts a key into a request. What is sent cannot be printed: headers with keys are marked as sensitive.

use super::request::Prepared;
use crate::{
    executions::ErrorClass,
    executors::{Call, Failure},
    keys::{ResolvedKey, Secret},
    tools::{ApiSpec, AuthIn, AuthType, Oauth2},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use zeroize::Zeroizing;

/// How this call convinces the API of who calls.
pub(crate) enum Auth<'a> {
    None,
    /// The key itself, as the tool says.
    Key {
        spec: &'a ApiSpec,
        key: ResolvedKey,
    },
    /// An access token that the key is good for.
    Token {
        oauth2: &'a Oauth2,
        key: ResolvedKey,
        from_cache: bool,
        forgotten: bool,
    },
}

crate::keys::secret::is_never!(Auth<'static>: std::fmt::Debug, std::fmt::Display, serde::Serialize, Clone);

impl<'a> Auth<'a> {
    /// Finds the key that the tool asks for.
    pub async fn of(call: &Call<'_>, spec: &'a ApiSpec) -> Result<Self, Failure> {
        if spec.auth_type == AuthType::None {
            return Ok(Self::None);
        }
        let key = call.key(spec.auth_key_name.as_deref().unwrap_or("(unnamed)")).await?;
        Self::with(spec, key)
    }

    /// The same with a key that was found otherwise.
    pub fn with(spec: &'a ApiSpec, key: ResolvedKey) -> Result<Self, Failure> {
        match (spec.auth_type, &spec.oauth2) {
            (AuthType::Oauth2, Some(oauth2)) => Ok(Self::Token { oauth2, key, from_cache: false, forgotten: false }),
            (AuthType::Oauth2, None) => {
                Err(unfit("This tool uses OAuth 2.0 and says no address that gives tokens. Complete its definition."))
            }
            _ => Ok(Self::Key { spec, key }),
        }
    }

    /// The request with the key in it.
    pub async fn apply(&mut self, call: &Call<'_>, mut request: Prepared) -> Result<Prepared, Failure> {
        match self {
            Self::None => {}
            Self::Key { spec, key } => {
                let secret = key.sent_to(&request.url)?;
                request.reach = Some(key.reach.clone());
                match spec.auth_type {
                    AuthType::ApiKey => match spec.auth_place() {
                        (AuthIn::Header, name) => set(&mut request, name, secret.expose(), &key.key_name)?,
                        (AuthIn::Query, name) => {
                            request.url.query_pairs_mut().append_pair(name, secret.expose());
                        }
                    },
                    AuthType::Basic => {
                        let value = basic(call, secret);
                        set(&mut request, AUTHORIZATION.as_str(), &value, &key.key_name)?;
                    }
                    _ => bearer(&mut request, secret, &key.key_name)?,
                }
            }
            Self::Token { oauth2, key, from_cache, .. } => {
                // Before one is fetched that could not be used.
                key.reach.check(&request.url)?;
                request.reach = Some(key.reach.clone());
                let token = call.system.tokens.token(call, key, oauth2).await?;
                *from_cache = token.from_cache;
                bearer(&mut request, &token.secret, &key.key_name)?;
            }
        }
        Ok(request)
    }

    /// The API refused what was sent: is there a point in trying once more? Only with another access token than the one that was kept.
    pub fn forget(&mut self, call: &Call<'_>) -> bool {
        match self {
            Self::Token { oauth2, key, from_cache: true, forgotten } if !*forgotten => {
                *forgotten = true;
                call.system.tokens.forget(call, key, oauth2);
                true
            }
            _ => false,
        }
    }
}

fn unfit(message: impl Into<String>) -> Failure {
    Failure::new(ErrorClass::Unauthorized, message)
}

fn bearer(request: &mut Prepared, token: &Secret, key_name: &str) -> Result<(), Failure> {
    let value = Zeroizing::new(format!("Bearer {}", token.expose()));
    set(request, AUTHORIZATION.as_str(), &value, key_name)
}

/// `Basic …` of `user:password`; the password alone does not leave either.
pub(super) fn basic(call: &Call<'_>, value: &Secret) -> Zeroizing<String> {
    let text = value.expose();
    let pair = match text.split_once(':') {
        Some((_, password)) => {
            call.keys.redactor.add(password);
            Zeroizing::new(text.to_owned())
        }
        None => Zeroizing::new(format!("{text}:")),
    };
    Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())))
}

fn set(request: &mut Prepared, name: &str, value: &str, key_name: &str) -> Result<(), Failure> {
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unfit(format!("“{name}” is no name of a header.")))?;
    let mut value = HeaderValue::from_str(value).map_err(|_| {
        unfit(format!("The value of the key “{key_name}” has a line break or a control character and fits into no header."))
    })?;
    value.set_sensitive(true);
    request.headers.insert(name, value);
    Ok(())
}
