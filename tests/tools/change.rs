use super::plain;
use serde_json::json;
use support::TestSystem;
use toolcrib::{
    Error,
    access::Role,
    tools::{Seen, Status, UpdateTool, change_status, change_status_seen, create, delete, delete_seen, get, update, versions::versions},
};

#[tokio::test]
async fn a_change_of_behaviour_makes_a_version_and_a_change_of_words_does_not() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let tool = create(test.system(), &owner, plain("echo")).await.unwrap();
    let words = UpdateTool { display_name: Some("Echo".to_owned()), ..UpdateTool::default() };
    assert_eq!(update(test.system(), &owner, tool.id, words).await.unwrap().version, 1);
    let script = UpdateTool {
        script_content: Some("def main():\n    return 1\n".to_owned()),
        changelog: "Always one".to_owned(),
        ..UpdateTool::default()
    };
    assert_eq!(update(test.system(), &owner, tool.id, script).await.unwrap().version, 2);
    let versions = versions(test.system(), &owner, tool.id).await.unwrap();
    assert_eq!(versions.iter().map(|v| (v.version, v.changelog.as_str())).collect::<Vec<_>>(), [(2, "Always one"), (1, "First version")]);
}

#[tokio::test]
async fn of_two_who_read_the_same_version_the_slower_is_told() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let tool = create(test.system(), &owner, plain("echo")).await.unwrap();
    let change = |text: &str| UpdateTool { expected_version: Some(1), description: Some(text.to_owned()), ..UpdateTool::default() };
    let (a, b) = tokio::join!(update(test.system(), &owner, tool.id, change("one")), update(test.system(), &owner, tool.id, change("two")));
    assert_eq!(i32::from(a.is_ok()) + i32::from(b.is_ok()), 1);
    assert!(matches!(a.err().or(b.err()), Some(Error::Stale(_))));
    assert_eq!(get(test.system(), &owner, tool.id).await.unwrap().version, 2);
}

#[tokio::test]
async fn status_and_end_of_a_tool_that_is_no_longer_what_was_read_are_refused() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let system = test.system();
    let read = create(system, &owner, plain("echo")).await.unwrap();
    let whole = Some(Seen { version: read.version, updated_at: Some(read.updated_at) });
    let version = Some(Seen { version: 1, updated_at: None });
    let words = UpdateTool { display_name: Some("Echo".to_owned()), ..UpdateTool::default() };
    update(system, &owner, read.id, words).await.unwrap();
    assert!(matches!(change_status_seen(system, &owner, read.id, Status::Disabled, false, whole).await, Err(Error::Stale(_))));
    assert!(matches!(delete_seen(system, &owner, read.id, whole).await, Err(Error::Stale(_))));
    // Who cares about the version only: it is still the same one.
    let disabled = change_status_seen(system, &owner, read.id, Status::Disabled, false, version).await.unwrap();
    assert_eq!(disabled.status, Status::Disabled);
    let behaviour = UpdateTool { script_content: Some("def main():\n    return 1\n".to_owned()), ..UpdateTool::default() };
    let now = update(system, &owner, read.id, behaviour).await.unwrap();
    assert!(matches!(delete_seen(system, &owner, read.id, version).await, Err(Error::Stale(_))));
    delete_seen(system, &owner, read.id, Some(Seen { version: 2, updated_at: Some(now.updated_at) })).await.unwrap();
    assert!(matches!(get(system, &owner, read.id).await, Err(Error::NotFound("tool"))));
}

#[tokio::test]
async fn a_refused_change_changes_nothing() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let tool = create(test.system(), &owner, plain("echo")).await.unwrap();
    let change = UpdateTool { description: Some("new".to_owned()), output_schema: Some(json!({"type": 1})), ..UpdateTool::default() };
    assert!(matches!(update(test.system(), &owner, tool.id, change).await, Err(Error::Invalid(_))));
    assert_eq!(get(test.system(), &owner, tool.id).await.unwrap(), tool);
}

#[tokio::test]
async fn the_status_machine_knows_no_other_way() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let mut new = plain("echo");
    new.status = Status::Draft;
    let tool = create(test.system(), &owner, new).await.unwrap();
    let change = async |status| change_status(test.system(), &owner, tool.id, status).await;
    assert_eq!(change(Status::Disabled).await.unwrap_err().status(), 409);
    change(Status::Active).await.unwrap();
    assert_eq!(change(Status::Draft).await.unwrap_err().status(), 409);
    change(Status::Deprecated).await.unwrap();
    assert_eq!(change(Status::Disabled).await.unwrap_err().status(), 409);
    assert_eq!(change(Status::Active).await.unwrap().status, Status::Active);
}

#[tokio::test]
async fn only_owner_and_admins_change_or_delete() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let builder = test.member(&organization, Role::Builder).await;
    let tool = create(test.system(), &owner, plain("echo")).await.unwrap();
    assert_eq!(delete(test.system(), &builder, tool.id).await.unwrap_err().status(), 403);
    assert_eq!(update(test.system(), &builder, tool.id, UpdateTool::default()).await.unwrap_err().status(), 403);
    assert_eq!(delete(test.system(), &stranger, tool.id).await.unwrap_err().status(), 404);
    delete(test.system(), &owner, tool.id).await.unwrap();
    assert_eq!(get(test.system(), &owner, tool.id).await.unwrap_err().status(), 404);
}
