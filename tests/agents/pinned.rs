//! An agent that is kept at a version of a tool.

use super::{agent, attachment, audited, tool};
use serde_json::{Value, json};
use support::TestSystem;
use toolcrib::{
    Error,
    actor::Actor,
    agents::{AttachmentChange, NewAttachment, attach::attach, change_attachment::change_attachment, openai_tools::openai_tools},
    executions::{ExecuteRequest, Execution, Status, execute},
    ids::{AgentId, ToolId},
    tools::{self, UpdateTool, Visibility},
};

fn pin(version: Option<i32>) -> AttachmentChange {
    AttachmentChange { pinned_version: Some(version), ..AttachmentChange::default() }
}

/// A call with the agent's own token, and one of a person on its behalf.
async fn calls(test: &TestSystem, owner: &Actor, agent: AgentId, tool: ToolId, inputs: Value) -> [Execution; 2] {
    let itself = Actor { agent_id: Some(agent), ..owner.clone() };
    let request = ExecuteRequest::new(tool, inputs);
    let on_behalf = ExecuteRequest { agent_id: Some(agent), ..request.clone() };
    [execute(test.system(), &itself, request).await.unwrap(), execute(test.system(), owner, on_behalf).await.unwrap()]
}

#[tokio::test]
async fn the_pinned_version_is_shown_checked_and_run_whatever_becomes_of_the_tool() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let pinned = agent(&test, &owner, "pinned_one").await;
    let newest = agent(&test, &owner, "newest_one").await;
    let tool = tool(&test, &owner, "load", Visibility::Private).await;
    for id in [pinned.id, newest.id] {
        attach(test.system(), &owner, id, attachment(tool.id)).await.unwrap();
    }
    let attached = change_attachment(test.system(), &owner, pinned.id, tool.id, pin(Some(1))).await.unwrap();
    assert_eq!(attached.pinned_version, Some(1));
    let change = UpdateTool {
        name: Some("load_all".to_owned()),
        description: Some("What it does now.".to_owned()),
        script_content: Some("def main(amount: int):\n    return {\"amount\": amount}\n".to_owned()),
        input_schema: Some(json!({"type": "object", "properties": {"amount": {"type": "integer"}}, "required": ["amount"]})),
        ..UpdateTool::default()
    };
    assert_eq!(tools::update(test.system(), &owner, tool.id, change).await.unwrap().version, 2);

    // The name is what it is called by now; all else is as it was.
    let shown = openai_tools(test.system(), &owner, pinned.id).await.unwrap();
    let function = &shown[0]["function"];
    assert_eq!((&function["name"], &function["description"]), (&json!("load_all"), &json!("What load does.")));
    assert!(function["parameters"]["properties"].get("count").is_some() && function["parameters"]["properties"].get("amount").is_none());

    for done in calls(&test, &owner, pinned.id, tool.id, json!({"count": 3})).await {
        assert_eq!((done.status, done.tool_version), (Status::Success, 1), "{:?}", done.error_message);
        assert_eq!((done.outputs, done.tool_name.as_str()), (Some(json!({"count": 3})), "load_all"));
    }
    for done in calls(&test, &owner, pinned.id, tool.id, json!({"count": "no number"})).await {
        assert_eq!((done.status, done.tool_version), (Status::InvalidInput, 1), "the old schema checks");
    }
    for done in calls(&test, &owner, newest.id, tool.id, json!({"amount": 4})).await {
        assert_eq!((done.tool_version, done.outputs), (2, Some(json!({"amount": 4}))));
    }
    let own = execute(test.system(), &owner, ExecuteRequest::new(tool.id, json!({"amount": 5}))).await.unwrap();
    assert_eq!((own.tool_version, own.outputs), (2, Some(json!({"amount": 5}))), "nobody else is pinned");

    // Back to the newest.
    let attached = change_attachment(test.system(), &owner, pinned.id, tool.id, pin(None)).await.unwrap();
    assert_eq!(attached.pinned_version, None);
    for done in calls(&test, &owner, pinned.id, tool.id, json!({"amount": 6})).await {
        assert_eq!((done.tool_version, done.outputs), (2, Some(json!({"amount": 6}))));
    }
    assert_eq!(audited(&test, "agent.change_tool").await, 2);
}

#[tokio::test]
async fn a_pinned_agent_still_needs_a_tool_that_it_may_call() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let pinned = agent(&test, &owner, "pinned_one").await;
    let tool = tool(&test, &owner, "load", Visibility::Private).await;
    let new = NewAttachment { pinned_version: Some(1), ..attachment(tool.id) };
    attach(test.system(), &owner, pinned.id, new).await.unwrap();
    let change = UpdateTool { description: Some("What it does now.".to_owned()), ..UpdateTool::default() };
    tools::update(test.system(), &owner, tool.id, change).await.unwrap();
    let off = AttachmentChange { is_enabled: Some(false), ..AttachmentChange::default() };
    let left = change_attachment(test.system(), &owner, pinned.id, tool.id, off).await.unwrap();
    assert_eq!(left.pinned_version, Some(1), "what a change does not name stays");
    let on_behalf = ExecuteRequest { agent_id: Some(pinned.id), ..ExecuteRequest::new(tool.id, json!({})) };
    assert_eq!(execute(test.system(), &owner, on_behalf).await.unwrap().status, Status::Unauthorized);
}

#[tokio::test]
async fn a_version_that_the_tool_never_had_is_refused() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let agent = agent(&test, &owner, "stock_keeper").await;
    let tool = tool(&test, &owner, "load", Visibility::Public).await;
    attach(test.system(), &owner, agent.id, attachment(tool.id)).await.unwrap();
    for version in [0, 2, -1] {
        let refused = change_attachment(test.system(), &owner, agent.id, tool.id, pin(Some(version))).await;
        assert!(matches!(&refused, Err(Error::Invalid(errors)) if errors[0].pointer == "/pinned_version"), "{refused:?}");
    }
}

#[test]
fn null_unpins_and_what_is_left_out_stays() {
    let read = |text: &str| serde_json::from_str::<AttachmentChange>(text).unwrap().pinned_version;
    assert_eq!((read("{}"), read(r#"{"pinned_version": null}"#), read(r#"{"pinned_version": 3}"#)), (None, Some(None), Some(Some(3))));
}
