use crate::tools::plain;
use chrono::Duration;
use serde_json::json;
use support::TestSystem;
use toolcrib::{
    actor::Actor,
    agents::{self, AttachmentChange, NewAgent, NewAttachment},
    executions::{ExecuteRequest, Execution, Status, execute},
    ids::ToolId,
    tools::{NewTool, create, limits::limits},
};

/// Answers at once and needs no sandbox.
fn quick(name: &str) -> NewTool {
    let spec = json!({"method": "GET", "base_url": "http://127.0.0.1:9", "path": "/", "auth_type": "none"});
    let mut tool = crate::tools::request(name, spec, json!({}));
    tool.retry_policy.max_attempts = 1;
    tool
}

async fn call(test: &TestSystem, actor: &Actor, tool: ToolId) -> Execution {
    execute(test.system(), actor, ExecuteRequest::new(tool, json!({}))).await.unwrap()
}

fn wait(execution: &Execution) -> i64 {
    assert_eq!(execution.status, Status::RateLimited);
    execution.account["retry_after"].as_i64().unwrap()
}

#[tokio::test]
async fn in_no_minute_wherever_it_begins_more_calls_go_ahead_than_allowed() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let mut new = quick("echo");
    new.rate_limit_per_minute = Some(6);
    let tool = create(test.system(), &owner, new).await.unwrap();
    let mut went = Vec::new();
    for _ in 0..70 {
        let now = test.now();
        if call(&test, &owner, tool.id).await.status != Status::RateLimited {
            went.push(now);
        }
        test.pass(Duration::milliseconds(2_700));
    }
    for (i, first) in went.iter().enumerate() {
        let within = went[i..].iter().filter(|at| **at - *first < Duration::seconds(60)).count();
        assert!(within <= 6, "{within} calls within a minute: {went:?}");
    }
    // 189 seconds: three minutes' worth, less at most a second lost in each.
    assert!(went.len() >= 18, "{} calls went ahead", went.len());
}

#[tokio::test]
async fn who_waits_as_long_as_told_is_let_through() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let mut new = quick("echo");
    (new.rate_limit_per_minute, new.rate_limit_per_hour) = (Some(2), Some(3));
    let tool = create(test.system(), &owner, new).await.unwrap();
    assert_eq!(call(&test, &owner, tool.id).await.status, Status::Failed);
    test.pass(Duration::seconds(10));
    assert_eq!(call(&test, &owner, tool.id).await.status, Status::Failed);
    let refused = call(&test, &owner, tool.id).await;
    assert!((50..=52).contains(&wait(&refused)), "{:?}", refused.account);
    assert!(refused.error_message.unwrap().contains("2 times a minute"));
    test.pass(Duration::seconds(wait(&call(&test, &owner, tool.id).await)));
    assert_eq!(call(&test, &owner, tool.id).await.status, Status::Failed);
    let refused = call(&test, &owner, tool.id).await;
    assert!(wait(&refused) <= 61, "the minute is full, too: {:?}", refused.account);
    test.pass(Duration::seconds(61));
    let refused = call(&test, &owner, tool.id).await;
    assert!(refused.error_message.as_ref().unwrap().contains("3 times an hour"));
    let wait = wait(&refused);
    assert!((3_300..=3_660).contains(&wait), "{wait}");
    test.pass(Duration::seconds(wait));
    assert_eq!(call(&test, &owner, tool.id).await.status, Status::Failed);
}

#[tokio::test]
async fn refused_calls_take_nothing_and_are_counted_apart() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let mut new = quick("echo");
    new.rate_limit_per_minute = Some(1);
    new.input_schema = json!({"type": "object", "properties": {"n": {"type": "integer"}}});
    let tool = create(test.system(), &owner, new).await.unwrap();
    let wrong = ExecuteRequest::new(tool.id, json!({"n": "no number"}));
    assert_eq!(execute(test.system(), &owner, wrong).await.unwrap().status, Status::InvalidInput);
    assert_eq!(call(&test, &owner, tool.id).await.status, Status::Failed, "invalid input takes nothing");
    for _ in 0..3 {
        assert_eq!(call(&test, &owner, tool.id).await.status, Status::RateLimited);
    }
    let used = limits(test.system(), &owner, tool.id).await.unwrap();
    assert_eq!((used.tool.in_minute, used.tool.in_hour, used.refused_in_hour), (1, 1, 3));
    assert_eq!(toolcrib::tools::get(test.system(), &owner, tool.id).await.unwrap().execution_count, 1);
    test.pass(Duration::seconds(61));
    let used = limits(test.system(), &owner, tool.id).await.unwrap();
    assert_eq!((used.tool.in_minute, used.tool.in_hour), (0, 1));
}

#[tokio::test]
async fn an_agent_has_its_own_limit_beside_the_tools() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let mut new = quick("echo");
    new.rate_limit_per_minute = Some(5);
    let tool = create(test.system(), &owner, new).await.unwrap();
    let mut actors = Vec::new();
    for name in ["eager", "calm"] {
        let agent = agents::create::create(test.system(), &owner, NewAgent { name: name.to_owned(), ..NewAgent::default() }).await.unwrap();
        let attach = NewAttachment { tool_id: tool.id, usage_comments: String::new(), pinned_version: None };
        agents::attach::attach(test.system(), &owner, agent.id, attach).await.unwrap();
        let mut actor = owner.clone();
        actor.agent_id = Some(agent.id);
        actors.push(actor);
    }
    let [eager, calm] = &actors[..] else { panic!() };
    let change = AttachmentChange { rate_limit_per_minute: Some(Some(2)), ..AttachmentChange::default() };
    let agent = eager.agent_id.unwrap();
    let attachment = agents::change_attachment::change_attachment(test.system(), &owner, agent, tool.id, change).await.unwrap();
    assert_eq!(attachment.rate_limit_per_minute, Some(2));
    let none = AttachmentChange { rate_limit_per_hour: Some(Some(0)), ..AttachmentChange::default() };
    assert!(agents::change_attachment::change_attachment(test.system(), &owner, agent, tool.id, none).await.is_err());
    for expected in [Status::Failed, Status::Failed, Status::RateLimited, Status::RateLimited] {
        let execution = call(&test, eager, tool.id).await;
        assert_eq!(execution.status, expected, "{:?}", execution.error_message);
    }
    // What was refused for the agent took nothing of the tool's: three are left for others.
    for expected in [Status::Failed, Status::Failed, Status::Failed, Status::RateLimited] {
        assert_eq!(call(&test, calm, tool.id).await.status, expected);
    }
    let used = limits(test.system(), &owner, tool.id).await.unwrap();
    assert_eq!((used.tool.in_minute, used.agents.len(), used.agents[0].used.in_minute), (5, 1, 2));
    assert!(limits(test.system(), calm, tool.id).await.unwrap().agents.is_empty(), "an agent hears of no other");
}

#[tokio::test]
async fn a_python_tool_is_limited_alike() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let mut new = plain("echo");
    new.rate_limit_per_hour = Some(1);
    let tool = create(test.system(), &owner, new).await.unwrap();
    assert_eq!(call(&test, &owner, tool.id).await.status, Status::Success);
    assert_eq!(call(&test, &owner, tool.id).await.status, Status::RateLimited);
}
