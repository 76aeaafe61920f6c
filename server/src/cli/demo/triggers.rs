//! What starts the demo's workflow by itself: every Monday, when the warehouse asks for it, when somebody calls.

use super::read_one;
use serde_json::json;
use toolcrib::{
    Error, Result,
    actor::Actor,
    ids::WorkflowId,
    keys::Secret,
    system::System,
    workflows::triggers::{
        SECRET_HEADER, Trigger, create,
        receive::{Delivery, receive},
    },
};

/// Adds a trigger of each kind to a published workflow, and sends to one of them.
pub async fn add(system: &System, actor: &Actor, workflow: WorkflowId) -> Result<()> {
    let schedule = json!({
        "name": "Every Monday morning", "kind": "schedule", "input": {"title": "Margins of the week"},
        "schedule": {"cron": "0 7 * * 1", "time_zone": "Europe/Berlin", "overlap": "queue", "missed": "once"}
    });
    create::create(system, actor, workflow, read_one(schedule)?).await?;
    let calls = json!({
        "name": "Somebody calls", "kind": "call_start", "is_enabled": false,
        "webhook": {"mapping": [{"field": "title", "from": "caller_phone_number"}]}
    });
    create::create(system, actor, workflow, read_one(calls)?).await?;
    let hook = json!({
        "name": "Warehouse system", "kind": "webhook", "input": {"file": "products.csv"},
        "webhook": {"rate_limit_per_minute": 30, "mapping": [{"field": "title", "from": "body.report.title"}]}
    });
    let (trigger, secret) = create::create(system, actor, workflow, read_one(hook)?).await?;
    if let Some(secret) = secret {
        send(system, &trigger, &secret, "Margins after the stocktaking").await?;
        // One that has the address and not the secret, as happens.
        match send(system, &trigger, &Secret::from("whsec_of_last_year"), "Margins").await {
            Err(Error::Unauthenticated(_)) => {}
            other => return other,
        }
    }
    Ok(())
}

async fn send(system: &System, trigger: &Trigger, secret: &Secret, title: &str) -> Result<()> {
    let address = trigger.address.as_deref().and_then(|address| address.rsplit('/').next()).unwrap_or_default();
    let body = json!({"report": {"title": title}}).to_string();
    let headers = vec![(SECRET_HEADER.to_owned(), secret.expose().to_owned())];
    receive(system, address, Delivery { headers, query: Vec::new(), body: body.as_bytes(), wait: Some(30) }).await.map(|_| ())
}
