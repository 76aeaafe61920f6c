//! Access tokens of OAuth 2.0 (RFC 6749): client credentials and refresh tokens. A token is kept, encrypted in memory, until shortly before
//! it expires; calls that need one at the same time share one request for it.

use super::upstream;
use crate::{
    executions::ErrorClass,
    executors::{Call, Failure, egress},
    keys::{ResolvedKey, Secret, keep_refresh_token, seal_in_memory::Vault},
    tools::{Oauth2, Oauth2ClientAuth, Oauth2Grant},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt;
use reqwest::{
    StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue},
};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};
use url::{Url, form_urlencoded};
use zeroize::Zeroizing;

/// The most that is read of a token endpoint's answer.
const ANSWER_BYTES: usize = 64 * 1024;
/// How long a token is kept whose endpoint does not say how long it lasts.
const UNSAID_SECONDS: i64 = 300;
/// How long before its end a token is given up, at most.
const MARGIN_SECONDS: i64 = 30;
/// Above this many, those that are over are cleared away.
const MANY: usize = 1_000;

type Id = [u8; 32];
type Slot = Arc<tokio::sync::Mutex<Option<Kept>>>;

/// The access tokens of this process.
#[derive(Default)]
pub struct TokenCache {
    vault: Vault,
    slots: Mutex<HashMap<Id, Slot>>,
}

struct Kept {
    sealed: crate::keys::seal_in_memory::Kept,
    until: DateTime<Utc>,
}

/// An access token for one request.
pub(super) struct Token {
    pub secret: Secret,
    pub from_cache: bool,
}

crate::keys::secret::is_never!(TokenCache: std::fmt::Debug, serde::Serialize, Clone);
crate::keys::secret::is_never!(Token: std::fmt::Debug, serde::Serialize, Clone);
crate::keys::secret::is_never!(Client: std::fmt::Debug, serde::Serialize, Clone);

impl TokenCache {
    /// A token for this key and these settings: the one that is kept, or a new one.
    pub(super) async fn token(&self, call: &Call<'_>, key: &ResolvedKey, oauth2: &Oauth2) -> Result<Token, Failure> {
        let id = id(call, key, oauth2);
        let slot = self.slot(id, call.system.clock.now());
        // Whoever comes while somebody fetches waits here, and finds what was fetched.
        let mut slot = slot.lock().await;
        if let Some(kept) = slot.as_ref().filter(|kept| call.system.clock.now() < kept.until)
            && let Some(secret) = self.vault.open(&kept.sealed, &id)
        {
            call.keys.redactor.add(secret.expose());
            return Ok(Token { secret, from_cache: true });
        }
        *slot = None;
        let granted = fetch(call, key, oauth2).await?;
        let now = call.system.clock.now();
        let seconds = granted.expires_in.unwrap_or(UNSAID_SECONDS);
        let until = now + TimeDelta::try_seconds(seconds - MARGIN_SECONDS.min(seconds / 10)).unwrap_or_default();
        *slot = self.vault.seal(&granted.access_token, &id).map(|sealed| Kept { sealed, until });
        Ok(Token { secret: granted.access_token, from_cache: false })
    }

    /// The API did not take the token that is kept.
    pub(super) fn forget(&self, call: &Call<'_>, key: &ResolvedKey, oauth2: &Oauth2) {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner).remove(&id(call, key, oauth2));
    }

    fn slot(&self, id: Id, now: DateTime<Utc>) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() > MANY {
            slots.retain(|_, slot| slot.try_lock().map_or(true, |kept| kept.as_ref().is_some_and(|kept| now < kept.until)));
        }
        slots.entry(id).or_default().clone()
    }
}

/// What a token depends on: another value of the key, another scope is another token.
fn id(call: &Call<'_>, key: &ResolvedKey, oauth2: &Oauth2) -> Id {
    let settings = json!([call.organization_id, key.id, key.revision, oauth2]).to_string();
    Sha256::digest(settings.as_bytes()).into()
}

/// Who asks for a token, read from the value of a key.
struct Client {
    id: String,
    secret: Option<Secret>,
    refresh_token: Option<Secret>,
}

/// The value of a key as JSON.
#[derive(Deserialize)]
struct Json {
    client_id: Option<String>,
    client_secret: Option<Secret>,
    refresh_token: Option<Secret>,
}

