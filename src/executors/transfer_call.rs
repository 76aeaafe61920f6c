//! `transfer_call`: says where the call goes, in Vapi's words. The transfer itself is done by who holds the call.

use super::{Call, Executor, Failure};
use crate::{
    executions::ErrorClass,
    tools::kinds::transfer_call::{BusinessHours, Destination, Outside, Target, destinations},
};
use chrono::{Datelike, Timelike};
use serde_json::{Value, json};
use std::{future::Future, pin::Pin};

pub struct TransferCall;

impl Executor for TransferCall {
    fn execute<'a>(&'a self, call: &'a Call<'a>) -> Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send + 'a>> {
        Box::pin(execute(call))
    }
}

fn unfit(message: impl Into<String>) -> Failure {
    Failure::new(ErrorClass::InvalidInput, message)
}

async fn execute(call: &Call<'_>) -> Result<Value, Failure> {
    let config = &call.tool.config_metadata;
    let listed = destinations(config);
    let find = |name: &str| listed.iter().find(|one| one.name == name).cloned();
    let name = call.inputs.get("destination").and_then(Value::as_str).unwrap_or_default();
    let mut chosen = find(name).ok_or_else(|| unfit(format!("“{name}” is none of this tool's destinations.")))?;
    let mut message = call.inputs.get("message").and_then(Value::as_str).map(str::to_owned);
    if let Some(hours) = config.get("business_hours").filter(|hours| !hours.is_null()) {
        let hours: BusinessHours =
            serde_json::from_value(hours.clone()).map_err(|error| unfit(format!("The business hours cannot be read: {error}.")))?;
        if !is_open_now(call, &hours)? {
            match hours.outside {
                Outside::Refuse { message } => {
                    return Ok(json!({"transferred": false, "reason": "outside_business_hours", "message": message}));
                }
                Outside::Transfer { destination } => {
                    call.account.note("instead_of", chosen.name.clone());
                    chosen = find(&destination).ok_or_else(|| unfit(format!("“{destination}” is none of this tool's destinations.")))?;
                    message = message.filter(|text| !text.is_empty());
                }
            }
        }
    }
    call.account.note("destination", chosen.name.clone());
    let mut destination = written(call, &chosen).await?;
    if let Some(message) = message.filter(|text| !text.trim().is_empty()) {
        destination["message"] = message.into();
    }
    if !chosen.description.trim().is_empty() {
        destination["description"] = chosen.description.trim().into();
    }
    Ok(json!({"transferred": true, "destination": destination}))
}

fn is_open_now(call: &Call<'_>, hours: &BusinessHours) -> Result<bool, Failure> {
    let zone: chrono_tz::Tz =
        hours.time_zone.parse().map_err(|_| unfit(format!("“{}” is no time zone. Correct the business hours.", hours.time_zone)))?;
    let now = call.system.clock.now().with_timezone(&zone);
    call.account.note("local_time", now.format("%a %H:%M %Z").to_string());
    let day = usize::try_from(now.weekday().num_days_from_monday()).unwrap_or_default();
    Ok(hours.is_open(day, now.hour() * 60 + now.minute()))
}

/// As Vapi writes a destination.
async fn written(call: &Call<'_>, chosen: &Destination) -> Result<Value, Failure> {
    Ok(match &chosen.target {
        Target::Number { number, extension } => {
            let mut written = json!({"type": "number", "number": number});
            if !extension.is_empty() {
                written["extension"] = extension.clone().into();
            }
            written
        }
        Target::Sip { sip_uri } => json!({"type": "sip", "sipUri": sip_uri}),
        Target::Agent { agent_id } => {
            let internal = |_| Failure::new(ErrorClass::Internal, "The agent could not be looked up.");
            let mut tx = call.system.tenant_of(call.organization_id).await.map_err(internal)?;
            let name = crate::agents::store::display_name(&mut tx, *agent_id).await.map_err(internal)?;
            let name =
                name.ok_or_else(|| unfit(format!("The agent behind “{}” was deleted. Change the tool's destinations.", chosen.name)))?;
            json!({"type": "assistant", "assistantName": name})
        }
    })
}
