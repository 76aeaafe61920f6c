use super::{Held, ended, eventually, lease_ends, new_workflow, node, server, start, status, tool, workflow};
use serde_json::json;
use std::time::{Duration, Instant};
use support::TestSystem;
use toolcrib::{
    Error,
    access::Role,
    workflows::{
        StartRun, cancel, create,
        engine::{NodeStatus, RunStatus},
        execute, get, get_run,
        list_runs::{self, ListRuns},
    },
};

#[tokio::test(flavor = "multi_thread")]
async fn independent_steps_run_at_the_same_time_and_the_join_gets_both_outputs() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let tools = Held::default();
    let system = server(&test, &tools);
    let workflow = workflow(&test, &system, &owner, &["a", "b", "join"], &[("a", "join"), ("b", "join")]).await;
    let run = start(&system, &owner, &workflow).await;
    tools.called("a", 1).await;
    tools.called("b", 1).await;
    assert_eq!(tools.calls("join"), 0);
    tools.release("b");
    tools.release("a");
    tools.release("join");
    let run = ended(&system, &owner, run.id).await;
    assert_eq!(run.status, RunStatus::Completed, "{:?}", run.error_message);
    let inputs = &run.output_data.unwrap()["value"]["inputs"];
    assert_eq!((&inputs["from_a"]["node"], &inputs["from_b"]["node"]), (&json!("a"), &json!("b")));
    assert!(run.node_results.values().all(|result| result.status == NodeStatus::Success && result.execution_id.is_some()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_fails_fails_the_run_and_says_why_and_what_depends_on_it_is_skipped() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let tools = Held::open();
    let system = server(&test, &tools);
    let workflow = workflow(&test, &system, &owner, &["a", "b"], &[("a", "b")]).await;
    tools.fail("a", 9);
    let run = start(&system, &owner, &workflow).await;
    let run = ended(&system, &owner, run.id).await;
    assert_eq!(run.status, RunStatus::Failed);
    assert_eq!(run.error_message.as_deref(), Some("“a” failed: The service did not answer."));
    assert_eq!(run.node_results["b"].status, NodeStatus::Skipped);
    assert_eq!(tools.calls("b"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_with_a_retry_policy_is_called_again() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let tools = Held::open();
    let system = server(&test, &tools);
    let id = tool(&test, &owner, "flaky", json!({ "type": "object" }), "public").await;
    let nodes = vec![json!({ "id": "a", "toolId": id, "config": { "retry": { "maxAttempts": 3, "backoffMs": 20 } } })];
    let workflow = create::create(&system, &owner, super::new_workflow("retries", nodes, vec![])).await.unwrap();
    tools.fail("a", 2);
    let run = start(&system, &owner, &workflow).await;
    let run = ended(&system, &owner, run.id).await;
    assert_eq!((run.status, run.node_results["a"].attempts, tools.calls("a")), (RunStatus::Completed, 3, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_stops_the_running_call_and_starts_nothing_more() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let tools = Held::default();
    let system = server(&test, &tools);
    let workflow = workflow(&test, &system, &owner, &["a", "b"], &[("a", "b")]).await;
    let run = start(&system, &owner, &workflow).await;
    tools.called("a", 1).await;
    let cancelled = cancel::cancel(&system, &owner, run.id).await.unwrap();
    assert_eq!(cancelled.status, RunStatus::Cancelled);
    eventually("the call is stopped", || async { tools.was_stopped("a") }).await;
    eventually("the stopped call's execution is noted", || async {
        get_run::get_run(&system, &owner, run.id).await.unwrap().node_results["a"].execution_id.is_some()
    })
    .await;
    let run = get_run::get_run(&system, &owner, run.id).await.unwrap();
    assert_eq!(
        (run.status, run.node_results["a"].status, run.node_results["b"].status),
        (RunStatus::Cancelled, NodeStatus::Cancelled, NodeStatus::Skipped)
    );
    assert_eq!(tools.calls("b"), 0);
    assert!(matches!(cancel::cancel(&system, &owner, run.id).await, Err(Error::Conflict { .. })), "a second cancel is a conflict");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_of_a_server_that_died_is_finished_by_another_without_repeating_what_was_done() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (first_tools, second_tools) = (Held::default(), Held::open());
    let (first, second) = (server(&test, &first_tools), server(&test, &second_tools));
    let workflow = workflow(&test, &first, &owner, &["a", "b", "c"], &[("a", "b"), ("b", "c")]).await;
    let run = start(&first, &owner, &workflow).await;
    first_tools.release("a");
    first_tools.called("b", 1).await;
    first.runner.abort();
    assert_eq!(second.runner.take_up(&second).await.unwrap(), 0, "the lease has not ended: nobody may take the run");
    lease_ends(test.owner(), run.id).await;
    assert_eq!(second.runner.take_up(&second).await.unwrap(), 1);
    let run = ended(&second, &owner, run.id).await;
    assert_eq!(run.status, RunStatus::Completed, "{:?}", run.error_message);
    assert_eq!((first_tools.calls("a"), second_tools.calls("a")), (1, 0), "a finished step ran twice");
    assert_eq!((second_tools.calls("b"), second_tools.calls("c")), (1, 1));
}

/// Results of late are kept beside the rest, which is written anew only now and then.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_run_has_all_its_results_at_every_moment_also_after_a_crash() {
    const STEPS: usize = 300;
    const HELD: usize = 240;
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (first_tools, second_tools) = (Held::default(), Held::open());
    let (first, second) = (server(&test, &first_tools), server(&test, &second_tools));
    let steps: Vec<String> = (0..STEPS).map(|step| format!("s{step}")).collect();
    let names: Vec<&str> = steps.iter().map(String::as_str).collect();
    let tool = tool(&test, &owner, "step", json!({ "type": "object" }), "public").await;
    let nodes = names.iter().map(|step| node(step, tool)).collect();
    // Nothing is handed on: each result is as short as the one before.
    let edges = names.windows(2).map(|pair| json!({ "id": pair[1], "source": pair[0], "target": pair[1] })).collect();
    let workflow = create::create(&first, &owner, new_workflow("long", nodes, edges)).await.unwrap();
    for step in &names[..HELD] {
        first_tools.release(step);
    }
    let run = start(&first, &owner, &workflow).await;
    first_tools.called(names[HELD], 1).await;
    let (folded, recent): (i64, i64) = sqlx::query_as(
        "select count(*) filter (where node_results -> k ->> 'status' = 'success'), count(*) filter (where recent_results ? k)
         from workflow_runs, jsonb_object_keys(node_results) k where id = $1",
    )
    .bind(run.id)
    .fetch_one(test.owner())
    .await
    .unwrap();
    assert!((1..HELD as i64).contains(&folded) && recent > 0, "{folded} results were put to the rest, {recent} lie beside it");
    let stands = get_run::get_run(&second, &owner, run.id).await.unwrap().node_results;
    let finished = names.iter().filter(|step| stands[**step].status == NodeStatus::Success).count();
    assert_eq!((finished, stands[names[HELD]].status), (HELD, NodeStatus::Running));
    first.runner.abort();
    lease_ends(test.owner(), run.id).await;
    assert_eq!(second.runner.take_up(&second).await.unwrap(), 1);
    let run = ended(&second, &owner, run.id).await;
    assert_eq!(run.status, RunStatus::Completed, "{:?}", run.error_message);
    assert!(names[..HELD].iter().all(|step| (first_tools.calls(step), second_tools.calls(step)) == (1, 0)), "a finished step ran twice");
    assert!(names[HELD..].iter().all(|step| second_tools.calls(step) == 1));
    assert!(run.node_results.values().all(|result| result.status == NodeStatus::Success && result.output.is_some()));
    let left: bool = sqlx::query_scalar("select recent_results = '{}' from workflow_runs where id = $1")
        .bind(run.id)
        .fetch_one(test.owner())
        .await
        .unwrap();
    assert!(left, "what ended has all its results in one place");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_run_was_taken_over_can_write_nothing_and_stops_its_calls() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (old_tools, new_tools) = (Held::default(), Held::default());
    let (old, new) = (server(&test, &old_tools), server(&test, &new_tools));
    let workflow = workflow(&test, &old, &owner, &["a", "b", "c"], &[("a", "c"), ("b", "c")]).await;
    let run = start(&old, &owner, &workflow).await;
    old_tools.called("b", 1).await;
    lease_ends(test.owner(), run.id).await;
    assert_eq!(new.runner.take_up(&new).await.unwrap(), 1);
    new_tools.called("a", 1).await;
    // The old one, which thinks the run is still its own, finishes a step and wants to store it.
    old_tools.release("a");
    eventually("the old server stops its other call", || async { old_tools.was_stopped("b") }).await;
    assert_eq!(
        get_run::get_run(&new, &owner, run.id).await.unwrap().node_results["a"].status,
        NodeStatus::Running,
        "the old server's write went through"
    );
    for step in ["a", "b", "c"] {
        new_tools.release(step);
    }
    assert_eq!(ended(&new, &owner, run.id).await.status, RunStatus::Completed);
    assert_eq!(old_tools.calls("c"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_in_order_leaves_its_runs_to_the_next_at_once() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (first_tools, second_tools) = (Held::default(), Held::open());
    let (first, second) = (server(&test, &first_tools), server(&test, &second_tools));
    let workflow = workflow(&test, &first, &owner, &["a"], &[]).await;
    let run = start(&first, &owner, &workflow).await;
    first_tools.called("a", 1).await;
    first.runner.shut_down(&first).await;
    assert_eq!(second.runner.take_up(&second).await.unwrap(), 1);
    assert_eq!(ended(&second, &owner, run.id).await.status, RunStatus::Completed);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_no_member_any_more_cannot_go_on_by_a_run() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let builder = test.member(&organization, Role::Builder).await;
    let (first_tools, second_tools) = (Held::default(), Held::open());
    let (first, second) = (server(&test, &first_tools), server(&test, &second_tools));
    let workflow = workflow(&test, &first, &builder, &["a", "b"], &[("a", "b")]).await;
    let run = start(&first, &builder, &workflow).await;
    first_tools.called("a", 1).await;
    first.runner.abort();
    sqlx::query("delete from memberships where user_id = $1").bind(builder.user_id).execute(test.owner()).await.unwrap();
    lease_ends(test.owner(), run.id).await;
    second.runner.take_up(&second).await.unwrap();
    let run = ended(&second, &owner, run.id).await;
    assert_eq!(run.status, RunStatus::Failed);
    assert!(run.error_message.unwrap().contains("no member of the organization any more"));
    assert_eq!(second_tools.calls("a"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_answers_with_the_end_or_with_the_running_state_when_the_time_is_over() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let tools = Held::default();
    let system = server(&test, &tools);
    let workflow = workflow(&test, &system, &owner, &["a"], &[]).await;
    let begun = Instant::now();
    let ask = |timeout_ms| StartRun { wait: true, timeout_ms: Some(timeout_ms), ..StartRun::default() };
    let run = execute::execute(&system, &owner, workflow.id, ask(300)).await.unwrap();
    assert!(!run.status.is_final());
    assert!(begun.elapsed() >= Duration::from_millis(300));
    tools.release("a");
    let run = execute::execute(&system, &owner, workflow.id, ask(10_000)).await.unwrap();
    assert_eq!(run.status, RunStatus::Completed);
    assert_eq!(get::get(&system, &owner, workflow.id).await.unwrap().execution_count, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_seen_by_who_started_it_and_by_who_may_read_executions_and_by_no_other_organization() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("other").await;
    let tools = Held::open();
    let system = server(&test, &tools);
    let mut public = workflow(&test, &system, &owner, &["a"], &[]).await;
    sqlx::query("update workflows set visibility = 'public' where id = $1").bind(public.id).execute(test.owner()).await.unwrap();
    public = get::get(&system, &owner, public.id).await.unwrap();
    let (member, other, analyst) = (
        test.member(&organization, Role::Member).await,
        test.member(&organization, Role::Member).await,
        test.member(&organization, Role::Analyst).await,
    );
    let run = start(&system, &member, &public).await;
    ended(&system, &member, run.id).await;
    assert_eq!(status(&system, &analyst, run.id).await, RunStatus::Completed);
    for nobody in [&other, &stranger] {
        assert!(matches!(get_run::get_run(&system, nobody, run.id).await, Err(Error::NotFound("run"))));
        assert!(matches!(cancel::cancel(&system, nobody, run.id).await, Err(Error::NotFound("run"))));
        assert_eq!(list_runs::list_runs(&system, nobody, &ListRuns::default()).await.unwrap().items, []);
    }
    assert_eq!(list_runs::list_runs(&system, &analyst, &ListRuns::default()).await.unwrap().items.len(), 1);
    assert!(matches!(execute::execute(&system, &stranger, public.id, StartRun::default()).await, Err(Error::NotFound("workflow"))));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_runs_at_once_all_end_right() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let tools = Held::open();
    let system = server(&test, &tools);
    let workflow = workflow(&test, &system, &owner, &["a", "b", "c", "d"], &[("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")]).await;
    let mut runs = Vec::new();
    for _ in 0..200 {
        runs.push(start(&system, &owner, &workflow).await.id);
    }
    for run in runs {
        assert_eq!(ended(&system, &owner, run).await.status, RunStatus::Completed);
    }
    for step in ["a", "b", "c", "d"] {
        assert_eq!(tools.calls(step), 200, "{step}");
    }
}
