//! What is sent to the address of a webhook or a call start: who sends is checked, each delivery counts once, and a run is started.
//!
//! Whoever does not have the secret learns nothing: not whether the trigger is enabled, nor what was wrong with a signature. What was wrong is on
//! the record of the trigger's firings.

use super::{
    Auth, LONGEST_WAIT, Outcome, SECRET_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, TriggerKind, Webhook, payload, signature, start,
    store::{self, Armed, NewFiring},
};
use crate::{
    actor::{Actor, Source},
    db::TenantTx,
    error::{Error, Result},
    ids::{OrganizationId, RunId, TriggerId},
    keys::open_of_trigger,
    system::System,
    workflows::{Run, begin::Begun, execute::begun},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

/// How long the name of a delivery is remembered.
const REMEMBER: TimeDelta = TimeDelta::days(3);
/// What is not handed on to mappings: it opens something.
const SECRET_HEADERS: [&str; 6] = ["authorization", "cookie", "proxy-authorization", SECRET_HEADER, SIGNATURE_HEADER, "x-vapi-secret"];

/// What was sent.
pub struct Delivery<'a> {
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// Without `wait`.
    pub query: Vec<(String, String)>,
    pub body: &'a [u8],
    /// How many seconds to wait for the end of the run; 60 at most.
    pub wait: Option<u64>,
}

/// What came of it.
#[derive(Debug)]
pub enum Received {
    /// The run as it stands, or stood when the sender had waited.
    Started(Box<Run>),
    /// This delivery was taken before, and started this run.
    Again(RunId),
    /// A message about a call that is not its beginning.
    Ignored,
}

impl Delivery<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    fn bearer(&self) -> Option<&str> {
        let (scheme, value) = self.header("authorization")?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| value.trim())
    }
}

/// Starts the run that a delivery asks for.
pub async fn receive(system: &System, address: &str, delivery: Delivery<'_>) -> Result<Received> {
    let (id, organization) = store::find_hook(system, address).await?.ok_or(Error::NotFound("webhook"))?;
    let now = system.clock.now();
    match take(system, (organization, id), &delivery, now).await {
        Ok(Taken::Started(started)) => {
            let (actor, run) = *started;
            let longest = delivery.wait.map(|seconds| seconds.min(LONGEST_WAIT) * 1_000);
            Ok(Received::Started(Box::new(begun(system, &actor, run, longest.is_some_and(|wait| wait > 0), longest).await?)))
        }
        Ok(Taken::Again(run)) => Ok(Received::Again(run)),
        Ok(Taken::Ignored) => Ok(Received::Ignored),
        Err(Refusal { told, noted }) => {
            // The answer is the same where it cannot be put on record.
            if let Some(reason) = noted
                && let Err(error) = note(system, (organization, id), &reason, now).await
            {
                tracing::warn!(%error, trigger = %id, "a refusal could not be put on record");
            }
            Err(told)
        }
    }
}

async fn note(system: &System, place: (OrganizationId, TriggerId), reason: &str, now: DateTime<Utc>) -> Result<()> {
    let mut tx = system.tenant_of(place.0).await?;
    store::refuse(&mut tx, place, reason, now).await?;
    tx.commit().await
}

enum Taken {
    Started(Box<(Actor, Begun)>),
    Again(RunId),
    Ignored,
}

/// What the sender is told, and what is put on record.
struct Refusal {
    told: Error,
    noted: Option<String>,
}

impl From<Error> for Refusal {
    fn from(told: Error) -> Self {
        let noted = start::refusal(&told);
        Self { told, noted }
    }
}

/// All senders without the secret are told the same.
fn unknown_sender(noted: &str) -> Refusal {
    let told = Error::Unauthenticated("The secret or the signature is missing or wrong.".to_owned());
    Refusal { told, noted: Some(noted.to_owned()) }
}

