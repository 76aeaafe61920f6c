//! Runs of all types of nodes on a real database: waits, answers, lists, runs inside runs, and runs that keep earlier results.

use super::{Held, edge, ended, eventually, lease_ends, new_workflow, node, server, start, status, tool};
use serde_json::{Value, json};
use support::TestSystem;
use toolcrib::{
    Error,
    access::Role,
    actor::Actor,
    ids::{RunId, ToolId},
    system::System,
    workflows::{
        Decide, Rerun, StartRun, Workflow, cancel, create, decide,
        engine::{NodeStatus, Origin, RunStatus, again::From},
        execute, get_run,
        list_items::{ListItems, list_items},
        list_runs::{self, ListRuns},
        rerun, update,
    },
};

async fn any_tool(test: &TestSystem, actor: &Actor) -> ToolId {
    tool(test, actor, &format!("t{}", &ToolId::new().0.simple().to_string()[16..]), json!({ "type": "object" }), "public").await
}

async fn made(system: &System, actor: &Actor, name: &str, nodes: Vec<Value>, edges: Vec<Value>) -> Workflow {
    create::create(system, actor, new_workflow(name, nodes, edges)).await.unwrap()
}

/// Nobody holds the run.
async fn rests(test: &TestSystem, run: RunId) {
    eventually("the run rests", || async {
        let free: bool = sqlx::query_scalar("select lease_owner is null from workflow_runs where id = $1")
            .bind(run)
            .fetch_one(test.owner())
            .await
            .unwrap();
        free
    })
    .await;
}

