//! Workflows that are tools: called like any other, and runs of their own.

use super::{ended, eventually, new_workflow, status};
use serde_json::json;
use support::TestSystem;
use toolcrib::{
    Error,
    access::Role,
    actor::Actor,
    executions::{ErrorClass, ExecuteRequest, Execution, execute as call_tool},
    ids::{RunId, ToolId},
    system::System,
    tools::{self, Kind, NewTool, Tool, UpdateTool},
    workflows::{
        NewComposite, Publish, StartRun, UpdateWorkflow, Workflow, composite, create,
        engine::RunStatus,
        execute, get_run,
        list_runs::{self, ListRuns},
        publish, update,
    },
};

/// Doubles `n`, or waits for a minute first.
fn doubling(name: &str, factor: i64, slow: bool) -> toolcrib::workflows::NewWorkflow {
    let input = json!({ "id": "in", "type": "input", "config": { "fields": [{ "name": "n", "type": "integer", "required": true }] } });
    let double = json!({ "id": "double", "type": "transform", "config": { "expressions": { "twice": format!("nodes.in.n * {factor}") } } });
    let mut nodes = vec![input, double, json!({ "id": "out", "type": "output" })];
    let mut edges = vec![json!({ "id": "2", "source": "double", "target": "out", "mapping": { "twice": "twice" } })];
    if slow {
        nodes.push(json!({ "id": "wait", "type": "delay", "config": { "ms": 60_000 } }));
        edges.push(json!({ "id": "0", "source": "in", "target": "wait" }));
        edges.push(json!({ "id": "1", "source": "wait", "target": "double" }));
    } else {
        edges.push(json!({ "id": "1", "source": "in", "target": "double" }));
    }
    let mut new = new_workflow(name, nodes, edges);
    new.description = "Doubles a number.".to_owned();
    new.visibility = toolcrib::workflows::Visibility::Public;
    new
}

async fn published(system: &System, actor: &Actor, new: toolcrib::workflows::NewWorkflow) -> Workflow {
    let workflow = create::create(system, actor, new).await.unwrap();
    publish::publish(system, actor, workflow.id, Publish { revision: workflow.revision, note: String::new() }).await.unwrap();
    workflow
}

async fn tool_of(system: &System, actor: &Actor, workflow: &Workflow) -> Tool {
    composite::make_tool(system, actor, workflow.id, NewComposite::default()).await.unwrap()
}

async fn called(system: &System, actor: &Actor, tool: ToolId, n: i64) -> Execution {
    call_tool(system, actor, ExecuteRequest::new(tool, json!({ "n": n }))).await.unwrap()
}

fn run_of(execution: &Execution) -> RunId {
    execution.account["run_id"].as_str().unwrap().parse().unwrap()
}

