//! `pipedream_action`: one action of Pipedream Connect in the name of an external user.

use super::{
    Call, Executor, Failure,
    api_request::Probed,
    outbound::{self, Answer, Broken, Service},
};
use crate::{
    executions::ErrorClass,
    keys::{
        ResolvedKey, Secret,
        seal_in_memory::{Kept, Vault},
        secret::json_with_secrets,
    },
    tools::kinds::pipedream_action::USER,
};
use reqwest::{
    StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, HashMap},
    future::Future,
    pin::Pin,
    sync::{LazyLock, Mutex, PoisonError},
    time::{Duration, Instant},
};
use zeroize::Zeroizing;

/// The keys this kind needs.
pub const CLIENT_ID: &str = "PIPEDREAM_CLIENT_ID";
pub const CLIENT_SECRET: &str = "PIPEDREAM_CLIENT_SECRET";
const ENVIRONMENT: HeaderName = HeaderName::from_static("x-pd-environment");
/// A token is renewed this long before it ends.
const MARGIN: Duration = Duration::from_secs(60);
/// Tokens kept at most; beyond it the ended ones go.
const TOKENS: usize = 1_000;

pub struct PipedreamAction;

impl Executor for PipedreamAction {
    fn execute<'a>(&'a self, call: &'a Call<'a>) -> Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send + 'a>> {
        Box::pin(execute(call))
    }
}

/// Tokens, put away, by what they were got with: address, organization, client and secret. The digest keeps the secret out of the map.
type Tokens = HashMap<[u8; 32], (Kept, Instant)>;
static VAULT: LazyLock<Vault> = LazyLock::new(Vault::default);
static CACHE: LazyLock<Mutex<Tokens>> = LazyLock::new(Mutex::default);

fn upstream(message: impl Into<String>) -> Failure {
    Failure::new(ErrorClass::Upstream, message)
}

async fn execute(call: &Call<'_>) -> Result<Value, Failure> {
    let config = &call.tool.config_metadata;
    let text = |name: &str| config.get(name).and_then(Value::as_str).unwrap_or_default();
    let mut inputs = call.inputs.clone();
    let user = inputs.remove(USER).unwrap_or_default();
    let mut body = json!({"id": text("id"), "external_user_id": user, "configured_props": inputs});
    for name in ["version", "dynamic_props_id", "stash_id"] {
        if !text(name).is_empty() {
            body[name] = text(name).into();
        }
    }
    let path = format!("/v1/connect/{}/actions/run", text("project_id"));
    call.account.note("action", json!({"id": text("id"), "project_id": text("project_id"), "environment": text("environment")}));
    let mut answer = run(call, &path, &body, false).await?;
    if answer.status == StatusCode::UNAUTHORIZED {
        // The token was withdrawn before its time: a new one, once.
        answer = run(call, &path, &body, true).await?;
    }
    read(call, &answer)
}

fn service<'a>(call: &'a Call<'_>) -> Service<'a> {
    Service { name: "Pipedream", base: &call.system.config.pipedream_url }
}

async fn run(call: &Call<'_>, path: &str, body: &Value, fresh: bool) -> Result<Answer, Failure> {
    let token = token(call, &call.key(CLIENT_ID).await?, &call.key(CLIENT_SECRET).await?, fresh).await?;
    let environment = call.tool.config_metadata.get("environment").and_then(Value::as_str).unwrap_or("development");
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, outbound::secret_header(&Zeroizing::new(format!("Bearer {}", token.expose())))?);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(ENVIRONMENT, HeaderValue::from_str(environment).map_err(|_| upstream("The environment is not valid."))?);
    let answer =
        outbound::post(call, service(call), path, &headers, body.to_string().into_bytes()).await.map_err(|broken| match broken {
            Broken::NotSent(why) => upstream(why),
            Broken::Unknown(why) => upstream(format!("{why} The action may have been run.")),
        })?;
    call.account.note("response", json!({"status": answer.status.as_u16()}));
    Ok(answer)
}

/// Asks for a token with this key and the other one that it goes with: is it taken?
pub(crate) async fn probe(call: &Call<'_>, key: ResolvedKey) -> Probed {
    let asked = async {
        match key.key_name.as_str() {
            CLIENT_ID => token(call, &key, &call.key(CLIENT_SECRET).await?, true).await,
            _ => token(call, &call.key(CLIENT_ID).await?, &key, true).await,
        }
    };
    match asked.await {
        Ok(_) => Probed::Token { url: format!("{}/v1/oauth/token", service(call).base) },
        Err(failure) => Probed::Failed(failure),
    }
}

