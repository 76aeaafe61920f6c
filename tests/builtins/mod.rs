mod outgoing;

use crate::tools::{plain, script};
use serde_json::json;
use support::TestSystem;
use toolcrib::{
    Error,
    access::Role,
    agents::{self, NewAgent, NewAttachment},
    builtins::{
        self, DEFINITIONS,
        install::{definition, id_of, install, install_as},
    },
    executions::{ErrorClass, ExecuteRequest, Status, execute},
    ids::SessionId,
    tools::{self, ToolFilter, ToolSort, UpdateTool, Visibility},
};

async fn with_platform_tools() -> TestSystem {
    let test = TestSystem::new().await;
    install(&test.database().options()).await.unwrap();
    test
}

#[tokio::test]
async fn every_organization_has_the_platform_tools_and_none_can_change_them() {
    let test = with_platform_tools().await;
    for name in ["acme", "globex"] {
        let (_, owner) = test.organization(name).await;
        let tool = tools::get(test.system(), &owner, id_of("calculate")).await.unwrap();
        assert_eq!((tool.organization_id, tool.visibility), (None, Visibility::Platform));
        let change = UpdateTool { description: Some("mine now".to_owned()), ..UpdateTool::default() };
        assert!(matches!(tools::update(test.system(), &owner, tool.id, change).await, Err(Error::Forbidden(_))));
        assert!(matches!(tools::delete(test.system(), &owner, tool.id).await, Err(Error::Forbidden(_))));
    }
}

#[tokio::test]
async fn installing_again_makes_no_version_and_a_changed_definition_makes_one() {
    let test = with_platform_tools().await;
    let (_, owner) = test.organization("acme").await;
    install(&test.database().options()).await.unwrap();
    let version = async || tools::get(test.system(), &owner, id_of("calculate")).await.unwrap().version;
    assert_eq!(version().await, 1);
    sqlx::query("update tools set description = 'from an older release' where name = 'calculate'").execute(test.owner()).await.unwrap();
    install(&test.database().options()).await.unwrap();
    assert_eq!(version().await, 2);
    let versions = tools::versions::versions(test.system(), &owner, id_of("calculate")).await.unwrap();
    assert_eq!(versions.iter().map(|version| version.version).collect::<Vec<_>>(), [2, 1]);
}

#[tokio::test]
async fn an_older_release_that_starts_later_leaves_the_newer_definitions_alone() {
    let test = with_platform_tools().await;
    let (_, owner) = test.organization("acme").await;
    let calculate = async || tools::get(test.system(), &owner, id_of("calculate")).await.unwrap();
    let of_release = |words: &str| {
        let mut tool = definition(builtins::find("calculate").unwrap());
        tool.description = words.to_owned();
        [tool].into_iter()
    };
    let database = test.database().options();
    install_as(&database, DEFINITIONS + 1, of_release("Newer.")).await.unwrap();
    assert_eq!(calculate().await.description, "Newer.");
    // This release, after a rolling update went back and forth.
    install(&database).await.unwrap();
    install_as(&database, DEFINITIONS, of_release("Older.")).await.unwrap();
    assert_eq!((calculate().await.description.as_str(), calculate().await.version), ("Newer.", 2));
    install_as(&database, DEFINITIONS + 2, of_release("Newest.")).await.unwrap();
    assert_eq!((calculate().await.description.as_str(), calculate().await.version), ("Newest.", 3));
}

/// When this fails: raise `DEFINITIONS`, and write down the new pair.
#[test]
fn a_change_of_what_the_platform_tools_are_raises_their_number() {
    let all: Vec<_> = builtins::all().iter().map(definition).collect();
    let fingerprint =
        toolcrib::random::hash(&serde_json::to_string(&all).unwrap())[..4].iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!((DEFINITIONS, fingerprint.as_str()), (1, "de3f91ce"));
}

#[tokio::test]
async fn each_organization_sees_its_own_calls_of_a_platform_tool() {
    let test = with_platform_tools().await;
    let (_, owner) = test.organization("acme").await;
    let (_, other) = test.organization("globex").await;
    let began = test.now();
    for _ in 0..2 {
        execute(test.system(), &owner, ExecuteRequest::new(id_of("calculate"), json!({"expression": "1 + 1"}))).await.unwrap();
    }
    // Refused calls are counted apart.
    execute(test.system(), &owner, ExecuteRequest::new(id_of("calculate"), json!({}))).await.unwrap();
    let listed = async |actor: &toolcrib::actor::Actor| {
        let filter = ToolFilter { sort: Some(ToolSort::Executions), descending: true, ..ToolFilter::default() };
        tools::list::list(test.system(), actor, filter).await.unwrap().items.into_iter().next().unwrap()
    };
    let first = listed(&owner).await;
    assert_eq!((first.name.as_str(), first.execution_count), ("calculate", 2));
    assert!(first.last_executed_at > Some(began));
    assert_eq!(tools::get(test.system(), &owner, id_of("calculate")).await.unwrap().execution_count, 2);
    let used = ToolFilter { used_since: Some(began), ..ToolFilter::default() };
    assert_eq!(tools::list::list(test.system(), &owner, used).await.unwrap().items.len(), 1);
    assert_eq!((listed(&other).await.execution_count, listed(&other).await.last_executed_at), (0, None));
    let (choices, _) = toolcrib::executions::who::choices(test.system(), &owner).await.unwrap();
    assert_eq!(choices.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [id_of("calculate")]);
}

