//! What becomes of a call, and of its key, when the server itself makes a mistake in the middle of it.

use crate::{keys::everybody, tools::request};
use serde_json::json;
use std::sync::{Arc, Mutex};
use support::TestSystem;
use toolcrib::{
    config::Names,
    executions::{self, ErrorClass, ExecuteRequest, Status, execute},
    keys::{self, NewKey, Secret, TestOutcome, TestRequest, redact::log_line},
    tools,
};

const CANARY: &str = "sk-canary-in-a-panic-4711";

#[tokio::test]
async fn a_panic_in_the_middle_of_a_call_ends_it_and_says_nothing_of_its_key() {
    // As the server logs panics: without the values of keys that are in use at the moment.
    let told = Arc::new(Mutex::new(Vec::new()));
    let (heard, before) = (told.clone(), std::panic::take_hook());
    std::panic::set_hook(Box::new(move |panic| match panic.payload_as_str() {
        Some(text) if text.contains("looked up") => heard.lock().unwrap().push(log_line(text).unwrap_or_else(|| text.to_owned())),
        _ => before(panic),
    }));
    let names = Names::by(|name| panic!("{name} was looked up with {CANARY}"));
    let test = TestSystem::with(move |config| config.names = names).await;
    let (_, owner) = test.organization("acme").await;
    let mut new = NewKey::new("API_KEY", Secret::from(CANARY));
    new.mappings.push(everybody());
    let key = keys::create(test.system(), &owner, new).await.unwrap();
    let spec = json!({"baseUrl": "http://api.example", "path": "/me", "method": "GET", "authType": "bearer", "authKeyName": "API_KEY"});
    let tool = tools::create(test.system(), &owner, request("who_am_i", spec, json!({}))).await.unwrap();

    let done = execute(test.system(), &owner, ExecuteRequest::new(tool.id, json!({}))).await.unwrap();
    assert_eq!((done.status, done.error_class), (Status::Failed, Some(ErrorClass::Internal)));
    assert_eq!(done.error_message.as_deref(), Some("The server made a mistake while it carried this out. Its log says more."));
    assert_eq!(done.key_id, Some(key.id));
    let stored = executions::get(test.system(), &owner, done.id).await.unwrap();
    assert_eq!((stored.status, stored.completed_at.is_some()), (Status::Failed, true));
    let tested = keys::test(test.system(), &owner, key.id, &TestRequest { tool_id: None }).await.unwrap();
    assert_eq!(tested.outcome, TestOutcome::Unreachable);

    let shown = serde_json::to_string(&(&done, &stored, &tested)).unwrap();
    assert!(!shown.contains(CANARY), "{shown}");
    let rows: Vec<String> = sqlx::query_scalar("select row_to_json(e)::text from tool_executions e").fetch_all(test.owner()).await.unwrap();
    assert!(rows.len() == 1 && !rows[0].contains(CANARY) && !rows[0].contains("\"running\""), "{rows:?}");
    // The key was still known when the panic was told.
    let told = told.lock().unwrap().clone();
    assert_eq!(told, vec!["api.example was looked up with [redacted]"; 2]);
}
