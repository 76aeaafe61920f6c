//! `sms`: a text message to each recipient, by Twilio. Every recipient has a result of its own; no message is ever sent twice.

use super::{
    Call, Executor, Failure,
    api_request::Probed,
    outbound::{self, Broken, Service},
};
use crate::{
    executions::ErrorClass,
    keys::ResolvedKey,
    phone_numbers::{self, e164},
    tools::kinds::sms::{From, RECIPIENTS, TEXT, from},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use futures_util::{StreamExt, stream};
use reqwest::{
    StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue},
};
use serde_json::{Value, json};
use std::{future::Future, pin::Pin, sync::Mutex};
use zeroize::Zeroizing;

/// The keys this kind needs.
pub const ACCOUNT_SID: &str = "TWILIO_ACCOUNT_SID";
pub const AUTH_TOKEN: &str = "TWILIO_AUTH_TOKEN";
/// On the way, without an answer yet.
const SENDING: &str = "sending";
/// Messages on the way at once.
const AT_ONCE: usize = 5;

pub struct Sms;

impl Executor for Sms {
    fn execute<'a>(&'a self, call: &'a Call<'a>) -> Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send + 'a>> {
        Box::pin(execute(call))
    }
}

fn unfit(message: impl Into<String>) -> Failure {
    Failure::new(ErrorClass::InvalidInput, message)
}

/// What became of one message.
enum Outcome {
    Sent(Value),
    /// The service said no, or could not be reached.
    Failed(Value),
    /// Nothing will be sent with this key, or now: the other messages would fare the same.
    Stop(Failure),
}

async fn execute(call: &Call<'_>) -> Result<Value, Failure> {
    let text = call.inputs.get("text").and_then(Value::as_str).unwrap_or_default();
    if text.trim().is_empty() {
        return Err(unfit("The text is empty."));
    }
    if text.chars().count() > TEXT {
        return Err(unfit(format!("The text has {} characters; at most {TEXT} are sent.", text.chars().count())));
    }
    let recipients = recipients(call)?;
    let sender = sender(call).await?;
    call.account.note("from", sender.clone());
    let (account, mut headers) = sign_in(call, &call.key(ACCOUNT_SID).await?, &call.key(AUTH_TOKEN).await?)?;
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    let path = format!("/2010-04-01/Accounts/{}/Messages.json", account.as_str());

    let results = Mutex::new(vec![Value::Null; recipients.len()]);
    let keep = |index: usize, result: Value| {
        let mut results = results.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(place) = results.get_mut(index) {
            *place = result;
        }
        // Written down as they come: a call that is cut off still says who got a message.
        call.account.note("results", results.iter().filter(|result| !result.is_null()).cloned().collect::<Value>());
    };
    let mut stopped = None;
    let mut sending = stream::iter(recipients.clone().into_iter().enumerate())
        .map(|(index, to)| {
            let (path, headers, sender, keep) = (&path, &headers, &sender, &keep);
            async move {
                keep(index, json!({"to": to, "status": SENDING}));
                let outcome = send(call, path, headers, sender, &to, text).await;
                (index, to, outcome)
            }
        })
        .buffer_unordered(AT_ONCE);
    let mut sent = 0;
    while let Some((index, to, outcome)) = sending.next().await {
        match outcome {
            Outcome::Sent(result) => {
                sent += 1;
                keep(index, result);
            }
            Outcome::Failed(result) => keep(index, result),
            Outcome::Stop(failure) => {
                keep(index, json!({"to": to, "status": "failed", "error": {"message": failure.message}}));
                stopped = Some(failure);
                break;
            }
        }
    }
    drop(sending);
    let mut results = results.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    for (result, to) in results.iter_mut().zip(&recipients) {
        if result.is_null() {
            *result = json!({"to": to, "status": "not_sent", "error": {"message": "Not tried any more after what happened before."}});
        } else if result["status"] == SENDING {
            *result =
                json!({"to": to, "status": "unknown", "error": {"message": "No answer was waited for. The message may have been sent."}});
        }
    }
    let failed = results.len() - sent;
    let outputs = json!({
        "status": if failed == 0 { "sent" } else if sent == 0 { "failed" } else { "partial" },
        "from": sender, "sent": sent, "failed": failed, "results": results,
    });
    if sent > 0 {
        if failed > 0 {
            call.account.warn(format!("{failed} of {} messages were not sent; “results” says why.", recipients.len()));
        }
        return Ok(outputs);
    }
    let failure = stopped.unwrap_or_else(|| {
        let first = outputs["results"][0]["error"]["message"].as_str().unwrap_or("No reason was given.");
        let count = if recipients.len() == 1 { "The message was" } else { "No message was" };
        Failure::new(ErrorClass::Upstream, format!("{count} {}sent: {first}", if recipients.len() == 1 { "not " } else { "" }))
    });
    Err(Failure { outputs: Some(outputs), ..failure })
}

/// The account of the keys, and the header that signs in to it.
fn sign_in(call: &Call<'_>, sid: &ResolvedKey, token: &ResolvedKey) -> Result<(Zeroizing<String>, HeaderMap), Failure> {
    let url = service(call).url()?;
    let (sid, token) = (sid.sent_to(&url)?, token.sent_to(&url)?);
    let account = Zeroizing::new(sid.expose().trim().to_owned());
    if account.len() != 34 || !account.starts_with("AC") || !account.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Err(Failure::new(ErrorClass::Unauthorized, format!("The key “{ACCOUNT_SID}” is no account SID: AC and 32 characters.")));
    }
    let pair = Zeroizing::new(format!("{}:{}", account.as_str(), token.expose().trim()));
    let basic = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
    call.keys.redactor.add(&basic);
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, outbound::secret_header(&Zeroizing::new(format!("Basic {}", basic.as_str())))?);
    Ok((account, headers))
}