impl Client {
    /// For a request to the token endpoint, and for nowhere else.
    fn of(key: &ResolvedKey, oauth2: &Oauth2, endpoint: &Url) -> Result<Self, Failure> {
        let name = &key.key_name;
        let odd = |what: &str| Failure::new(ErrorClass::Unauthorized, format!("The value of the key “{name}” {what}"));
        let text = key.sent_to(endpoint)?.expose();
        let client = if text.starts_with('{') {
            let json: Json = serde_json::from_str(text)
                .map_err(|_| odd("looks like JSON, but is not an object with client_id, client_secret, refresh_token."))?;
            let id =
                json.client_id.or_else(|| oauth2.client_id.clone()).ok_or_else(|| odd("has no client_id, and the tool names none."))?;
            Self { id, secret: json.client_secret, refresh_token: json.refresh_token }
        } else {
            match (&oauth2.client_id, oauth2.grant) {
                (Some(id), Oauth2Grant::ClientCredentials) => {
                    Self { id: id.clone(), secret: Some(Secret::from(text)), refresh_token: None }
                }
                (Some(id), Oauth2Grant::RefreshToken) => Self { id: id.clone(), secret: None, refresh_token: Some(Secret::from(text)) },
                (None, _) => {
                    let (id, secret) =
                        text.split_once(':').ok_or_else(|| odd("is not “client_id:client_secret”, and the tool names no client id."))?;
                    Self { id: id.to_owned(), secret: Some(Secret::from(secret)), refresh_token: None }
                }
            }
        };
        match oauth2.grant {
            Oauth2Grant::ClientCredentials if client.secret.is_none() => Err(odd("has no client secret.")),
            Oauth2Grant::RefreshToken if client.refresh_token.is_none() => Err(odd("has no refresh token.")),
            _ => Ok(client),
        }
    }
}

/// What a token endpoint answers when it agrees.
#[derive(Deserialize)]
struct Answer {
    access_token: Option<Secret>,
    token_type: Option<String>,
    expires_in: Option<Value>,
    refresh_token: Option<Secret>,
}

/// And when it does not.
#[derive(Deserialize)]
struct Refused {
    error: String,
    #[serde(default)]
    error_description: String,
}

struct Granted {
    access_token: Secret,
    expires_in: Option<i64>,
}

async fn fetch(call: &Call<'_>, key: &ResolvedKey, oauth2: &Oauth2) -> Result<Granted, Failure> {
    match ask(call, key, oauth2).await {
        // Another server may have used the refresh token first, and got a new one that it stored.
        Err((failure, true)) => {
            let again = call.key(&key.key_name).await?;
            if again.id == key.id && !again.is_same_value(key) {
                ask(call, &again, oauth2).await.map_err(|(failure, _)| failure)
            } else {
                Err(failure)
            }
        }
        done => done.map_err(|(failure, _)| failure),
    }
}

/// One request to the token endpoint. The flag of a failure: the refresh token is of no use any more.
async fn ask(call: &Call<'_>, key: &ResolvedKey, oauth2: &Oauth2) -> Result<Granted, (Failure, bool)> {
    let endpoint = Url::parse(&oauth2.token_url).map_err(|_| (upstream("The address that gives tokens is not valid."), false))?;
    let client = Client::of(key, oauth2, &endpoint).map_err(|failure| (failure, false))?;
    for secret in [&client.secret, &client.refresh_token].into_iter().flatten() {
        call.keys.redactor.add(secret.expose());
    }
    let began = Instant::now();
    let (status, body) = post(call, &client, oauth2, endpoint).await.map_err(|failure| (failure, false))?;
    call.account.note(
        "token",
        json!({"url": oauth2.token_url, "grant": oauth2.grant, "status": status.as_u16(), "ms": began.elapsed().as_secs_f64() * 1000.0}),
    );
    if !status.is_success() {
        return Err(refused(call, key, oauth2, status, &body));
    }
    let strange = |what: &str| (upstream(format!("The token endpoint answered {}, but {what}.", status.as_u16())), false);
    let answer: Answer = serde_json::from_slice(&body).map_err(|_| strange("not with the JSON that OAuth 2.0 wants"))?;
    let token = answer.access_token.filter(|token| !token.expose().is_empty()).ok_or_else(|| strange("without an access token"))?;
    call.keys.redactor.add(token.expose());
    if let Some(kind) = answer.token_type.filter(|kind| !kind.eq_ignore_ascii_case("bearer")) {
        return Err(strange(&format!(
            "with a token of type “{}”; only bearer tokens are understood",
            kind.chars().take(40).collect::<String>()
        )));
    }
    if let Some(next) = answer.refresh_token {
        call.keys.redactor.add(next.expose());
        if oauth2.grant == Oauth2Grant::RefreshToken && client.refresh_token.is_some_and(|old| old.expose() != next.expose()) {
            keep_refresh_token(call.system, call.organization_id, key, &next).await.map_err(|error| {
                tracing::error!(%error, "a refresh token that replaces another could not be stored");
                (Failure::new(ErrorClass::Internal, "The new refresh token could not be stored. The server's log says why."), false)
            })?;
        }
    }
    // Some send a number as text.
    let expires_in = answer.expires_in.and_then(|value| value.as_f64().or_else(|| value.as_str()?.parse().ok()));
    #[allow(clippy::cast_possible_truncation)]
    Ok(Granted { access_token: token, expires_in: expires_in.map(|seconds| seconds.clamp(0.0, 86_400.0 * 365.0) as i64) })
}

