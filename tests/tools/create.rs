use super::plain;
use serde_json::json;
use support::TestSystem;
use toolcrib::{
    Error,
    access::Role,
    tools::{self, Kind, NewTool, ToolFilter, Visibility, create, versions::versions},
};

#[tokio::test]
async fn a_tool_is_kept_with_its_first_version_and_what_a_model_sees() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let mut new = plain("echo");
    new.description = "Says it again".to_owned();
    let tool = create(test.system(), &owner, new).await.unwrap();
    assert_eq!((tool.version, tool.owner_id), (1, Some(owner.user_id.0)));
    assert_eq!(
        tool.function_schema,
        json!({"name": "echo", "description": "Says it again", "parameters": {"type": "object", "properties": {}}})
    );
    let versions = versions(test.system(), &owner, tool.id).await.unwrap();
    assert_eq!((versions.len(), versions[0].snapshot["script_content"].as_str()), (1, tool.script_content.as_deref()));
}

#[tokio::test]
async fn everything_wrong_is_said_at_once_and_nothing_is_kept() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let mut new = NewTool::new("Bad Name", Kind::Python);
    new.input_schema = json!({"type": "object", "properties": {"a": {"type": "sting"}}});
    new.category_id = Some(toolcrib::ids::CategoryId::new());
    let Err(Error::Invalid(errors)) = create(test.system(), &owner, new).await else { panic!("it was taken") };
    let places: Vec<&str> = errors.iter().map(|error| error.pointer.as_str()).collect();
    assert_eq!(places, ["/name", "/input_schema/properties/a/type", "/script_content", "/category_id"]);
    assert!(tools::list(test.system(), &owner, ToolFilter::default()).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn a_name_is_unique_in_its_organization_only_also_among_racers() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (_, other) = test.organization("globex").await;
    let system = test.system();
    let (a, b) = tokio::join!(create(system, &owner, plain("echo")), create(system, &owner, plain("echo")));
    assert_eq!(i32::from(a.is_ok()) + i32::from(b.is_ok()), 1);
    let error = a.err().or(b.err()).unwrap().problem();
    assert_eq!((error.status, error.field("name").is_some()), (409, true));
    create(system, &other, plain("echo")).await.unwrap();
}

#[tokio::test]
async fn who_may_not_build_makes_no_tools() {
    let test = TestSystem::new().await;
    let (organization, _) = test.organization("acme").await;
    for role in [Role::Analyst, Role::Member] {
        let person = test.member(&organization, role).await;
        assert!(matches!(create(test.system(), &person, plain("echo")).await, Err(Error::Forbidden(_))));
    }
}

#[tokio::test]
async fn a_kind_without_an_executor_is_refused() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let Some(kind) = Kind::ALL.iter().find(|kind| !kind.is_available()) else { return };
    let Err(Error::Invalid(errors)) = create(test.system(), &owner, NewTool::new("send_text", *kind)).await else { panic!("it was taken") };
    assert_eq!(errors[0].pointer, "/kind");
}

#[tokio::test]
async fn private_tools_are_seen_by_owner_and_admins_and_no_other_organization() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let builder = test.member(&organization, Role::Builder).await;
    let member = test.member(&organization, Role::Member).await;
    let mut new = plain("echo");
    new.visibility = Visibility::Private;
    let tool = create(test.system(), &builder, new).await.unwrap();
    for (person, sees) in [(&builder, true), (&owner, true), (&member, false), (&stranger, false)] {
        let found = tools::get(test.system(), person, tool.id).await;
        assert_eq!(found.is_ok(), sees, "{}", person.user_name);
        let listed = tools::list(test.system(), person, ToolFilter::default()).await.unwrap();
        assert_eq!(listed.items.len(), usize::from(sees), "{}", person.user_name);
    }
}

#[tokio::test]
async fn a_grant_ends_to_the_second() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let member = test.member(&organization, Role::Member).await;
    let mut new = plain("echo");
    new.visibility = Visibility::Private;
    let tool = create(test.system(), &owner, new).await.unwrap();
    let until = test.now() + chrono::Duration::seconds(60);
    sqlx::query("insert into tool_grants (id, organization_id, tool_id, subject_id, subject_type, permission, expires_at) values ($1, $2, $3, $4, 'user', 'read', $5)")
        .bind(toolcrib::ids::GrantId::new())
        .bind(organization.id)
        .bind(tool.id)
        .bind(member.user_id)
        .bind(until)
        .execute(test.owner())
        .await
        .unwrap();
    assert!(tools::get(test.system(), &member, tool.id).await.is_ok());
    test.pass(chrono::Duration::seconds(61));
    assert!(matches!(tools::get(test.system(), &member, tool.id).await, Err(Error::NotFound("tool"))));
}