#[tokio::test]
async fn a_platform_tool_runs_through_the_pipeline_like_any_other() {
    let test = with_platform_tools().await;
    let (_, owner) = test.organization("acme").await;
    let done = execute(test.system(), &owner, ExecuteRequest::new(id_of("calculate"), json!({"expression": "0.1 + 0.2"}))).await.unwrap();
    assert_eq!((done.status, done.outputs), (Status::Success, Some(json!({"result": "0.3", "number": 0.3}))));
    let failed = execute(test.system(), &owner, ExecuteRequest::new(id_of("calculate"), json!({"expression": "1 / 0"}))).await.unwrap();
    assert_eq!((failed.status, failed.error_class), (Status::InvalidInput, Some(ErrorClass::InvalidInput)));
    assert_eq!(failed.error_message.as_deref(), Some("Division by zero, at character 6 of “1 / 0”."));
}

#[tokio::test]
async fn a_search_finds_what_the_caller_may_use_and_nothing_of_others() {
    let test = with_platform_tools().await;
    let (acme, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let mut secret = plain("margin_report");
    secret.visibility = Visibility::Private;
    tools::create(test.system(), &owner, secret).await.unwrap();
    tools::create(test.system(), &stranger, plain("margin_other")).await.unwrap();
    let names = async |actor: &toolcrib::actor::Actor| {
        let done = execute(test.system(), actor, ExecuteRequest::new(id_of("search_tools"), json!({"query": "margin"}))).await.unwrap();
        done.outputs.unwrap()["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&owner).await, ["margin_report"]);
    assert_eq!(names(&test.member(&acme, Role::Member).await).await, Vec::<String>::new());
}

#[tokio::test]
async fn the_tools_that_followed_come_with_how_often_and_how_well() {
    let test = with_platform_tools().await;
    let (_, owner) = test.organization("acme").await;
    let load = tools::create(test.system(), &owner, plain("load")).await.unwrap();
    let report = tools::create(test.system(), &owner, plain("report")).await.unwrap();
    let broken =
        tools::create(test.system(), &owner, script("broken", "def main():\n    raise ValueError('no')\n", json!({}))).await.unwrap();
    for round in 0..3 {
        let session = SessionId::new();
        let made =
            sqlx::query("insert into agent_sessions (id, organization_id) values ($1, $2)").bind(session.0).bind(owner.organization_id.0);
        made.execute(test.owner()).await.unwrap();
        for tool in [load.id, if round == 2 { broken.id } else { report.id }] {
            execute(test.system(), &owner, ExecuteRequest { session_id: Some(session), ..ExecuteRequest::new(tool, json!({})) })
                .await
                .unwrap();
        }
    }
    let done = execute(test.system(), &owner, ExecuteRequest::new(id_of("find_next_tools"), json!({"after": "load"}))).await.unwrap();
    let found: Vec<_> = done.outputs.unwrap()["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| (tool["name"].as_str().unwrap().to_owned(), tool["frequency"].as_i64().unwrap(), tool["confidence"].as_f64().unwrap()))
        .collect();
    assert_eq!(found, [("report".to_owned(), 2, 0.2), ("broken".to_owned(), 1, 0.0)]);
}

#[tokio::test]
async fn an_agent_is_never_given_two_tools_of_one_name() {
    let test = with_platform_tools().await;
    let (_, owner) = test.organization("acme").await;
    let mine = tools::create(test.system(), &owner, plain("calculate")).await.unwrap();
    let agent = agents::create::create(test.system(), &owner, NewAgent { name: "helper".to_owned(), ..NewAgent::default() }).await.unwrap();
    let attach = async |tool| {
        let new: NewAttachment = serde_json::from_value(json!({"tool_id": tool})).unwrap();
        agents::attach::attach(test.system(), &owner, agent.id, new).await
    };
    attach(mine.id).await.unwrap();
    assert!(matches!(attach(id_of("calculate")).await, Err(Error::Conflict { .. })));
    let seen = tools::list(test.system(), &owner, ToolFilter { agent_id: Some(agent.id), ..ToolFilter::default() }).await.unwrap();
    assert_eq!(seen.items.len(), 1);
}
