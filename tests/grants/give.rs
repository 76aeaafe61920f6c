use super::{agent, private_tool};
use chrono::Duration;
use serde_json::json;
use support::TestSystem;
use toolcrib::{
    Error,
    access::{Role, Scope},
    actor::Actor,
    audit::{self, AuditFilter},
    executions::{ExecuteRequest, Status, execute},
    grants::{self, ChangeGrant, GrantPermission as P, NewGrant, Subject},
    organizations::members,
    tools::{self, Level, get::get_with_level},
};

fn to(subject: Subject, permission: P) -> NewGrant {
    NewGrant { subject_type: subject.subject_type, subject_id: subject.subject_id, permission, expires_at: None }
}

async fn level(test: &TestSystem, actor: &Actor, tool: toolcrib::ids::ToolId) -> Level {
    match get_with_level(test.system(), actor, tool).await {
        Ok((_, level)) => level,
        Err(Error::NotFound("tool")) => Level::None,
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn each_permission_gives_what_it_says_and_revoking_takes_it_back() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let member = test.member(&organization, Role::Member).await;
    let tool = private_tool(&test, &owner, "echo").await;
    assert_eq!(level(&test, &member, tool.id).await, Level::None);
    let grant = grants::give(test.system(), &owner, tool.id, to(Subject::user(member.user_id), P::Read)).await.unwrap();
    assert_eq!((grant.subject_name.as_str(), grant.granted_by), (member.user_name.as_str(), Some(owner.user_id)));
    assert_eq!(level(&test, &member, tool.id).await, Level::Read);
    let refused = execute(test.system(), &member, ExecuteRequest::new(tool.id, json!({}))).await.unwrap();
    assert_eq!(refused.status, Status::Unauthorized);
    for (permission, expected) in [(P::Execute, Level::Execute), (P::Admin, Level::Admin)] {
        let change = ChangeGrant { permission: Some(permission), ..ChangeGrant::default() };
        grants::change(test.system(), &owner, tool.id, grant.id, change).await.unwrap();
        assert_eq!(level(&test, &member, tool.id).await, expected);
    }
    grants::revoke(test.system(), &owner, tool.id, grant.id).await.unwrap();
    assert_eq!(level(&test, &member, tool.id).await, Level::None);
    assert!(matches!(grants::revoke(test.system(), &owner, tool.id, grant.id).await, Err(Error::NotFound("grant"))));
    let log = audit::list::list(test.system(), &owner, &AuditFilter { object_id: Some(tool.id.0), ..AuditFilter::default() }, None, 50)
        .await
        .unwrap();
    let actions: Vec<&str> = log.items.iter().rev().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["tool.create", "tool.grant", "tool.change_grant", "tool.change_grant", "tool.revoke_grant"]);
    assert_eq!(log.items[0].before.as_ref().unwrap()["permission"], "admin");
}

#[tokio::test]
async fn an_expiry_is_honoured_to_the_second() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let member = test.member(&organization, Role::Member).await;
    let tool = private_tool(&test, &owner, "echo").await;
    let end = test.now() + Duration::seconds(3600);
    let new = NewGrant { expires_at: Some(end), ..to(Subject::user(member.user_id), P::Execute) };
    let grant = grants::give(test.system(), &owner, tool.id, new).await.unwrap();
    test.pass(end - test.now() - Duration::milliseconds(900));
    assert_eq!(level(&test, &member, tool.id).await, Level::Execute);
    test.pass(end - test.now());
    assert_eq!(level(&test, &member, tool.id).await, Level::None);
    assert!(matches!(execute(test.system(), &member, ExecuteRequest::new(tool.id, json!({}))).await, Err(Error::NotFound("tool"))));
    let listed = grants::list(test.system(), &owner, tool.id, None, None).await.unwrap();
    assert!(listed.items[0].is_expired, "an expired grant stays on the list, and says so");
    let past = ChangeGrant { expires_at: Some(Some(test.now())), ..ChangeGrant::default() };
    let Err(Error::Invalid(errors)) = grants::change(test.system(), &owner, tool.id, grant.id, past).await else { panic!() };
    assert_eq!(errors[0].pointer, "/expires_at");
    let open = ChangeGrant { expires_at: Some(None), ..ChangeGrant::default() };
    grants::change(test.system(), &owner, tool.id, grant.id, open).await.unwrap();
    assert_eq!(level(&test, &member, tool.id).await, Level::Execute);
}