/// A workflow whose only step calls this tool.
fn around(name: &str, tool: ToolId) -> toolcrib::workflows::NewWorkflow {
    let call = json!({ "id": "call", "toolId": tool, "config": { "inputs": { "n": 4 } } });
    let out = json!({ "id": "out", "type": "output" });
    new_workflow(name, vec![call, out], vec![json!({ "id": "e", "source": "call", "target": "out", "mapping": { "twice": "twice" } })])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_published_workflow_is_called_as_a_tool_with_the_contract_of_its_inputs_and_outputs() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let system = test.system();
    let workflow = published(system, &owner, doubling("double", 2, false)).await;
    let tool = tool_of(system, &owner, &workflow).await;
    assert_eq!((tool.kind, tool.name.as_str(), tool.description.as_str()), (Kind::Composite, "double", "Doubles a number."));
    assert_eq!(tool.function_schema["parameters"]["properties"]["n"]["type"], "integer");
    assert_eq!(tool.function_schema["parameters"]["required"], json!(["n"]));
    assert_eq!(tool.executor_config, json!({ "workflow_id": workflow.id, "version": 1 }));
    let execution = called(system, &owner, tool.id, 21).await;
    assert_eq!(execution.outputs, Some(json!({ "twice": 42 })), "{:?}", execution.error_message);
    let run = get_run::get_run(system, &owner, run_of(&execution)).await.unwrap();
    assert_eq!((run.status, run.workflow_version, run.parent_run_id), (RunStatus::Completed, Some(1), None));
    let refused = call_tool(system, &owner, ExecuteRequest::new(tool.id, json!({ "n": "many" }))).await.unwrap();
    assert_eq!(refused.error_class, Some(ErrorClass::InvalidInput));
    let uses = composite::uses(system, &owner, workflow.id).await.unwrap();
    assert_eq!(uses.iter().map(|found| (found.tool_id, found.version)).collect::<Vec<_>>(), [(tool.id, 1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_keeps_its_version_until_somebody_takes_a_newer_one() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let system = test.system();
    let workflow = published(system, &owner, doubling("double", 2, false)).await;
    let tool = tool_of(system, &owner, &workflow).await;
    let definition = Some(doubling("double", 10, false).definition);
    let change = UpdateWorkflow { revision: workflow.revision, definition, ..UpdateWorkflow::default() };
    let changed = update::update(system, &owner, workflow.id, change).await.unwrap();
    publish::publish(system, &owner, workflow.id, Publish { revision: changed.revision, note: String::new() }).await.unwrap();
    assert_eq!(called(system, &owner, tool.id, 3).await.outputs, Some(json!({ "twice": 6 })));
    let newest = Some(json!({ "workflow_id": workflow.id, "version": null }));
    let tool =
        tools::update::update(system, &owner, tool.id, UpdateTool { executor_config: newest, ..UpdateTool::default() }).await.unwrap();
    assert_eq!((tool.executor_config["version"].as_i64(), tool.version), (Some(2), 2));
    assert_eq!(called(system, &owner, tool.id, 3).await.outputs, Some(json!({ "twice": 30 })));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_version_that_is_there_and_that_one_may_see_becomes_a_tool() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("other").await;
    let builder = test.member(&organization, Role::Builder).await;
    let system = test.system();
    let draft = create::create(system, &owner, doubling("draft", 2, false)).await.unwrap();
    let mut hidden = doubling("hidden", 2, false);
    hidden.visibility = toolcrib::workflows::Visibility::Private;
    let hidden = published(system, &owner, hidden).await;
    let wrong = |refused: Result<Tool, Error>| match refused {
        Err(Error::Invalid(errors)) => errors.into_iter().map(|error| (error.pointer, error.message)).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let never = wrong(composite::make_tool(system, &owner, draft.id, NewComposite::default()).await);
    assert!(never.len() == 1 && never[0].1.contains("never published"), "{never:?}");
    let gone = wrong(composite::make_tool(system, &owner, hidden.id, NewComposite { version: Some(9), ..NewComposite::default() }).await);
    assert_eq!(gone[0].0, "/executor_config/version");
    for other in [&builder, &stranger] {
        let unseen = composite::make_tool(system, other, hidden.id, NewComposite::default()).await;
        assert!(matches!(unseen, Err(Error::NotFound(_))), "{unseen:?}");
        let mut new = NewTool::new("sneaky", Kind::Composite);
        new.executor_config = json!({ "workflow_id": hidden.id, "version": 1 });
        assert_eq!(wrong(tools::create::create(system, other, new).await)[0].0, "/executor_config/workflow_id");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_call_the_tool_may_run_the_workflow_that_they_do_not_see() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let member = test.member(&organization, Role::Member).await;
    let system = test.system();
    let mut hidden = doubling("hidden", 2, false);
    hidden.visibility = toolcrib::workflows::Visibility::Private;
    let workflow = published(system, &owner, hidden).await;
    let new = NewComposite { visibility: Some(tools::Visibility::Public), ..NewComposite::default() };
    let tool = composite::make_tool(system, &owner, workflow.id, new).await.unwrap();
    assert!(matches!(execute::execute(system, &member, workflow.id, StartRun::default()).await, Err(Error::NotFound(_))));
    assert_eq!(called(system, &member, tool.id, 2).await.outputs, Some(json!({ "twice": 4 })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_whose_time_is_up_cancels_its_run() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let system = test.system();
    let workflow = published(system, &owner, doubling("slow", 2, true)).await;
    let tool = tool_of(system, &owner, &workflow).await;
    let short = UpdateTool { timeout_ms: Some(300), ..UpdateTool::default() };
    tools::update::update(system, &owner, tool.id, short).await.unwrap();
    let execution = called(system, &owner, tool.id, 1).await;
    assert_eq!(execution.error_class, Some(ErrorClass::Timeout));
    let run = run_of(&execution);
    eventually("the run is cancelled", || async { status(system, &owner, run).await == RunStatus::Cancelled }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_calls_a_composite_tool_and_the_runs_know_each_other() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let system = test.system();
    let inner = published(system, &owner, doubling("inner", 2, false)).await;
    let tool = tool_of(system, &owner, &inner).await;
    let outer = create::create(system, &owner, around("outer", tool.id)).await.unwrap();
    let run = execute::execute(system, &owner, outer.id, StartRun::default()).await.unwrap();
    let run = ended(system, &owner, run.id).await;
    assert_eq!((run.status, run.output_data), (RunStatus::Completed, Some(json!({ "twice": 8 }))), "{:?}", run.error_message);
    let runs = list_runs::list_runs(system, &owner, &ListRuns { workflow_id: Some(inner.id), ..ListRuns::default() }).await.unwrap().items;
    assert_eq!(runs.len(), 1);
    assert_eq!(get_run::get_run(system, &owner, runs[0].id).await.unwrap().parent_run_id, Some(run.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_repeated_after_a_crash_finds_the_run_that_was_begun() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let system = test.system();
    let inner = published(system, &owner, doubling("inner", 2, false)).await;
    let tool = tool_of(system, &owner, &inner).await;
    let outer = create::create(system, &owner, around("outer", tool.id)).await.unwrap();
    let run = execute::execute(system, &owner, outer.id, StartRun::default()).await.unwrap().id;
    ended(system, &owner, run).await;
    let step = toolcrib::executions::RunContext { run_id: run, node_id: "call".to_owned(), item: None, attempt: 1 };
    let again = |attempt| {
        let run = Some(toolcrib::executions::RunContext { attempt, ..step.clone() });
        let request = ExecuteRequest { run, ..ExecuteRequest::new(tool.id, json!({ "n": 4 })) };
        async { run_of(&call_tool(system, &owner, request).await.unwrap()) }
    };
    let (first, second, third) = (again(1).await, again(1).await, again(2).await);
    assert_eq!(first, second, "the same attempt is the same run");
    assert_ne!(first, third, "another attempt is another run");
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_a_workflow_nor_a_tool_is_saved_that_would_run_itself() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let system = test.system();
    let inner = published(system, &owner, doubling("inner", 2, false)).await;
    let tool = tool_of(system, &owner, &inner).await;
    // inner → tool → inner
    let change =
        UpdateWorkflow { revision: inner.revision, definition: Some(around("inner", tool.id).definition), ..UpdateWorkflow::default() };
    let refused = update::update(system, &owner, inner.id, change).await.unwrap_err();
    assert!(format!("{refused:?}").contains("would never end"), "{refused:?}");
    // outer calls the tool; the tool may not become outer.
    let outer = published(system, &owner, around("outer", tool.id)).await;
    let config = Some(json!({ "workflow_id": outer.id }));
    let refused = tools::update::update(system, &owner, tool.id, UpdateTool { executor_config: config, ..UpdateTool::default() }).await;
    assert!(format!("{refused:?}").contains("would never end"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_whose_workflow_is_gone_says_so() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let system = test.system();
    let workflow = published(system, &owner, doubling("double", 2, false)).await;
    let tool = tool_of(system, &owner, &workflow).await;
    toolcrib::workflows::delete::delete(system, &owner, workflow.id).await.unwrap();
    let execution = called(system, &owner, tool.id, 2).await;
    assert_eq!(execution.error_class, Some(ErrorClass::Unauthorized));
    assert!(
        execution.error_message.as_deref().unwrap().contains("This version of the workflow does not exist"),
        "{:?}",
        execution.error_message
    );
}
