//! Runs of parts of a draft, and pinned data.

use super::{Held, ended, new_workflow, node, server, tool, workflow};
use serde_json::{Value, json};
use support::TestSystem;
use toolcrib::{
    Error,
    access::Role,
    actor::Actor,
    system::System,
    workflows::{
        Publish, Run, StartRun, Workflow, create,
        engine::{NodeStatus, Origin, RunStatus, again::From},
        execute,
        pins::{self, MOST_BYTES, SetPin},
        publish,
    },
};

fn draft() -> StartRun {
    StartRun { draft: true, wait: true, ..StartRun::default() }
}

async fn run(system: &System, actor: &Actor, workflow: &Workflow, start: StartRun) -> Run {
    execute::execute(system, actor, workflow.id, start).await.unwrap()
}

fn field(refused: Result<impl std::fmt::Debug, Error>) -> String {
    match refused {
        Err(Error::Invalid(errors)) => errors[0].pointer.clone(),
        other => panic!("expected a field, not {other:?}"),
    }
}

fn typed(output: Value) -> SetPin {
    SetPin { output: Some(output), run_id: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_to_a_step_calls_only_what_leads_there_though_the_rest_of_the_draft_is_unfinished() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let tools = Held::open();
    let system = server(&test, &tools);
    let id = tool(&test, &owner, "any", json!({ "type": "object" }), "public").await;
    let picky = tool(&test, &owner, "picky", json!({ "type": "object", "required": ["x"], "properties": { "x": {} } }), "public").await;
    let edges = vec![super::edge("a", "b"), json!({ "id": "b-c", "source": "b", "target": "c" })];
    let mut new = new_workflow("unfinished", vec![node("a", id), node("b", id), node("c", picky)], edges);
    new.draft = true;
    let workflow = create::create(&system, &owner, new).await.unwrap();
    assert!(matches!(execute::execute(&system, &owner, workflow.id, draft()).await, Err(Error::Invalid(_))), "c is not fed");
    let ran = run(&system, &owner, &workflow, StartRun { until: Some("b".to_owned()), ..draft() }).await;
    assert_eq!((ran.status, ran.node_results["c"].origin), (RunStatus::Completed, Some(Origin::LeftOut)));
    assert_eq!((tools.calls("a"), tools.calls("b"), tools.calls("c")), (1, 1, 0));
    let gone = execute::execute(&system, &owner, workflow.id, StartRun { until: Some("gone".to_owned()), ..draft() }).await;
    assert_eq!(field(gone), "/until");
    let through = execute::execute(&system, &owner, workflow.id, StartRun { until: Some("c".to_owned()), ..draft() }).await;
    assert!(field(through).starts_with("/definition/nodes/2"), "what runs must be right");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_from_a_step_keeps_the_results_of_an_earlier_run_and_refuses_where_there_are_none() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let tools = Held::open();
    let system = server(&test, &tools);
    let flow = workflow(&test, &system, &owner, &["a", "b", "c"], &[("a", "b"), ("b", "c")]).await;
    let from_b = |earlier| StartRun { from: From::Node("b".to_owned()), earlier, ..draft() };
    assert_eq!(field(execute::execute(&system, &owner, flow.id, from_b(None)).await), "/from");
    let first = run(&system, &owner, &flow, draft()).await;
    let again = run(&system, &owner, &flow, from_b(Some(first.id))).await;
    assert_eq!((again.status, again.resumed_from), (RunStatus::Completed, Some(first.id)));
    assert_eq!((tools.calls("a"), tools.calls("b"), tools.calls("c")), (1, 2, 2));
    assert_eq!(again.node_results["a"].origin, Some(Origin::Kept));
    // A run of another workflow, of another organization, and none at all.
    let other = workflow(&test, &system, &owner, &["b"], &[]).await;
    let foreign_flow = workflow(&test, &system, &stranger, &["b"], &[]).await;
    let (other, foreign) = (run(&system, &owner, &other, draft()).await, run(&system, &stranger, &foreign_flow, draft()).await);
    for earlier in [other.id, foreign.id, toolcrib::ids::RunId::new()] {
        assert_eq!(field(execute::execute(&system, &owner, flow.id, from_b(Some(earlier))).await), "/earlier");
    }
    assert_eq!(field(execute::execute(&system, &owner, flow.id, StartRun { from: From::Failure, ..draft() }).await), "/earlier");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_run_of_the_draft_goes_on_from_its_failure() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let tools = Held::open();
    let system = server(&test, &tools);
    let flow = workflow(&test, &system, &owner, &["a", "b"], &[("a", "b")]).await;
    publish::publish(&system, &owner, flow.id, Publish { revision: flow.revision, note: String::new() }).await.unwrap();
    tools.fail("b", 9);
    let failed = run(&system, &owner, &flow, draft()).await;
    assert_eq!(failed.status, RunStatus::Failed);
    tools.fail("b", 0);
    let resumed = run(&system, &owner, &flow, StartRun { from: From::Failure, earlier: Some(failed.id), ..draft() }).await;
    assert_eq!((resumed.status, resumed.workflow_version), (RunStatus::Completed, None));
    assert_eq!((tools.calls("a"), tools.calls("b")), (1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_stands_in_for_its_step_in_test_runs_and_never_in_a_published_run() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let tools = Held::open();
    let system = server(&test, &tools);
    let flow = workflow(&test, &system, &owner, &["a", "b"], &[("a", "b")]).await;
    let first = run(&system, &owner, &flow, draft()).await;
    pins::set::set(&system, &owner, flow.id, "a", SetPin { output: None, run_id: Some(first.id) }).await.unwrap();
    assert_eq!(pins::list::list(&system, &owner, flow.id).await.unwrap()[0].output["value"]["node"], "a");
    pins::set::set(&system, &owner, flow.id, "a", typed(json!({ "value": "mine" }))).await.unwrap();
    let tried = run(&system, &owner, &flow, StartRun { pinned: true, ..draft() }).await;
    assert_eq!((tools.calls("a"), tools.calls("b")), (1, 2), "a was run though it is pinned");
    assert_eq!((tried.node_results["a"].status, tried.node_results["a"].origin), (NodeStatus::Success, Some(Origin::Pinned)));
    assert_eq!(tried.output_data.unwrap()["value"]["inputs"]["from_a"], "mine");
    // From b with nothing but the pin.
    run(&system, &owner, &flow, StartRun { pinned: true, from: From::Node("b".to_owned()), ..draft() }).await;
    assert_eq!((tools.calls("a"), tools.calls("b")), (1, 3));
    // Without asking for it, and of what is published, never.
    let plain = run(&system, &owner, &flow, draft()).await;
    assert_eq!((plain.node_results["a"].origin, tools.calls("a")), (None, 2));
    publish::publish(&system, &owner, flow.id, Publish { revision: flow.revision, note: String::new() }).await.unwrap();
    let published = run(&system, &owner, &flow, StartRun { wait: true, ..StartRun::default() }).await;
    assert_eq!((published.workflow_version, published.node_results["a"].origin, tools.calls("a")), (Some(1), None, 3));
    let asked = execute::execute(&system, &owner, flow.id, StartRun { pinned: true, wait: true, ..StartRun::default() }).await;
    assert_eq!(field(asked), "/pinned");
    pins::remove::remove(&system, &owner, flow.id, "a").await.unwrap();
    assert!(matches!(pins::remove::remove(&system, &owner, flow.id, "a").await, Err(Error::NotFound("pin"))));
    run(&system, &owner, &flow, StartRun { pinned: true, ..draft() }).await;
    assert_eq!(tools.calls("a"), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_be_pinned_is_said_at_the_field_and_the_audit_log_tells_that_not_what() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let tools = Held::open();
    let system = server(&test, &tools);
    let id = tool(&test, &owner, "any", json!({ "type": "object" }), "public").await;
    let choose = json!({ "id": "if", "type": "condition", "config": { "when": "true" } });
    let edges = vec![json!({ "id": "e", "source": "if", "target": "a", "sourceHandle": "true" })];
    let flow = create::create(&system, &owner, new_workflow("picky", vec![choose, node("a", id)], edges)).await.unwrap();
    let set = async |node: &str, pin: SetPin| pins::set::set(&system, &owner, flow.id, node, pin).await;
    assert_eq!(field(set("gone", typed(json!(1))).await), "/node");
    assert_eq!(field(set("if", typed(json!(1))).await), "/node");
    assert_eq!(field(set("a", SetPin::default()).await), "/output");
    assert_eq!(field(set("a", typed(json!("x".repeat(MOST_BYTES)))).await), "/output");
    assert_eq!(field(set("a", SetPin { output: None, run_id: Some(toolcrib::ids::RunId::new()) }).await), "/run_id");
    assert!(pins::list::list(&system, &owner, flow.id).await.unwrap().is_empty());
    set("a", typed(json!({ "iban": "CH93" }))).await.unwrap();
    set("a", typed(Value::Null)).await.unwrap();
    assert_eq!(pins::list::list(&system, &owner, flow.id).await.unwrap()[0].output, Value::Null);
    let told: Vec<Value> =
        sqlx::query_scalar("select to_jsonb(a) from audit_log a where action = 'workflow.pin'").fetch_all(test.owner()).await.unwrap();
    assert_eq!(told.len(), 2);
    assert!(!told.iter().any(|entry| entry.to_string().contains("CH93")), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn pins_are_seen_and_set_by_builders_of_the_organization_only() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let member = test.member(&organization, Role::Member).await;
    let builder = test.member(&organization, Role::Builder).await;
    let tools = Held::open();
    let system = server(&test, &tools);
    let flow = workflow(&test, &system, &owner, &["a"], &[]).await;
    pins::set::set(&system, &owner, flow.id, "a", typed(json!(1))).await.unwrap();
    for actor in [&stranger, &builder] {
        // A private workflow is not there for others.
        assert!(matches!(pins::list::list(&system, actor, flow.id).await, Err(Error::NotFound("workflow"))));
        assert!(matches!(pins::set::set(&system, actor, flow.id, "a", typed(json!(2))).await, Err(Error::NotFound("workflow"))));
        assert!(matches!(pins::remove::remove(&system, actor, flow.id, "a").await, Err(Error::NotFound("workflow"))));
    }
    assert!(matches!(pins::list::list(&system, &member, flow.id).await, Err(Error::Forbidden(_))));
    // The wall itself, without any use case before it.
    let mut tx = system.tenant(&stranger).await.unwrap();
    let seen: i64 = sqlx::query_scalar("select count(*) from workflow_pins").fetch_one(&mut *tx).await.unwrap();
    let forged = sqlx::query("insert into workflow_pins (organization_id, workflow_id, node_id, output) values ($1, $2, 'b', '1')")
        .bind(owner.organization_id)
        .bind(flow.id)
        .execute(&mut *tx)
        .await;
    assert_eq!(seen, 0);
    assert!(forged.is_err(), "a row of another organization was written");
    let ran = ended(&system, &owner, run(&system, &owner, &flow, StartRun { pinned: true, ..draft() }).await.id).await;
    assert_eq!(ran.output_data, Some(json!(1)));
}
