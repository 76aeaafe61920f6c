//! Finding tools, agents and workflows by their names.

use crate::{agents::agent, tools::plain};
use support::TestSystem;
use toolcrib::{
    access::Role,
    actor::Actor,
    ids::McpServerId,
    openapi::{NewOpenapiDocument, add::add},
    search::{FoundKind, everything::everything},
    tools::{self, NewTool, Visibility},
    workflows::{self, NewWorkflow},
};

async fn tool(test: &TestSystem, actor: &Actor, name: &str, display_name: &str, visibility: Visibility) {
    let new = NewTool { display_name: display_name.to_owned(), visibility, ..plain(name) };
    tools::create(test.system(), actor, new).await.unwrap();
}

async fn workflow(test: &TestSystem, actor: &Actor, name: &str, visibility: workflows::Visibility) {
    let new = NewWorkflow {
        name: name.to_owned(),
        display_name: String::new(),
        description: String::new(),
        definition: Default::default(),
        visibility,
        draft: true,
    };
    workflows::create::create(test.system(), actor, new).await.unwrap();
}

async fn names(test: &TestSystem, actor: &Actor, text: &str) -> Vec<String> {
    everything(test.system(), actor, text).await.unwrap().into_iter().map(|found| found.name).collect()
}

#[tokio::test]
async fn what_begins_with_the_text_comes_first_then_the_shorter_name() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    for (name, display_name) in
        [("load_stock", "Load stock"), ("stock_levels_of_today", "Stock levels of today"), ("stock", "Stock"), ("weather", "Weather")]
    {
        tool(&test, &owner, name, display_name, Visibility::Public).await;
    }
    agent(&test, &owner, "stock_keeper").await;
    workflow(&test, &owner, "count_the_stock_again", workflows::Visibility::Public).await;
    let found = ["stock", "stock_keeper", "stock_levels_of_today", "load_stock", "count_the_stock_again"];
    assert_eq!(names(&test, &owner, " STOCK ").await, found);
    let kinds: Vec<FoundKind> = everything(test.system(), &owner, "stock").await.unwrap().into_iter().map(|one| one.kind).collect();
    assert_eq!(kinds, [FoundKind::Tool, FoundKind::Agent, FoundKind::Tool, FoundKind::Tool, FoundKind::Workflow]);
    // By the name with or without its underscores, by a part, and by what people read.
    assert_eq!(names(&test, &owner, "stock_k").await, ["stock_keeper"]);
    assert_eq!(names(&test, &owner, "stock k").await, ["stock_keeper"]);
    assert_eq!(names(&test, &owner, "levels of").await, ["stock_levels_of_today"]);
    // Nothing in the text has a meaning of its own.
    for nothing in ["", "   ", "%", "_", "'", "\\", "sto%"] {
        let expected: &[&str] =
            if nothing == "_" { &["stock_keeper", "load_stock", "stock_levels_of_today", "count_the_stock_again"] } else { &[] };
        let mut found = names(&test, &owner, nothing).await;
        let mut expected: Vec<String> = expected.iter().map(|name| (*name).to_owned()).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{nothing:?}");
    }
}

#[tokio::test]
async fn at_most_twelve_are_found_and_the_best_of_them() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    for n in 0..14 {
        tool(&test, &owner, &format!("other_tool_{n}"), &format!("Other tool {n}"), Visibility::Public).await;
    }
    tool(&test, &owner, "tool", "Tool", Visibility::Public).await;
    let found = names(&test, &owner, "tool").await;
    assert_eq!((found.len(), found[0].as_str()), (12, "tool"));
}

