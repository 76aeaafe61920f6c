use super::call;
use crate::tools::plain;
use serde_json::json;
use support::TestSystem;
use toolcrib::{
    executions::{
        Status,
        replay::{replay, replays},
    },
    tools,
};

#[tokio::test]
async fn a_replay_repeats_the_inputs_and_each_leads_to_the_other() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let first = call(&test, &owner, plain("echo"), json!({"a": 1})).await;
    let again = replay(test.system(), &owner, &first).await.unwrap();
    assert_eq!((again.status, &again.inputs), (Status::Success, &first.inputs));
    assert_ne!(again.id, first.id);
    assert_eq!(replays(test.system(), &owner, first.id).await.unwrap(), (None, vec![again.id]));
    assert_eq!(replays(test.system(), &owner, again.id).await.unwrap(), (Some(first.id), vec![]));
}

#[tokio::test]
async fn a_replay_that_is_refused_leads_to_its_original_too() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let mut new = plain("echo");
    new.rate_limit_per_hour = Some(1);
    let first = call(&test, &owner, new, json!({})).await;
    let again = replay(test.system(), &owner, &first).await.unwrap();
    assert_eq!(again.status, Status::RateLimited);
    assert_eq!(replays(test.system(), &owner, again.id).await.unwrap().0, Some(first.id));
    tools::change_status(test.system(), &owner, first.tool_id, tools::Status::Disabled).await.unwrap();
    replay(test.system(), &owner, &first).await.unwrap_err();
    assert_eq!(replays(test.system(), &owner, first.id).await.unwrap().1, vec![again.id], "what was not recorded leads nowhere");
}
