use super::call;
use crate::tools::{plain, script};
use serde_json::json;
use std::time::{Duration, Instant};
use support::TestSystem;
use toolcrib::{
    Error,
    access::Role,
    executions::{self, Cancel, ErrorClass, ExecuteRequest, ExecutionFilter, Range, Status, dashboard, execute},
    tools::{self, Visibility, create},
};

#[tokio::test]
async fn what_was_called_is_recorded_counted_and_found_again() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let schema =
        json!({"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer", "default": 5}}, "required": ["a"]});
    let mut tool = script("add", "def main(a, b):\n    print('adding')\n    return {'sum': a + b}\n", schema);
    tool.cost_per_call = Some(0.25);
    let execution = call(&test, &owner, tool, json!({"a": 2})).await;
    assert_eq!(execution.status, Status::Success, "{:?}", execution.error_message);
    assert_eq!(execution.outputs, Some(json!({"sum": 7})));
    assert_eq!(execution.logs.as_deref(), Some("adding\n"));
    assert_eq!(execution.inputs, json!({"a": 2, "b": 5}));
    let stored = executions::get(test.system(), &owner, execution.id).await.unwrap();
    assert_eq!((stored.status, &stored.outputs, stored.cost), (Status::Success, &execution.outputs, Some(0.25)));
    assert_eq!(tools::get(test.system(), &owner, execution.tool_id).await.unwrap().execution_count, 1);
    let figures = dashboard(test.system(), &owner, Range::Hour).await.unwrap();
    assert_eq!((figures.now.count, figures.now.success, figures.before.count), (1, 1, 0));
    assert!((figures.now.cost - 0.25).abs() < 1e-9);
    let (median, took) = (figures.now.p50_ms.unwrap(), execution.duration_ms.unwrap());
    assert!((median / took - 1.0).abs() < 0.2, "{median} is far from {took}");
    assert_eq!(figures.series.iter().map(|bucket| bucket.success).sum::<i64>(), 1);
}

#[tokio::test]
async fn inputs_that_do_not_fit_are_refused_field_by_field_and_recorded() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let schema = json!({"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"], "additionalProperties": false});
    let execution = call(&test, &owner, script("one", "def main(a):\n    return a\n", schema), json!({"b": 1})).await;
    assert_eq!((execution.status, execution.error_class), (Status::InvalidInput, Some(ErrorClass::InvalidInput)));
    let mut places: Vec<String> = execution.field_errors().into_iter().map(|error| error.pointer).collect();
    places.sort();
    assert_eq!(places, ["/a", "/b"]);
    let figures = dashboard(test.system(), &owner, Range::Hour).await.unwrap();
    assert_eq!((figures.now.count, figures.now.refused), (0, 1));
    let listed =
        executions::list(test.system(), &owner, ExecutionFilter { status: Some(Status::InvalidInput), ..Default::default() }).await;
    assert_eq!(listed.unwrap().items.len(), 1);
}

#[tokio::test]
async fn a_draft_runs_as_a_test_only_and_a_disabled_tool_never() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let mut new = plain("echo");
    new.status = tools::Status::Draft;
    let tool = create(test.system(), &owner, new).await.unwrap();
    let request = |is_test| ExecuteRequest { is_test, ..ExecuteRequest::new(tool.id, json!({})) };
    assert!(matches!(execute(test.system(), &owner, request(false)).await, Err(Error::Conflict { .. })));
    assert_eq!(execute(test.system(), &owner, request(true)).await.unwrap().status, Status::Success);
    tools::change_status(test.system(), &owner, tool.id, tools::Status::Active).await.unwrap();
    tools::change_status(test.system(), &owner, tool.id, tools::Status::Disabled).await.unwrap();
    assert!(matches!(execute(test.system(), &owner, request(true)).await, Err(Error::Conflict { .. })));
}

#[tokio::test]
async fn nobody_calls_what_they_may_not_see_and_an_agent_only_what_is_attached() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let member = test.member(&organization, Role::Member).await;
    let mut new = plain("echo");
    new.visibility = Visibility::Private;
    let tool = create(test.system(), &owner, new).await.unwrap();
    for person in [&stranger, &member] {
        assert!(matches!(execute(test.system(), person, ExecuteRequest::new(tool.id, json!({}))).await, Err(Error::NotFound("tool"))));
    }
    let agent = toolcrib::ids::AgentId::new();
    sqlx::query("insert into agents (id, organization_id, name, display_name) values ($1, $2, 'helper', 'Helper')")
        .bind(agent)
        .bind(organization.id)
        .execute(test.owner())
        .await
        .unwrap();
    let request = ExecuteRequest { agent_id: Some(agent), ..ExecuteRequest::new(tool.id, json!({})) };
    let refused = execute(test.system(), &owner, request).await.unwrap();
    assert_eq!((refused.status, refused.agent_id), (Status::Unauthorized, Some(agent)));
}

#[tokio::test]
async fn a_limit_holds_against_callers_at_the_same_time() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let mut new = plain("echo");
    new.rate_limit_per_minute = Some(2);
    let tool = create(test.system(), &owner, new).await.unwrap();
    let call = || execute(test.system(), &owner, ExecuteRequest::new(tool.id, json!({})));
    let (a, b, c, d) = tokio::join!(call(), call(), call(), call());
    let statuses: Vec<Status> = [a, b, c, d].into_iter().map(|one| one.unwrap().status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == Status::Success).count(), 2, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == Status::RateLimited).count(), 2);
    test.pass(chrono::Duration::seconds(61));
    assert_eq!(call().await.unwrap().status, Status::Success);
}

#[tokio::test]
async fn fixed_inputs_win_and_odd_outputs_are_a_warning() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let mut new = plain("echo");
    new.input_schema = json!({"type": "object", "properties": {"unit": {"type": "string"}}});
    new.static_config = json!({"unit": "m"}).as_object().cloned().unwrap();
    new.output_schema = json!({"type": "object", "required": ["length"]});
    let execution = call(&test, &owner, new, json!({"unit": "ft"})).await;
    assert_eq!((execution.status, execution.outputs), (Status::Success, Some(json!({"unit": "m"}))));
    assert_eq!(execution.warnings.len(), 2, "{:?}", execution.warnings);
}

#[tokio::test]
async fn a_cancelled_call_stops_at_once() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let tool = create(test.system(), &owner, script("wait", "import time\ndef main():\n    time.sleep(20)\n", json!({}))).await.unwrap();
    let cancel = Cancel::new();
    let request = ExecuteRequest { cancel: Some(cancel.clone()), ..ExecuteRequest::new(tool.id, json!({})) };
    let began = Instant::now();
    let stop = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        cancel.cancel();
    };
    let (execution, ()) = tokio::join!(execute(test.system(), &owner, request), stop);
    assert_eq!(execution.unwrap().status, Status::Cancelled);
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn executions_of_another_organization_are_not_there() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let member = test.member(&organization, Role::Member).await;
    let execution = call(&test, &owner, plain("echo"), json!({"secret": 1})).await;
    for person in [&stranger, &member] {
        assert!(matches!(executions::get(test.system(), person, execution.id).await, Err(Error::NotFound("execution"))));
        assert!(executions::list(test.system(), person, ExecutionFilter::default()).await.unwrap().items.is_empty());
    }
}