#[tokio::test]
async fn nobody_finds_what_they_may_not_see() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let member = test.member(&organization, Role::Member).await;
    let builder = test.member(&organization, Role::Builder).await;
    tool(&test, &owner, "secret_plan", "Secret plan", Visibility::Private).await;
    tool(&test, &owner, "open_plan", "Open plan", Visibility::Public).await;
    workflow(&test, &builder, "private_plan", workflows::Visibility::Private).await;
    workflow(&test, &owner, "public_plan", workflows::Visibility::Public).await;
    let keeper = agent(&test, &owner, "plan_keeper").await;
    agent(&test, &owner, "plan_reader").await;
    let sorted = async |actor: &Actor| {
        let mut found = names(&test, actor, "plan").await;
        found.sort();
        found
    };
    assert_eq!(sorted(&owner).await, ["open_plan", "plan_keeper", "plan_reader", "private_plan", "public_plan", "secret_plan"]);
    assert_eq!(sorted(&member).await, ["open_plan", "plan_keeper", "plan_reader", "public_plan"]);
    assert_eq!(sorted(&builder).await, ["open_plan", "plan_keeper", "plan_reader", "private_plan", "public_plan"]);
    assert!(sorted(&stranger).await.is_empty(), "the wall");
    let as_agent = Actor { agent_id: Some(keeper.id), ..owner.clone() };
    assert_eq!(sorted(&as_agent).await, ["plan_keeper", "public_plan"], "an agent finds itself and what is attached");
}

#[tokio::test]
async fn servers_documents_and_members_are_found_by_whom_their_pages_are_for() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let member = test.member(&organization, Role::Member).await;
    let builder = test.member(&organization, Role::Builder).await;
    sqlx::query("insert into mcp_servers (id, organization_id, name, transport, url) values ($1, $2, 'weather_west', 'streamable_http', 'https://west.example/mcp')")
        .bind(McpServerId::new().0)
        .bind(organization.id.0)
        .execute(test.owner())
        .await
        .unwrap();
    let text = serde_json::json!({"openapi": "3.1.0", "info": {"title": "West coast shop", "version": "1"}, "servers": [{"url": "https://shop.example"}],
        "paths": {"/items": {"get": {"operationId": "listItems", "responses": {"200": {"description": "ok"}}}}}});
    let shop = add(test.system(), &owner, NewOpenapiDocument { text: text.to_string(), ..NewOpenapiDocument::default() }).await.unwrap();
    sqlx::query("update users set name = 'Mae West' where id = $1").bind(member.user_id.0).execute(test.owner()).await.unwrap();

    let found = async |actor: &Actor| everything(test.system(), actor, "west").await.unwrap();
    let kinds = async |actor: &Actor| {
        let mut kinds: Vec<&str> = found(actor).await.into_iter().map(|found| found.kind.label()).collect();
        kinds.sort();
        kinds
    };
    assert_eq!(kinds(&owner).await, ["MCP server", "Member", "OpenAPI document"]);
    assert_eq!(kinds(&builder).await, ["MCP server", "Member", "OpenAPI document"]);
    assert_eq!(kinds(&member).await, ["Member", "OpenAPI document"], "the page of a server is for those who build");
    let agent = agent(&test, &owner, "reader").await;
    assert!(kinds(&Actor { agent_id: Some(agent.id), ..owner.clone() }).await.is_empty(), "agents have no pages");
    let (_, stranger) = test.organization("globex").await;
    assert!(kinds(&stranger).await.is_empty(), "the wall");

    let found = found(&member).await;
    let href = |kind: FoundKind| found.iter().find(|found| found.kind == kind).unwrap().href("acme");
    assert_eq!(href(FoundKind::Member), format!("/acme/members#member-{}", member.user_id));
    assert_eq!(href(FoundKind::OpenapiDocument), format!("/acme/openapi/{}", shop.document.id));
}

#[tokio::test]
async fn a_tool_says_whether_who_found_it_may_call_it() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let member = test.member(&organization, Role::Member).await;
    tool(&test, &owner, "open_plan", "Open plan", Visibility::Public).await;
    tool(&test, &owner, "shown_plan", "Shown plan", Visibility::Private).await;
    let granted = "insert into tool_grants (id, organization_id, tool_id, subject_type, subject_id, permission)
                   select gen_random_uuid(), organization_id, id, 'user', $1, 'read' from tools where name = 'shown_plan'";
    sqlx::query(granted).bind(member.user_id.0).execute(test.owner()).await.unwrap();
    let callable = async |actor: &Actor| {
        let found = everything(test.system(), actor, "plan").await.unwrap();
        found.into_iter().filter(|found| found.callable).map(|found| found.name).collect::<Vec<_>>()
    };
    assert_eq!(callable(&member).await, ["open_plan"]);
    sqlx::query("update tools set status = 'disabled' where name = 'open_plan'").execute(test.owner()).await.unwrap();
    assert_eq!(callable(&member).await, Vec::<String>::new());
    assert_eq!(callable(&owner).await, ["shown_plan"]);
}