fn answer(approve: bool) -> Decide {
    Decide { approve, note: "looks fine".into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delay_outlives_its_server_and_another_goes_on_when_its_time_has_come() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (first_tools, second_tools) = (Held::open(), Held::open());
    let (first, second) = (server(&test, &first_tools), server(&test, &second_tools));
    let id = any_tool(&test, &owner).await;
    let nodes = vec![node("a", id), json!({ "id": "wait", "type": "delay", "config": { "ms": 3_600_000 } }), node("b", id)];
    let workflow =
        made(&first, &owner, "later", nodes, vec![edge("a", "wait"), json!({ "id": "e", "source": "wait", "target": "b" })]).await;
    let run = start(&first, &owner, &workflow).await;
    rests(&test, run.id).await;
    assert_eq!(status(&first, &owner, run.id).await, RunStatus::Waiting);
    assert_eq!(second.runner.take_up(&second).await.unwrap(), 0, "its time has not come");
    first.runner.abort();
    test.pass(chrono::TimeDelta::hours(1));
    sqlx::query("update workflow_runs set wake_at = now() where id = $1").bind(run.id).execute(test.owner()).await.unwrap();
    assert_eq!(second.runner.take_up(&second).await.unwrap(), 1);
    let run = ended(&second, &owner, run.id).await;
    assert_eq!((run.status, first_tools.calls("a"), second_tools.calls("a"), second_tools.calls("b")), (RunStatus::Completed, 1, 0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_delay_is_waited_out_on_the_spot() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let tools = Held::open();
    let system = server(&test, &tools);
    let workflow = made(&system, &owner, "soon", vec![json!({ "id": "wait", "type": "delay", "config": { "ms": 200 } })], vec![]).await;
    let run = start(&system, &owner, &workflow).await;
    assert_eq!(ended(&system, &owner, run.id).await.status, RunStatus::Completed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_waits_for_an_answer_of_those_who_may_give_it_and_one_answer_counts() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("other").await;
    let (admin, member) = (test.member(&organization, Role::Admin).await, test.member(&organization, Role::Member).await);
    let tools = Held::open();
    let system = server(&test, &tools);
    let id = any_tool(&test, &owner).await;
    let ask = json!({ "id": "ask", "type": "approval", "config": { "message": "Pay?", "approvers": { "roles": ["admin"] } } });
    let edges = vec![
        edge("a", "ask"),
        json!({ "id": "y", "source": "ask", "target": "pay", "mapping": { "by": "by" } }),
        json!({ "id": "n", "source": "ask", "target": "tell", "sourceHandle": "rejected" }),
    ];
    let workflow = made(&system, &owner, "paying", vec![node("a", id), ask, node("pay", id), node("tell", id)], edges).await;
    let run = start(&system, &owner, &workflow).await.id;
    rests(&test, run).await;
    let asked = decide::approvals(&system, &admin, run).await.unwrap();
    assert_eq!((asked[0].message.as_str(), &asked[0].decision), ("Pay?", &None));
    for (nobody, why) in [(&member, "no admin"), (&owner, "an owner is not among the named roles")] {
        let refused = decide::decide(&system, nobody, run, "ask", answer(true)).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{why}: {refused:?}");
    }
    assert!(matches!(decide::decide(&system, &stranger, run, "ask", answer(true)).await, Err(Error::NotFound(_))));
    assert!(matches!(decide::decide(&system, &admin, run, "a", answer(true)).await, Err(Error::NotFound(_))));
    let (one, two) =
        tokio::join!(decide::decide(&system, &admin, run, "ask", answer(true)), decide::decide(&system, &admin, run, "ask", answer(false)));
    assert_eq!([&one, &two].iter().filter(|done| done.is_ok()).count(), 1, "{one:?} {two:?}");
    assert!([one, two].into_iter().any(|done| matches!(done, Err(Error::Conflict { .. }))));
    let run = ended(&system, &owner, run).await;
    assert_eq!(run.status, RunStatus::Completed, "{:?}", run.error_message);
    assert_eq!(run.node_results["ask"].output.as_ref().unwrap()["by"], json!(admin.user_name));
    assert_eq!(tools.calls("pay") + tools.calls("tell"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_reaches_a_run_whose_other_branch_still_runs_elsewhere() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (first_tools, second_tools) = (Held::default(), Held::open());
    let (first, second) = (server(&test, &first_tools), server(&test, &second_tools));
    let id = any_tool(&test, &owner).await;
    let nodes = vec![json!({ "id": "ask", "type": "approval" }), node("slow", id), node("next", id)];
    let workflow = made(&first, &owner, "both", nodes, vec![json!({ "id": "e", "source": "ask", "target": "next" })]).await;
    let run = start(&first, &owner, &workflow).await.id;
    first_tools.called("slow", 1).await;
    first_tools.release("next");
    eventually("the question is asked", || async { !decide::approvals(&second, &owner, run).await.unwrap().is_empty() }).await;
    decide::decide(&second, &owner, run, "ask", answer(true)).await.unwrap();
    first_tools.called("next", 1).await;
    assert_eq!(second_tools.calls("next"), 0, "the run stays with its server");
    assert!(!first_tools.was_stopped("slow"), "an answer must not disturb what runs");
    first_tools.release("slow");
    assert_eq!(ended(&first, &owner, run).await.status, RunStatus::Completed);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_answers_in_time_is_rejected_where_it_says_so() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let system = server(&test, &Held::open());
    let ask = json!({ "id": "ask", "type": "approval", "config": { "expiresAfterMs": 300, "onExpiry": "reject" } });
    let workflow = made(&system, &owner, "hurry", vec![ask], vec![]).await;
    let run = start(&system, &owner, &workflow).await.id;
    let ended = ended(&system, &owner, run).await;
    assert_eq!(ended.error_message.as_deref(), Some("“ask” failed: It was rejected. Nobody answered in time."));
    assert!(matches!(decide::decide(&system, &owner, run, "ask", answer(true)).await, Err(Error::Conflict { .. })));
}

fn over_list(id: ToolId, list: &Value) -> Value {
    json!({ "id": "each", "type": "for_each", "toolId": id, "config": { "concurrency": 3, "inputs": { "items": list }, "each": { "n": "item" } } })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_gone_over_and_after_a_crash_no_finished_item_is_called_again() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (first_tools, second_tools) = (Held::default(), Held::open());
    let (first, second) = (server(&test, &first_tools), server(&test, &second_tools));
    let id = any_tool(&test, &owner).await;
    let workflow = made(&first, &owner, "list", vec![over_list(id, &json!([10, 20, 30, 40, 50]))], vec![]).await;
    let run = start(&first, &owner, &workflow).await.id;
    first_tools.release("each/1");
    first_tools.called("each/3", 1).await;
    assert_eq!(first_tools.calls("each/4"), 0, "three at the same time");
    first.runner.abort();
    lease_ends(test.owner(), run).await;
    second.runner.take_up(&second).await.unwrap();
    let done = ended(&second, &owner, run).await;
    assert_eq!(done.status, RunStatus::Completed, "{:?}", done.error_message);
    assert_eq!(second_tools.calls("each/1"), 0, "a finished item was called again");
    let output = done.output_data.unwrap();
    assert_eq!((&output["count"], &output["results"][4]["value"]["inputs"]), (&json!(5), &json!({ "n": 50 })));
    let items =
        list_items(&second, &owner, run, "each", &ListItems { limit: Some(2), after: Some(1), ..ListItems::default() }).await.unwrap();
    assert_eq!(
        items.iter().map(|item| (item.index, item.result.status)).collect::<Vec<_>>(),
        [(2, NodeStatus::Success), (3, NodeStatus::Success)]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_items_run_and_a_hundred_thousand_are_refused_with_words() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let tools = Held::open();
    let system = server(&test, &tools);
    let id = any_tool(&test, &owner).await;
    let list = json!({ "id": "in", "type": "input", "config": { "fields": [{ "name": "list", "type": "array" }] } });
    let each = json!({ "id": "each", "type": "for_each", "toolId": id, "config": { "concurrency": 50, "each": { "n": "item" } } });
    let edges = vec![json!({ "id": "e", "source": "in", "target": "each", "mapping": { "list": "items" } })];
    let workflow = made(&system, &owner, "long", vec![list, each], edges).await;
    let over = |count: u32| StartRun {
        input: json!({ "list": (0..count).collect::<Vec<_>>() }).as_object().unwrap().clone(),
        ..StartRun::default()
    };
    let run = execute::execute(&system, &owner, workflow.id, over(2_000)).await.unwrap();
    assert_eq!(ended(&system, &owner, run.id).await.output_data.unwrap()["count"], json!(2_000));
    let run = execute::execute(&system, &owner, workflow.id, over(100_000)).await.unwrap();
    let run = ended(&system, &owner, run.id).await;
    assert!(run.error_message.as_deref().unwrap().contains("for_each goes over 10000 at most"), "{:?}", run.error_message);
}

/// A workflow that calls one tool, and one that runs it.
async fn nested(test: &TestSystem, system: &System, owner: &Actor) -> (Workflow, Workflow) {
    let id = any_tool(test, owner).await;
    let input = json!({ "id": "in", "type": "input", "config": { "fields": [{ "name": "n", "type": "integer", "required": true }] } });
    let inner = made(
        system,
        owner,
        "inner",
        vec![input, node("work", id), json!({ "id": "out", "type": "output" })],
        vec![
            json!({ "id": "1", "source": "in", "target": "work", "mapping": { "n": "n" } }),
            json!({ "id": "2", "source": "work", "target": "out", "mapping": { "value.inputs.n": "n" } }),
        ],
    )
    .await;
    let sub = json!({ "id": "sub", "type": "workflow", "config": { "workflowId": inner.id, "inputs": { "n": 7 } } });
    let outer = made(system, owner, "outer", vec![sub], vec![]).await;
    (inner, outer)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workflow_runs_inside_another_and_a_crash_of_the_outer_finds_the_inner_again() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (first_tools, second_tools) = (Held::default(), Held::open());
    let (first, second) = (server(&test, &first_tools), server(&test, &second_tools));
    let (inner, outer) = nested(&test, &first, &owner).await;
    let run = start(&first, &owner, &outer).await.id;
    first_tools.called("work", 1).await;
    first.runner.abort();
    sqlx::query("update workflow_runs set lease_until = now() - interval '1 second'").execute(test.owner()).await.unwrap();
    assert_eq!(second.runner.take_up(&second).await.unwrap(), 2);
    let run = ended(&second, &owner, run).await;
    assert_eq!((run.status, run.output_data), (RunStatus::Completed, Some(json!({ "n": 7 }))), "{:?}", run.error_message);
    let runs = list_runs::list_runs(&second, &owner, &ListRuns { workflow_id: Some(inner.id), ..ListRuns::default() }).await.unwrap().items;
    assert_eq!(runs.len(), 1, "the inner run was begun twice");
    assert_eq!(get_run::get_run(&second, &owner, runs[0].id).await.unwrap().parent_run_id, Some(run.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_reaches_the_tool_inside_the_workflow_inside() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let tools = Held::default();
    let system = server(&test, &tools);
    let (inner, outer) = nested(&test, &system, &owner).await;
    let run = start(&system, &owner, &outer).await.id;
    tools.called("work", 1).await;
    cancel::cancel(&system, &owner, run).await.unwrap();
    eventually("the tool is stopped", || async { tools.was_stopped("work") }).await;
    let runs = list_runs::list_runs(&system, &owner, &ListRuns { workflow_id: Some(inner.id), ..ListRuns::default() }).await.unwrap().items;
    assert_eq!(runs[0].status, RunStatus::Cancelled);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workflow_that_would_run_itself_is_refused_when_it_is_saved() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let system = server(&test, &Held::open());
    let (inner, outer) = nested(&test, &system, &owner).await;
    let nodes = json!([{ "id": "sub", "type": "workflow", "config": { "workflowId": outer.id } }]);
    let definition = serde_json::from_value(json!({ "nodes": nodes })).unwrap();
    let change =
        toolcrib::workflows::UpdateWorkflow { revision: inner.revision, definition: Some(definition), draft: true, ..Default::default() };
    let refused = update::update(&system, &owner, inner.id, change).await.unwrap_err();
    assert!(format!("{refused:?}").contains("would never end"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_run_goes_on_from_the_failure_as_a_new_run_with_the_rest_kept() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let tools = Held::open();
    let system = server(&test, &tools);
    let workflow = super::workflow(&test, &system, &owner, &["a", "b", "c"], &[("a", "b"), ("b", "c")]).await;
    tools.fail("b", 9);
    let failed = start(&system, &owner, &workflow).await;
    assert_eq!(ended(&system, &owner, failed.id).await.status, RunStatus::Failed);
    tools.fail("b", 0);
    let how = |from| Rerun { from, wait: true, ..Rerun::default() };
    let again = rerun::rerun(&system, &owner, failed.id, how(From::Failure)).await.unwrap();
    assert_eq!((again.status, again.resumed_from), (RunStatus::Completed, Some(failed.id)), "{:?}", again.error_message);
    assert_eq!((tools.calls("a"), tools.calls("b"), tools.calls("c")), (1, 2, 1));
    assert_eq!(again.node_results["a"].origin, Some(Origin::Kept));
    let from_c = rerun::rerun(&system, &owner, again.id, how(From::Node("c".into()))).await.unwrap();
    assert_eq!((from_c.status, tools.calls("b"), tools.calls("c")), (RunStatus::Completed, 2, 2));
    let until = Rerun {
        from: From::Start,
        until: Some("b".into()),
        pins: [("a".to_owned(), json!({ "value": "pinned" }))].into(),
        wait: true,
        ..Rerun::default()
    };
    let part = rerun::rerun(&system, &owner, again.id, until).await.unwrap();
    assert_eq!(part.output_data.unwrap()["value"]["inputs"], json!({ "from_a": "pinned" }));
    assert_eq!((tools.calls("a"), tools.calls("c")), (1, 2));
    let nowhere = rerun::rerun(&system, &owner, again.id, how(From::Node("z".into()))).await;
    assert!(matches!(nowhere, Err(Error::Invalid(_))), "{nowhere:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_goes_on_cannot_be_run_again() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let tools = Held::default();
    let system = server(&test, &tools);
    let workflow = super::workflow(&test, &system, &owner, &["a"], &[]).await;
    let run = start(&system, &owner, &workflow).await;
    assert!(matches!(rerun::rerun(&system, &owner, run.id, Rerun::default()).await, Err(Error::Conflict { .. })));
}
