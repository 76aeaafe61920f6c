use super::{Held, edge, new_workflow, node, server, tool, workflow};
use serde_json::{Value, json};
use support::TestSystem;
use toolcrib::{
    Error,
    access::Role,
    page::ListOrder,
    problem::FieldError,
    workflows::{
        NewWorkflow, StartRun, UpdateWorkflow, Visibility, create, delete, execute, get,
        graph::FindingCode,
        list::{self, ListWorkflows},
        update,
    },
};

fn pointers(error: Error) -> Vec<String> {
    let Error::Invalid(errors) = error else { panic!("{error:?}") };
    errors.into_iter().map(|FieldError { pointer, .. }| pointer).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_definition_that_cannot_run_is_refused_with_the_place_of_each_error() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let system = server(&test, &Held::open());
    let schema = json!({ "type": "object", "properties": { "file": { "type": "string" } }, "required": ["file"] });
    let id = tool(&test, &owner, "load", schema, "public").await;
    let broken = NewWorkflow {
        display_name: "x".repeat(201),
        ..new_workflow("Bad Name", vec![node("a", id), node("b", id)], vec![edge("a", "b"), edge("b", "a")])
    };
    let found = pointers(create::create(&system, &owner, broken).await.unwrap_err());
    for pointer in ["/name", "/display_name", "/definition/nodes/0", "/definition/nodes/0/file"] {
        assert!(found.iter().any(|p| p == pointer), "{pointer} is not in {found:?}");
    }
    assert_eq!(list::list(&system, &owner, &ListWorkflows::default()).await.unwrap().items, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_may_be_unfinished_but_does_not_run_and_must_have_a_meaning() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let system = server(&test, &Held::open());
    let schema = json!({ "type": "object", "properties": { "file": { "type": "string" } }, "required": ["file"] });
    let id = tool(&test, &owner, "load", schema, "public").await;
    let draft = NewWorkflow { draft: true, ..new_workflow("unfinished", vec![node("a", id)], vec![]) };
    let kept = create::create(&system, &owner, draft).await.unwrap();
    assert_eq!(
        kept.findings.iter().map(|f| (f.code, f.field.as_deref())).collect::<Vec<_>>(),
        [(FindingCode::RequiredInput, Some("file"))]
    );
    assert_eq!(pointers(execute::execute(&system, &owner, kept.id, StartRun::default()).await.unwrap_err()), ["/definition/nodes/0/file"]);
    let cycle =
        NewWorkflow { draft: true, ..new_workflow("cycle", vec![node("a", id), node("b", id)], vec![edge("a", "b"), edge("b", "a")]) };
    assert!(matches!(create::create(&system, &owner, cycle).await, Err(Error::Invalid(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_save_is_refused_and_changes_nothing() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let system = server(&test, &Held::open());
    let read = workflow(&test, &system, &owner, &["a"], &[]).await;
    let rename = |name: &str| UpdateWorkflow { revision: read.revision, display_name: Some(name.to_owned()), ..UpdateWorkflow::default() };
    let first = update::update(&system, &owner, read.id, rename("First")).await.unwrap();
    assert_eq!((first.revision, first.display_name.as_str()), (2, "First"));
    assert!(matches!(update::update(&system, &owner, read.id, rename("Second")).await, Err(Error::Stale(_))));
    assert_eq!(get::get(&system, &owner, read.id).await.unwrap().display_name, "First");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_saves_at_the_same_moment_one_is_kept_and_one_refused() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let system = server(&test, &Held::open());
    let read = workflow(&test, &system, &owner, &["a"], &[]).await;
    let save = |name: &'static str| {
        let (system, owner, id, revision) = (system.clone(), owner.clone(), read.id, read.revision);
        async move {
            update::update(
                &system,
                &owner,
                id,
                UpdateWorkflow { revision, display_name: Some(name.to_owned()), ..UpdateWorkflow::default() },
            )
            .await
        }
    };
    let (a, b) = tokio::join!(tokio::spawn(save("A")), tokio::spawn(save("B")));
    let (a, b) = (a.unwrap(), b.unwrap());
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
    assert!(matches!(a.and(b), Err(Error::Stale(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_of_another_organization_sees_changes_or_deletes_a_workflow() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("other").await;
    let system = server(&test, &Held::open());
    let theirs = workflow(&test, &system, &owner, &["a"], &[]).await;
    let change = UpdateWorkflow { revision: 1, display_name: Some("Mine".into()), ..UpdateWorkflow::default() };
    assert!(matches!(get::get(&system, &stranger, theirs.id).await, Err(Error::NotFound("workflow"))));
    assert!(matches!(update::update(&system, &stranger, theirs.id, change).await, Err(Error::NotFound("workflow"))));
    assert!(matches!(delete::delete(&system, &stranger, theirs.id).await, Err(Error::NotFound("workflow"))));
    assert_eq!(list::list(&system, &stranger, &ListWorkflows::default()).await.unwrap().items, []);
    // A tool of theirs cannot be put into a workflow of ours either.
    let tool = theirs.definition.nodes[0].tool_id.unwrap();
    let found = pointers(create::create(&system, &stranger, new_workflow("stolen", vec![node("a", tool)], vec![])).await.unwrap_err());
    assert_eq!(found, ["/definition/nodes/0/toolId"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_workflow_is_the_owners_and_the_admins_and_a_public_one_every_members_to_run() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let (builder, other, member) = (
        test.member(&organization, Role::Builder).await,
        test.member(&organization, Role::Builder).await,
        test.member(&organization, Role::Member).await,
    );
    let system = server(&test, &Held::open());
    let mine = workflow(&test, &system, &builder, &["a"], &[]).await;
    assert!(get::get(&system, &owner, mine.id).await.is_ok(), "admins see it");
    assert!(matches!(get::get(&system, &other, mine.id).await, Err(Error::NotFound(_))));
    assert!(matches!(create::create(&system, &member, new_workflow("members", vec![], vec![])).await, Err(Error::Forbidden(_))));
    let publish = UpdateWorkflow { revision: 1, visibility: Some(toolcrib::workflows::Visibility::Public), ..UpdateWorkflow::default() };
    update::update(&system, &builder, mine.id, publish).await.unwrap();
    assert!(execute::execute(&system, &member, mine.id, StartRun::default()).await.is_ok());
    assert!(matches!(delete::delete(&system, &other, mine.id).await, Err(Error::Forbidden(_))));
    delete::delete(&system, &builder, mine.id).await.unwrap();
    let actions: Vec<String> = sqlx::query_scalar("select action from audit_log where object_type = 'workflow' order by id")
        .fetch_all(test.owner())
        .await
        .unwrap();
    assert_eq!(actions, ["workflow.create", "workflow.update", "workflow.delete"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_run_is_given_is_checked_against_the_workflows_inputs() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let system = server(&test, &Held::open());
    let id = tool(&test, &owner, "any", json!({ "type": "object" }), "public").await;
    let fields = json!([{ "name": "file", "type": "string", "required": true }, { "name": "top", "type": "integer", "default": 5 }]);
    let nodes = vec![json!({ "id": "in", "type": "input", "config": { "fields": fields } }), node("a", id)];
    let edges = vec![json!({ "id": "e", "source": "in", "target": "a", "mapping": { "file": "file", "top": "top" } })];
    let workflow = create::create(&system, &owner, new_workflow("inputs", nodes, edges)).await.unwrap();
    let run = |input: Value| {
        let input = input.as_object().unwrap().clone();
        execute::execute(&system, &owner, workflow.id, StartRun { input, wait: true, ..StartRun::default() })
    };
    assert_eq!(pointers(run(json!({ "top": "many", "colour": "red" })).await.unwrap_err()), ["/input/file", "/input/top", "/input/colour"]);
    let run = run(json!({ "file": "a.csv" })).await.unwrap();
    assert_eq!(run.output_data.unwrap()["value"]["inputs"], json!({ "file": "a.csv", "top": 5 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_ordered_as_asked_and_shows_only_what_one_may_see() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let system = server(&test, &Held::open());
    let id = tool(&test, &owner, "load", json!({ "type": "object" }), "public").await;
    for (name, steps) in [("beta", 1), ("alpha", 3), ("gamma", 2)] {
        let nodes = (0..steps).map(|n| node(&format!("n{n}"), id)).collect();
        let new = NewWorkflow { draft: true, visibility: Visibility::Public, ..new_workflow(name, nodes, vec![]) };
        create::create(&system, &owner, new).await.unwrap();
    }
    create::create(&system, &owner, NewWorkflow { draft: true, ..new_workflow("secret", vec![], vec![]) }).await.unwrap();
    let reader = test.member(&organization, Role::Member).await;
    let names = async |sort: &str, descending: bool| {
        let order = ListOrder { sort: sort.to_owned(), descending, page: 1 };
        let found = list::numbered(&system, &reader, None, &order).await.unwrap();
        assert_eq!(found.total, 3);
        found.items.into_iter().map(|row| row.name).collect::<Vec<_>>()
    };
    assert_eq!(names("", false).await, ["gamma", "alpha", "beta"]);
    assert_eq!(names("name", false).await, ["alpha", "beta", "gamma"]);
    assert_eq!(names("steps", true).await, ["alpha", "gamma", "beta"]);
    assert_eq!(names("changed", false).await, ["beta", "alpha", "gamma"]);
}
