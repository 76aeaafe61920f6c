//! Test a key: the smallest real call that tells whether it is taken, with this very key, also while it is inactive.

use super::{KeyAsker, KeyTest, LastTest, Reach, TestOutcome, TestRequest, askers_store, envelope, resolve::ResolvedKey, store};
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    error::{Error, Result},
    executors::{
        self, Account, Call, CallKeys,
        api_request::{Probed, probe},
        pipedream_action, sms,
    },
    ids::{KeyId, ToolId},
    system::System,
    tools::{self, Kind, Tool, access::Asker},
};
use serde_json::{Map, json};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(15);

/// Calls the API (Twilio, Pipedream) of a tool that asks for this key (the one that is named, else the first), or the token endpoint, and says what it got.
pub async fn test(system: &System, actor: &Actor, id: KeyId, request: &TestRequest) -> Result<KeyTest> {
    actor.require(Permission::ManageKeys)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    let key = store::find(&mut tx, id, now).await?.ok_or(Error::NotFound("key"))?;
    let wanted = |tool: &ToolId| key.tool_id.is_none_or(|only| only == *tool) && request.tool_id.is_none_or(|named| named == *tool);
    let asking = askers_store::askers(&mut tx, Some(&key.key_name)).await?;
    let mut asking: Vec<ToolId> = asking.iter().filter(|asker| asker.way.can_be_tested()).filter_map(KeyAsker::as_tool).collect();
    asking.dedup();
    let mut found: Option<Tool> = None;
    for tool_id in asking.into_iter().filter(wanted) {
        let tool = tools::store::find(&mut tx, Asker::of(actor), tool_id, now).await?.map(|(tool, _)| tool);
        found = tool;
        if found.is_some() {
            break;
        }
    }
    let Some(tool) = found else {
        let message = match request.tool_id {
            Some(_) => format!("This tool makes no request with the key “{}”.", key.key_name),
            None => format!("No tool makes a request with the key “{}” yet, so there is nothing to test it against.", key.key_name),
        };
        return Err(Error::invalid("tool_id", message));
    };
    let (sealed, revision) = store::value(&mut tx, id).await?.ok_or(Error::NotFound("key"))?;
    let value = envelope::open(&mut tx, &system.masters, actor.organization_id, id, &key.key_name, &sealed).await?;
    // Nothing is held while the other side takes its time.
    tx.commit().await?;
    let reach = Reach { key_name: key.key_name.clone(), hosts: key.allowed_hosts.clone() };
    let resolved = ResolvedKey::new(id, value, revision, reach);
    let began = Instant::now();
    let keys = CallKeys::default();
    resolved.guard(&keys.redactor);
    let call = Call {
        system,
        organization_id: actor.organization_id,
        actor,
        tool: &tool,
        inputs: Map::new(),
        variables: Map::new(),
        deadline: began + PATIENCE,
        idempotency_key: None,
        run: None,
        session_id: None,
        trace_id: None,
        user_id: Some(actor.user_id),
        agent_id: None,
        keys: keys.clone(),
        account: Account::default(),
    };
    let probing = async {
        match tool.kind {
            Kind::Sms => sms::probe(&call, resolved).await,
            Kind::PipedreamAction => pipedream_action::probe(&call, resolved).await,
            _ => probe(&call, resolved).await,
        }
    };
    let probing = async { executors::unbroken(probing).await.unwrap_or_else(Probed::Failed) };
    let probed = tokio::time::timeout(PATIENCE, probing).await;
    let ms = began.elapsed().as_secs_f64() * 1000.0;
    let mut tested = judge(probed.ok(), &tool);
    tested.ms = ms;
    tested.message = keys.redactor.text(&tested.message);
    tested.request = tested.request.map(|request| keys.redactor.text(&request));
    tested.answer = tested.answer.map(|answer| keys.redactor.text(&answer).chars().take(500).collect());
    let mut tx = system.tenant(actor).await?;
    let entry = audit::Entry {
        action: "key.test",
        object_type: "key",
        object_id: Some(id.0),
        object_name: &key.key_name,
        before: None,
        after: Some(json!({"tool": tool.name, "outcome": tested.outcome, "status": tested.status})),
    };
    audit::record(&mut tx, actor, now, entry).await?;
    tx.commit().await?;
    Ok(tested)
}

/// The last test of the key, as the audit log has it.
pub async fn last_test(system: &System, actor: &Actor, id: KeyId) -> Result<Option<LastTest>> {
    actor.require(Permission::ManageKeys)?;
    let mut tx = system.tenant(actor).await?;
    askers_store::last_test(&mut tx, id).await
}

fn judge(probed: Option<Probed>, tool: &Tool) -> KeyTest {
    let mut tested = KeyTest {
        outcome: TestOutcome::Unreachable,
        message: format!("No answer within {} s.", PATIENCE.as_secs()),
        tool_id: tool.id,
        tool_name: tool.name.clone(),
        request: None,
        status: None,
        answer: None,
        ms: 0.0,
    };
    match probed {
        None => {}
        Some(Probed::Token { url }) => {
            tested.outcome = TestOutcome::Accepted;
            tested.message = "The token endpoint gave an access token.".to_owned();
            tested.request = Some(format!("POST {url}"));
        }
        Some(Probed::Failed(failure)) => {
            if failure.class == crate::executions::ErrorClass::Unauthorized {
                tested.outcome = TestOutcome::Refused;
            }
            tested.message = failure.message;
        }
        Some(Probed::Answered { request, status, body }) => {
            (tested.outcome, tested.message) = match status {
                200..=299 => (TestOutcome::Accepted, format!("The API answered {status}: it takes this key.")),
                401 => (TestOutcome::Refused, "The API answered 401: it does not take this key.".to_owned()),
                403 => (TestOutcome::Refused, "The API answered 403: the key is not allowed to do this, or not taken at all.".to_owned()),
                429 => (TestOutcome::Unclear, "The API answered 429: too many calls. Try again later.".to_owned()),
                _ => (TestOutcome::Unclear, format!("The API answered {status}, which says nothing about the key.")),
            };
            tested.request = Some(request);
            tested.status = Some(status);
            tested.answer = Some(body).filter(|body| !body.trim().is_empty());
        }
    }
    tested
}