#[tokio::test]
async fn only_who_administers_a_tool_grants_it() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let builder = test.member(&organization, Role::Builder).await;
    let other = test.member(&organization, Role::Builder).await;
    let member = test.member(&organization, Role::Member).await;
    let tool = private_tool(&test, &builder, "echo").await;
    let subject = Subject::user(member.user_id);
    let give = |actor: &Actor, permission| {
        let (actor, new) = (actor.clone(), to(subject, permission));
        let system = test.system().clone();
        async move { grants::give(&system, &actor, tool.id, new).await }
    };
    assert!(matches!(give(&other, P::Execute).await, Err(Error::NotFound("tool"))));
    assert!(matches!(give(&stranger, P::Execute).await, Err(Error::NotFound("tool"))));
    grants::give(test.system(), &builder, tool.id, to(Subject::user(other.user_id), P::Execute)).await.unwrap();
    assert!(matches!(give(&other, P::Execute).await, Err(Error::Forbidden(_))), "execute is not enough");
    grants::set(test.system(), &owner, tool.id, Subject::user(other.user_id), Some(P::Admin), None).await.unwrap();
    let mut token = other.clone();
    token.scopes = Some(vec![Scope::Read, Scope::Write, Scope::Execute]);
    assert!(matches!(give(&token, P::Execute).await, Err(Error::Forbidden(_))), "a token needs the scope admin");
    token.scopes = Some(vec![Scope::Admin]);
    give(&token, P::Execute).await.unwrap();
    assert!(matches!(give(&builder, P::Read).await, Err(Error::Conflict { .. })), "one grant for each subject");
    let mut as_agent = builder.clone();
    as_agent.agent_id = Some(agent(&test, &owner, "helper").await.id);
    assert!(matches!(give(&as_agent, P::Read).await, Err(Error::Forbidden(_))), "agents grant nothing");
}

#[tokio::test]
async fn only_members_and_agents_of_the_organization_are_granted_anything() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let foreign = agent(&test, &stranger, "spy").await;
    let tool = private_tool(&test, &owner, "echo").await;
    for subject in [Subject::user(stranger.user_id), Subject::agent(foreign.id), Subject::user(foreign.id)] {
        let Err(Error::Invalid(errors)) = grants::give(test.system(), &owner, tool.id, to(subject, P::Read)).await else {
            panic!("{subject}")
        };
        assert_eq!(errors[0].pointer, "/subject_id");
    }
    assert!(matches!(grants::list(test.system(), &stranger, tool.id, None, None).await, Err(Error::NotFound("tool"))));
}

