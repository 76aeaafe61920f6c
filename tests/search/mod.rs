//! Finding tools, agents and workflows by their names.

use crate::{agents::agent, tools::plain};
use support::TestSystem;
use toolcrib::{
    access::Role,
    actor::Actor,
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