/// Reads the account, with this key and the other one that it goes with: is it taken?
pub(crate) async fn probe(call: &Call<'_>, key: ResolvedKey) -> Probed {
    let asked = async {
        let (account, headers) = match key.key_name.as_str() {
            ACCOUNT_SID => sign_in(call, &key, &call.key(AUTH_TOKEN).await?)?,
            _ => sign_in(call, &call.key(ACCOUNT_SID).await?, &key)?,
        };
        let path = format!("/2010-04-01/Accounts/{}.json", account.as_str());
        let answer = outbound::get(call, service(call), &path, &headers).await;
        let answer = answer.map_err(|broken| Failure::new(ErrorClass::Upstream, broken.message()))?;
        let body = answer.excerpt();
        let body = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
        Ok(Probed::Answered { request: format!("GET {}{path}", service(call).base), status: answer.status.as_u16(), body })
    };
    asked.await.unwrap_or_else(Probed::Failed)
}

fn service<'a>(call: &'a Call<'_>) -> Service<'a> {
    Service { name: "Twilio", base: &call.system.config.twilio_url }
}

/// In E.164, nobody twice. All that are no numbers are named at once, before anything is sent.
fn recipients(call: &Call<'_>) -> Result<Vec<String>, Failure> {
    let given = call.inputs.get("recipients").and_then(Value::as_array).cloned().unwrap_or_default();
    let (mut numbers, mut wrong): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for one in &given {
        match e164::normalize(one.as_str().unwrap_or_default()) {
            Ok(number) if !numbers.contains(&number) => numbers.push(number),
            Ok(_) => {}
            Err(message) => wrong.push(message),
        }
    }
    if !wrong.is_empty() {
        return Err(unfit(format!("Nothing was sent. {}", wrong.join(" "))));
    }
    if numbers.is_empty() || numbers.len() > RECIPIENTS {
        return Err(unfit(format!("{} recipients; a call sends to 1 to {RECIPIENTS}.", numbers.len())));
    }
    Ok(numbers)
}

async fn sender(call: &Call<'_>) -> Result<String, Failure> {
    match from(&call.tool.config_metadata) {
        Some(From::SpecificNumber { phone_number_id }) => {
            let internal = |_| Failure::new(ErrorClass::Internal, "The phone number could not be looked up.");
            let mut tx = call.system.tenant_of(call.organization_id).await.map_err(internal)?;
            let found = phone_numbers::store::find(&mut tx, phone_number_id).await.map_err(internal)?;
            found
                .map(|number| number.number)
                .ok_or_else(|| unfit("The number this tool sends from was deleted. Choose another in its definition."))
        }
        Some(From::CalledNumber) => {
            let called = call.variables.get("called_phone_number").and_then(Value::as_str).unwrap_or_default();
            e164::normalize(called).map_err(|message| unfit(format!("The number that was called cannot send: {message}")))
        }
        None => Err(unfit("This tool has no sender. Complete its definition.")),
    }
}

async fn send(call: &Call<'_>, path: &str, headers: &HeaderMap, sender: &str, to: &str, text: &str) -> Outcome {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("To", to)
        .append_pair("From", sender)
        .append_pair("Body", text)
        .finish();
    let answer = match outbound::post(call, service(call), path, headers, body.into_bytes()).await {
        Ok(answer) => answer,
        Err(Broken::NotSent(why)) => return Outcome::Failed(json!({"to": to, "status": "failed", "error": {"message": why}})),
        Err(Broken::Unknown(why)) => {
            return Outcome::Failed(
                json!({"to": to, "status": "unknown", "error": {"message": format!("{why} The message may have been sent.")}}),
            );
        }
    };
    let body = answer.body.clone().unwrap_or_default();
    let field = |name: &str| body.get(name).cloned().unwrap_or_default();
    match answer.status {
        StatusCode::CREATED if body.get("sid").is_some_and(Value::is_string) => {
            // Accepted and refused in one breath: the message has an id, and a reason why it will not be delivered.
            if matches!(field("status").as_str(), Some("failed" | "undelivered")) || field("error_code").is_number() {
                let message = field("error_message").as_str().unwrap_or("The carrier refused it.").to_owned();
                return Outcome::Failed(
                    json!({"to": to, "status": "failed", "sid": field("sid"), "error": {"code": field("error_code"), "message": message}}),
                );
            }
            Outcome::Sent(json!({"to": to, "status": field("status"), "sid": field("sid"), "segments": field("num_segments")}))
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN
            if body.get("code").is_none_or(|code| code.as_i64().is_none_or(|code| code <= 21_000)) =>
        {
            Outcome::Stop(Failure::new(
                ErrorClass::Unauthorized,
                format!("Twilio refused the keys “{ACCOUNT_SID}” and “{AUTH_TOKEN}” ({}). Check both.", answer.status.as_u16()),
            ))
        }
        StatusCode::TOO_MANY_REQUESTS => Outcome::Stop(outbound::too_many(call, "Twilio", &answer)),
        status if status.is_success() || status.is_redirection() => Outcome::Failed(json!({"to": to, "status": "unknown",
            "error": {"message": format!("Twilio answered {} in a form that is not its own. The message may have been sent.", status.as_u16())}})),
        status => {
            let message = field("message").as_str().map_or_else(|| format!("Twilio answered {}.", status.as_u16()), str::to_owned);
            Outcome::Failed(
                json!({"to": to, "status": "failed", "error": {"code": field("code"), "message": message, "more_info": field("more_info")}}),
            )
        }
    }
}