#[tokio::test]
async fn what_is_granted_is_listed_by_tool_and_by_subject_as_far_as_the_asker_may_know() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let member = test.member(&organization, Role::Member).await;
    let helper = agent(&test, &owner, "helper").await;
    let mut tools = Vec::new();
    for i in 0..3 {
        let tool = private_tool(&test, &owner, &format!("tool_{i}")).await;
        grants::give(test.system(), &owner, tool.id, to(Subject::agent(helper.id), P::Execute)).await.unwrap();
        tools.push(tool.id);
    }
    grants::give(test.system(), &owner, tools[0], to(Subject::user(member.user_id), P::Read)).await.unwrap();
    let first = grants::of_subject(test.system(), &owner, Some(Subject::agent(helper.id)), None, Some(2)).await.unwrap();
    let rest =
        grants::of_subject(test.system(), &owner, Some(Subject::agent(helper.id)), first.next_cursor.as_deref(), Some(2)).await.unwrap();
    let found: Vec<_> = first.items.iter().chain(&rest.items).map(|grant| grant.tool_id).collect();
    assert_eq!(found, tools.iter().rev().copied().collect::<Vec<_>>());
    assert_eq!(rest.next_cursor, None);
    assert_eq!(grants::list(test.system(), &owner, tools[0], None, None).await.unwrap().items.len(), 2);
    let seen = grants::list(test.system(), &member, tools[0], None, None).await.unwrap().items;
    assert_eq!(seen.iter().map(|grant| grant.subject_id).collect::<Vec<_>>(), [member.user_id.0], "a reader sees their own grant only");
    assert_eq!(grants::of_subject(test.system(), &member, None, None, None).await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn who_leaves_takes_no_grants_along_and_comes_back_with_none() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let member = test.member(&organization, Role::Member).await;
    let tool = private_tool(&test, &owner, "echo").await;
    grants::give(test.system(), &owner, tool.id, to(Subject::user(member.user_id), P::Admin)).await.unwrap();
    members::remove(test.system(), &owner, member.user_id).await.unwrap();
    test.joins(&organization, member.user_id, &member.user_name, Role::Member).await;
    assert_eq!(level(&test, &member, tool.id).await, Level::None);
}

#[tokio::test]
async fn one_of_two_who_grant_the_same_at_once_is_told() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let member = test.member(&organization, Role::Member).await;
    let tool = private_tool(&test, &owner, "echo").await;
    let give = |permission| grants::give(test.system(), &owner, tool.id, to(Subject::user(member.user_id), permission));
    let (a, b) = tokio::join!(give(P::Read), give(P::Admin));
    assert_eq!([&a, &b].iter().filter(|result| result.is_ok()).count(), 1);
    assert!([a, b].into_iter().any(|result| matches!(result, Err(Error::Conflict { .. }))));
}

#[tokio::test]
async fn the_matrix_shows_what_each_may_do_and_only_tools_one_administers() {
    use toolcrib::grants::matrix::{MatrixQuery, matrix};
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let builder = test.member(&organization, Role::Builder).await;
    let helper = agent(&test, &owner, "helper").await;
    let tool = private_tool(&test, &owner, "echo").await;
    private_tool(&test, &builder, "other").await;
    grants::give(test.system(), &owner, tool.id, to(Subject::agent(helper.id), P::Execute)).await.unwrap();
    let all = matrix(test.system(), &owner, &MatrixQuery::default()).await.unwrap();
    assert_eq!((all.tool_count, all.subject_count), (2, 3));
    let row = all.tools.iter().position(|row| row.id == tool.id).unwrap();
    let cell = |subject: Subject| &all.cells[row][all.subjects.iter().position(|one| one.subject == subject).unwrap()];
    let helper_cell = cell(Subject::agent(helper.id));
    assert_eq!(
        (helper_cell.level, helper_cell.granted, helper_cell.attached),
        (Level::None, Some(P::Execute), None),
        "granted, but not attached"
    );
    assert_eq!(cell(Subject::user(owner.user_id)).level, Level::Admin);
    assert_eq!(cell(Subject::user(builder.user_id)).level, Level::None);
    let own = matrix(test.system(), &builder, &MatrixQuery::default()).await.unwrap();
    assert_eq!(own.tools.iter().map(|tool| tool.name.as_str()).collect::<Vec<_>>(), ["other"]);
    let agents = MatrixQuery { subjects: "agent".to_owned(), tool: "ech".to_owned(), ..MatrixQuery::default() };
    let few = matrix(test.system(), &owner, &agents).await.unwrap();
    assert_eq!((few.tool_count, few.subject_count), (1, 1));
    assert!(tools::get(test.system(), &builder, tool.id).await.is_err());
}