/// An access token, from the cache where one is good for a while yet.
async fn token(call: &Call<'_>, id: &ResolvedKey, secret: &ResolvedKey, fresh: bool) -> Result<Secret, Failure> {
    let url = service(call).url()?;
    let (id, secret) = (id.sent_to(&url)?.expose(), secret.sent_to(&url)?.expose());
    let mut digest = Sha256::new();
    for part in [call.system.config.pipedream_url.as_str(), &call.organization_id.to_string(), id, secret] {
        digest.update(part);
        digest.update([0]);
    }
    let key: [u8; 32] = digest.finalize().into();
    if !fresh {
        let cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((token, until)) = cache.get(&key)
            && *until > Instant::now()
            && let Some(token) = VAULT.open(token, &key)
        {
            call.keys.redactor.add(token.expose());
            return Ok(token);
        }
    }
    let body = BTreeMap::from([("grant_type", "client_credentials"), ("client_id", id.trim()), ("client_secret", secret.trim())]);
    let body = json_with_secrets(&body).map_err(|error| upstream(format!("The request for a token cannot be written: {error}.")))?;
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let answer = outbound::post(call, service(call), "/v1/oauth/token", &headers, body.to_vec())
        .await
        .map_err(|broken| upstream(broken.message()))?;
    let got = answer.body.as_ref().and_then(|body| body.get("access_token")).and_then(Value::as_str).filter(|token| !token.is_empty());
    match (answer.status, got) {
        (StatusCode::OK, Some(got)) => {
            let token = Secret::from(got);
            call.keys.redactor.add(got);
            let seconds = answer.body.as_ref().and_then(|body| body.get("expires_in")).and_then(Value::as_u64).unwrap_or(0);
            let good_for = Duration::from_secs(seconds.min(86_400)).saturating_sub(MARGIN);
            let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
            if cache.len() >= TOKENS {
                let now = Instant::now();
                cache.retain(|_, (_, until)| *until > now);
            }
            if !good_for.is_zero()
                && cache.len() < TOKENS
                && let Some(kept) = VAULT.seal(&token, &key)
            {
                cache.insert(key, (kept, Instant::now() + good_for));
            }
            call.account.note("token", "new");
            Ok(token)
        }
        (StatusCode::TOO_MANY_REQUESTS, _) => Err(outbound::too_many(call, "Pipedream", &answer)),
        (StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => Err(Failure::new(
            ErrorClass::Unauthorized,
            format!("Pipedream refused the keys “{CLIENT_ID}” and “{CLIENT_SECRET}” ({}). Check both.", answer.status.as_u16()),
        )),
        (status, _) => Err(upstream(format!("Pipedream gave no access token; it answered {}.", status.as_u16()))),
    }
}

/// `exports` and `ret` are the output, the log lines go to the log.
fn read(call: &Call<'_>, answer: &Answer) -> Result<Value, Failure> {
    let status = answer.status;
    let said = || {
        let body = answer.body.as_ref();
        let text = body.and_then(|body| body.get("error").or_else(|| body.get("message")));
        text.map(|text| text.as_str().map_or_else(|| text.to_string(), str::to_owned)).map(|text| format!(": {text}")).unwrap_or_default()
    };
    let refuse = |class, message: String| Err(Failure { outputs: Some(answer.excerpt()), ..Failure::new(class, message) });
    match status {
        StatusCode::TOO_MANY_REQUESTS => return Err(outbound::too_many(call, "Pipedream", answer)),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            return refuse(
                ErrorClass::Unauthorized,
                format!("Pipedream does not let this account run the action ({}){}", status.as_u16(), said()),
            );
        }
        status if !status.is_success() => return refuse(ErrorClass::Upstream, format!("Pipedream answered {}{}", status.as_u16(), said())),
        _ => {}
    }
    let Some(Value::Object(body)) = &answer.body else {
        return refuse(ErrorClass::Upstream, "Pipedream's answer is not JSON. The action may have been run.".to_owned());
    };
    let mut failed = None;
    for line in body.get("os").and_then(Value::as_array).into_iter().flatten() {
        call.account.log(&written(line));
        if let Some(error) = line.get("err").filter(|error| !error.is_null()) {
            failed = Some(error.get("message").and_then(Value::as_str).map_or_else(|| error.to_string(), str::to_owned));
        }
    }
    let mut outputs = Map::new();
    for name in ["exports", "ret", "stash_id"] {
        if let Some(value) = body.get(name).filter(|value| name != "stash_id" || !value.is_null()) {
            outputs.insert(name.to_owned(), value.clone());
        }
    }
    match failed {
        Some(why) => Err(Failure { outputs: Some(Value::Object(outputs)), ..upstream(format!("The action failed: {why}")) }),
        None if !outputs.contains_key("exports") && !outputs.contains_key("ret") => {
            refuse(ErrorClass::Upstream, "Pipedream's answer has neither exports nor ret. The action may have been run.".to_owned())
        }
        None => Ok(Value::Object(outputs)),
    }
}

/// One line of the action's log: what kind, and what it says.
fn written(line: &Value) -> String {
    let kind = line.get("k").and_then(Value::as_str).unwrap_or("log");
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let message = match (line.get("msg").filter(|msg| !msg.is_null()), line.get("err").filter(|err| !err.is_null())) {
        (Some(message), _) => text(message),
        (None, Some(error)) => error.get("message").map_or_else(|| error.to_string(), text),
        (None, None) => String::new(),
    };
    format!("[{kind}] {message}\n")
}
