//! Two servers on one database, with the same draft open at each.

use super::new_workflow;
use serde_json::json;
use std::time::Duration;
use support::{MASTER_KEY, TestSystem};
use toolcrib::{
    access::Role,
    actor::Actor,
    clock::Clock,
    config::Config,
    keys::{MasterKeys, master::MasterKey},
    system::System,
    workflows::{
        NewWorkflow, UpdateWorkflow, Visibility, create,
        together::{
            Present, Told,
            here::here,
            join::{Seat, join},
        },
        update,
    },
};

/// Another server on the database of the test.
async fn second(test: &TestSystem) -> System {
    let pool = toolcrib::db::application_pool(test.database().options(), None, 6).await.unwrap();
    let config = Config::read(|_| None).unwrap();
    System::new(pool, Clock::system(), config, MasterKeys::of(MasterKey::parse(MASTER_KEY).unwrap(), None))
}

async fn next(seat: &mut Seat) -> Told {
    tokio::time::timeout(Duration::from_secs(30), seat.next()).await.expect("something is told").expect("it goes on")
}

/// Waits until as many are there.
async fn present(seat: &mut Seat, count: usize) -> Vec<Present> {
    loop {
        match next(seat).await {
            Told::State { present, .. } | Told::Present { present } if present.len() == count => return present,
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn those_at_another_server_are_seen_and_their_saves_are_told_at_once() {
    let test = TestSystem::new().await;
    let (organization, ada) = test.organization("acme").await;
    let bo: Actor = test.member(&organization, Role::Builder).await;
    let (here_system, there) = (test.system().clone(), second(&test).await);
    let nodes = vec![json!({"id": "wait", "type": "delay", "config": {"ms": 1}})];
    let new = NewWorkflow { visibility: Visibility::Public, ..new_workflow("shared", nodes, Vec::new()) };
    let workflow = create::create(&here_system, &ada, new).await.unwrap();

    let mut at_ada = join(&here_system, &ada, workflow.id, "a".to_owned()).await.unwrap();
    assert!(matches!(next(&mut at_ada).await, Told::State { revision: 1, .. }));
    let mut at_bo = join(&there, &bo, workflow.id, "b".to_owned()).await.unwrap();
    // Who came later learns of who was there already, and the other way round.
    assert_eq!(present(&mut at_bo, 2).await.len(), 2);
    assert_eq!(present(&mut at_ada, 2).await.len(), 2);
    here(&there, &bo, workflow.id, "b".to_owned(), Some("wait".to_owned())).await.unwrap();
    loop {
        if present(&mut at_ada, 2).await.iter().any(|one| one.tab == "b" && one.chosen.as_deref() == Some("wait")) {
            break;
        }
    }

    let change = UpdateWorkflow { revision: 1, description: Some("New".to_owned()), draft: true, ..UpdateWorkflow::default() };
    update::update(&there, &bo, workflow.id, change).await.unwrap();
    let saved = loop {
        if let Told::Saved { revision, user, name } = next(&mut at_ada).await {
            break (revision, user, name);
        }
    };
    assert_eq!(saved, (2, bo.user_id, bo.user_name.clone()));
    // A save that is refused is told to nobody.
    let late = UpdateWorkflow { revision: 1, description: Some("Late".to_owned()), draft: true, ..UpdateWorkflow::default() };
    assert!(update::update(&here_system, &ada, workflow.id, late).await.is_err());

    drop(at_bo);
    assert_eq!(present(&mut at_ada, 1).await[0].tab, "a");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_see_a_draft_neither_listens_to_it_nor_says_that_they_are_there() {
    let test = TestSystem::new().await;
    let (organization, ada) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let bo = test.member(&organization, Role::Builder).await;
    let cy = test.member(&organization, Role::Admin).await;
    let make = async |name: &str, visibility| {
        let nodes = vec![json!({"id": "wait", "type": "delay", "config": {"ms": 1}})];
        let new = NewWorkflow { visibility, ..new_workflow(name, nodes, Vec::new()) };
        create::create(test.system(), &ada, new).await.unwrap().id
    };
    let (shared, own) = (make("shared", Visibility::Public).await, make("own", Visibility::Private).await);
    for (who, workflow, sees) in [
        (&ada, own, true),
        (&cy, own, true),
        (&bo, shared, true),
        (&bo, own, false),
        (&stranger, shared, false),
        (&stranger, own, false),
        (&ada, toolcrib::ids::WorkflowId::new(), false),
    ] {
        let said = here(test.system(), who, workflow, "tab".to_owned(), None).await;
        let listens = join(test.system(), who, workflow, "tab".to_owned()).await.map(drop);
        for done in [said, listens] {
            match done {
                Ok(()) => assert!(sees, "{} must not see {workflow}", who.user_name),
                Err(error) => assert!(!sees && matches!(error, toolcrib::Error::NotFound("workflow")), "{}: {error}", who.user_name),
            }
        }
    }
}