fn refused(call: &Call<'_>, key: &ResolvedKey, oauth2: &Oauth2, status: StatusCode, body: &[u8]) -> (Failure, bool) {
    let code = status.as_u16();
    match serde_json::from_slice::<Refused>(body) {
        Ok(refused) if status.is_client_error() => {
            let said = call.keys.redactor.text(&format!("{} {}", refused.error, refused.error_description));
            let why: String = said.trim().chars().take(500).collect();
            let message = format!("The token endpoint refused the key “{}” ({code}): {why}", key.key_name);
            let failure = Failure::new(ErrorClass::Unauthorized, message);
            (failure, oauth2.grant == Oauth2Grant::RefreshToken && refused.error == "invalid_grant")
        }
        _ if matches!(code, 401 | 403) => {
            let message = format!("The token endpoint refused the key “{}” ({code}).", key.key_name);
            (Failure::new(ErrorClass::Unauthorized, message), false)
        }
        _ => (upstream(format!("The token endpoint answered {code}, and gave no token.")), false),
    }
}

/// Asks over the same guard as every call; follows no redirect, since the client's secret is for this address only.
async fn post(call: &Call<'_>, client: &Client, oauth2: &Oauth2, url: Url) -> Result<(StatusCode, Zeroizing<Vec<u8>>), Failure> {
    let host = url.host_str().unwrap_or_default().to_owned();
    let addresses = egress::resolve(&call.system.config, &url).await.map_err(|refusal| upstream(refusal.to_string()))?;
    let http = egress::client(&url, &addresses).map_err(|_| upstream("No connection to the token endpoint could be prepared."))?;
    let mut request = http
        .post(url)
        .header(ACCEPT, HeaderValue::from_static("application/json"))
        .header(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    let in_header = client.secret.as_ref().filter(|_| oauth2.client_auth == Oauth2ClientAuth::Basic);
    if let Some(secret) = in_header {
        // RFC 6749, 2.3.1: both are form-encoded first.
        let encode = |text: &str| Zeroizing::new(form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>());
        let encoded = encode(secret.expose());
        call.keys.redactor.add(&encoded);
        let pair = Zeroizing::new(format!("{}:{}", encode(&client.id).as_str(), encoded.as_str()));
        let value = Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())));
        let mut value = HeaderValue::from_str(&value).map_err(|_| upstream("The client's secret fits into no header."))?;
        value.set_sensitive(true);
        request = request.header(AUTHORIZATION, value);
    }
    let request = request.body(form(client, oauth2, in_header.is_none()));
    let broken =
        |error: reqwest::Error| upstream(format!("The connection to the token endpoint {host} failed: {}.", super::send::cause(&error)));
    let response = request.send().await.map_err(broken)?;
    let status = response.status();
    if status.is_redirection() {
        return Err(upstream("The token endpoint redirects elsewhere. The client's secret is not sent along: give the final address."));
    }
    let mut body = Zeroizing::new(Vec::new());
    let mut stream = response.bytes_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(broken)?;
        if body.len() + chunk.len() > ANSWER_BYTES {
            return Err(upstream(format!("The token endpoint answered more than {} KiB.", ANSWER_BYTES / 1024)));
        }
        body.extend_from_slice(&chunk);
    }
    Ok((status, body))
}

/// `named`: the client proves itself in here; one without a secret at least names itself.
fn form(client: &Client, oauth2: &Oauth2, named: bool) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", oauth2.grant.as_str());
    if let Some(token) = client.refresh_token.as_ref().filter(|_| oauth2.grant == Oauth2Grant::RefreshToken) {
        form.append_pair("refresh_token", token.expose());
    }
    if !oauth2.scopes.is_empty() {
        form.append_pair("scope", &oauth2.scopes.join(" "));
    }
    if let Some(audience) = &oauth2.audience {
        form.append_pair("audience", audience);
    }
    if named {
        form.append_pair("client_id", &client.id);
        if let Some(secret) = &client.secret {
            form.append_pair("client_secret", secret.expose());
        }
    }
    form.finish()
}