async fn take(
    system: &System,
    (organization, id): (OrganizationId, TriggerId),
    delivery: &Delivery<'_>,
    now: DateTime<Utc>,
) -> Result<Taken, Refusal> {
    let mut tx = system.tenant_of(organization).await?;
    let armed = store::armed(&mut tx, id).await?.ok_or(Error::NotFound("webhook"))?;
    let settings = armed.webhook.clone().unwrap_or_default();
    let signed = authenticate(&mut tx, system, &armed, &settings, delivery, now).await?;
    let event = event(&armed, delivery)?;
    let Some(event) = event else { return Ok(Taken::Ignored) };
    if !armed.is_enabled {
        return Err(Error::Conflict { message: "This trigger is disabled.".to_owned(), field: None }.into());
    }
    let run = RunId::new();
    let place = (organization, id);
    let named = super::DELIVERY_HEADERS.iter().find_map(|name| delivery.header(name)).map(str::trim).filter(|name| !name.is_empty());
    if named.is_some_and(|name| name.len() > 255) {
        return Err(Error::Malformed("The name of a delivery has at most 255 characters.".to_owned()).into());
    }
    // A call begins once, however often that is said.
    let call = event.get("call_id").and_then(Value::as_str).filter(|_| armed.kind == TriggerKind::CallStart);
    let names = named.map(|name| format!("delivery {name}")).into_iter().chain(call.map(|call| format!("call {call}")));
    for name in names {
        if let Some(earlier) = store::take_delivery(&mut tx, place, &name, run, now + REMEMBER).await? {
            return Ok(Taken::Again(earlier));
        }
    }
    if let Some((signature, expires)) = signed
        && store::take_delivery(&mut tx, place, &format!("signature {}", hex::encode(signature)), run, expires).await?.is_some()
    {
        let message = "This delivery was taken already. Sign each one anew, and name it in X-Toolcrib-Delivery to repeat it safely.";
        return Err(Refusal {
            told: Error::Conflict { message: message.to_owned(), field: None },
            noted: Some("A signature came a second time.".to_owned()),
        });
    }
    if let Some(limit) = settings.rate_limit_per_minute
        && let Some(wait) = store::take_firing(&mut tx, place, limit, now).await?
    {
        let message = format!("This webhook takes {limit} deliveries per minute.");
        return Err(Refusal {
            told: Error::RateLimited { message, retry_after: u64::try_from(wait).unwrap_or(1).max(1) },
            noted: Some(format!("More than {limit} deliveries came within a minute.")),
        });
    }
    let source = if armed.kind == TriggerKind::CallStart { Source::CallStart } else { Source::Webhook };
    let actor = start::acting(&mut tx, &armed, source).await?;
    let taken = start::taken(&mut tx, &armed, &actor).await?;
    let input = payload::input(armed.kind, taken.definition.inputs(), &settings.mapping, &armed.input, &event);
    let stored = start::record(&mut tx, system, &armed, &actor, run, taken, input).await?;
    let firing = NewFiring { outcome: Outcome::Started, reason: "", due_at: None, run_id: Some(run), count: 1, fired_at: now };
    store::record(&mut tx, place, &firing).await?;
    tx.commit().await?;
    Ok(Taken::Started(Box::new((actor, stored))))
}

/// Whether the sender has the secret. Of a signature: its bytes, and until when they have to be remembered.
async fn authenticate(
    tx: &mut TenantTx,
    system: &System,
    armed: &Armed,
    settings: &Webhook,
    delivery: &Delivery<'_>,
    now: DateTime<Utc>,
) -> Result<Option<(Vec<u8>, DateTime<Utc>)>, Refusal> {
    let sealed = store::secrets(tx, armed.id, now).await?;
    let secrets = open_of_trigger(tx, &system.masters, armed.organization_id, armed.id, &sealed).await?;
    match settings.auth {
        Auth::Secret => {
            let vapi = delivery.header("x-vapi-secret").filter(|_| armed.kind == TriggerKind::CallStart);
            let sent = delivery.header(SECRET_HEADER).or(vapi).or_else(|| delivery.bearer());
            let sent = sent.ok_or_else(|| unknown_sender("No secret was sent."))?;
            if signature::is_secret(sent, &secrets) { Ok(None) } else { Err(unknown_sender("A wrong secret was sent.")) }
        }
        Auth::Hmac => {
            let timestamp = delivery.header(TIMESTAMP_HEADER).and_then(|text| text.trim().parse::<i64>().ok());
            let (Some(timestamp), Some(sent)) = (timestamp, delivery.header(SIGNATURE_HEADER)) else {
                return Err(unknown_sender("A signature or its time was not sent."));
            };
            let bytes =
                signature::signed(sent, timestamp, delivery.body, &secrets).ok_or_else(|| unknown_sender("A signature was wrong."))?;
            let tolerance = TimeDelta::seconds(i64::from(settings.tolerance_seconds));
            let made = DateTime::from_timestamp(timestamp, 0).filter(|made| (now - *made).abs() <= tolerance);
            let made = made.ok_or_else(|| unknown_sender("A signature was made too long ago, or in the future."))?;
            // As long as it could be taken again, and a little longer for servers whose clocks differ.
            Ok(Some((bytes, made + tolerance + TimeDelta::minutes(5))))
        }
    }
}

/// What was sent, as mappings see it; `None`: nothing that starts anything.
fn event(armed: &Armed, delivery: &Delivery<'_>) -> Result<Option<Value>> {
    let body = body(delivery)?;
    if armed.kind == TriggerKind::CallStart {
        return Ok(payload::of_call_start(&body));
    }
    let shown = delivery.headers.iter().filter(|(name, _)| !SECRET_HEADERS.contains(&name.as_str()));
    let headers = payload::object(shown.cloned());
    let whole = armed.webhook.as_ref().is_none_or(|webhook| webhook.mapping.is_empty());
    if whole && !body.is_object() {
        return Err(Error::Malformed("The body has to be an object, since its fields are the workflow's inputs.".to_owned()));
    }
    Ok(Some(payload::of_webhook(body, payload::object(delivery.query.iter().cloned()), headers)))
}

/// JSON, or a form. No body is an empty object.
fn body(delivery: &Delivery<'_>) -> Result<Value> {
    if delivery.body.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    let kind = delivery.header("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        "application/x-www-form-urlencoded" => {
            let pairs = url::form_urlencoded::parse(delivery.body).map(|(name, value)| (name.into_owned(), value.into_owned()));
            Ok(Value::Object(payload::object(pairs)))
        }
        kind if kind.is_empty() || kind == "application/json" || kind.ends_with("+json") => serde_json::from_slice(delivery.body)
            .map_err(|error| Error::Malformed(format!("The body is not valid JSON, in line {}, column {}.", error.line(), error.column()))),
        kind => Err(Error::Malformed(format!("The body is said to be {kind}; send application/json or a form."))),
    }
}
