use crate::tools::{plain, script};
use serde_json::json;
use support::TestSystem;
use toolcrib::{
    Error,
    access::Role,
    agents::{self, NewAgent, NewAttachment},
    builtins::install::{id_of, install},
    executions::{ErrorClass, ExecuteRequest, Status, execute},
    ids::SessionId,
    tools::{self, ToolFilter, UpdateTool, Visibility},
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
