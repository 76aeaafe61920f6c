use super::{super::ended, draft, firings, hourly, new_trigger, published, runs, scene, send_with, started, trigger};
use serde_json::json;
use support::TestSystem;
use toolcrib::{
    Error,
    access::Role,
    audit::{self, AuditFilter},
    organizations::Organization,
    workflows::{
        get_run,
        triggers::{
            self, create, delete, get,
            rotate::{RotateSecret, rotate},
            update,
        },
    },
};

fn hook() -> serde_json::Value {
    json!({ "name": "Shop", "kind": "webhook" })
}

#[tokio::test(flavor = "multi_thread")]
async fn another_organization_sees_and_changes_nothing() {
    let (test, system, owner, workflow) = scene("acme").await;
    let (made, secret) = trigger(&system, &owner, workflow.id, hook()).await;
    let (_, stranger) = test.organization("globex").await;
    let theirs = published(&test, &system, &stranger, "orders").await;
    let none = |error: Error| matches!(error, Error::NotFound(_));
    for id in [workflow.id, theirs.id] {
        assert!(none(get::get(&system, &stranger, id, made.id).await.err().unwrap()));
        assert!(none(update::update(&system, &stranger, id, made.id, made.as_new()).await.err().unwrap()));
        assert!(none(delete::delete(&system, &stranger, id, made.id, None).await.err().unwrap()));
        assert!(none(rotate(&system, &stranger, id, made.id, &RotateSecret::default()).await.err().unwrap()));
        assert!(none(triggers::firings::firings(&system, &stranger, id, made.id, None, None).await.err().unwrap()));
    }
    assert!(none(get::list(&system, &stranger, workflow.id).await.err().unwrap()));
    assert!(none(create::create(&system, &stranger, workflow.id, new_trigger(hook())).await.err().unwrap()));
    assert!(get::list(&system, &stranger, theirs.id).await.unwrap().is_empty());
    // Beneath the use cases, too: the wall holds what forgets to ask.
    let mut tx = system.tenant(&stranger).await.unwrap();
    for table in ["workflow_triggers", "workflow_trigger_firings", "workflow_trigger_deliveries", "workflow_trigger_windows"] {
        let count: i64 =
            sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {table}"))).fetch_one(&mut *tx).await.unwrap();
        assert_eq!(count, 0, "{table}");
    }
    drop(tx);
    started(send_with(&system, &made, &secret.unwrap(), r#"{"order": "1"}"#).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_may_change_the_workflow_may_change_what_starts_it() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let system = super::super::server(&test, &super::Held::open());
    let workflow = published(&test, &system, &owner, "orders").await;
    let organization = Organization { id: organization.id, slug: organization.slug, name: organization.name };
    let (member, builder) = (test.member(&organization, Role::Member).await, test.member(&organization, Role::Builder).await);
    let refusal = |error: Error| matches!(error, Error::Forbidden(_) | Error::NotFound(_));
    for actor in [&member, &builder] {
        // Private: not to be seen.
        assert!(refusal(create::create(&system, actor, workflow.id, new_trigger(hook())).await.err().unwrap()));
    }
    sqlx::query("update workflows set visibility = 'public'").execute(test.owner()).await.unwrap();
    assert!(matches!(create::create(&system, &member, workflow.id, new_trigger(hook())).await.err().unwrap(), Error::Forbidden(_)));
    let (made, _) = trigger(&system, &builder, workflow.id, hook()).await;
    assert_eq!(get::list(&system, &member, workflow.id).await.unwrap().len(), 1, "who may see the workflow may see what starts it");
    assert!(refusal(rotate(&system, &member, workflow.id, made.id, &RotateSecret::default()).await.err().unwrap()));
    assert!(refusal(delete::delete(&system, &member, workflow.id, made.id, None).await.err().unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workflow_that_was_never_published_says_why_nothing_can_start_it() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let system = super::super::server(&test, &super::Held::open());
    let workflow = draft(&test, &system, &owner, "orders").await;
    let error = create::create(&system, &owner, workflow.id, new_trigger(hook())).await.err().unwrap();
    assert!(matches!(error, Error::Conflict { .. }) && error.told().contains("publish it first"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_from_an_older_state_a_second_name_and_another_kind_are_refused() {
    let (_test, system, owner, workflow) = scene("acme").await;
    let (made, _) = trigger(&system, &owner, workflow.id, hook()).await;
    let mut change = made.as_new();
    change.name = "Shop orders".into();
    let saved = update::update(&system, &owner, workflow.id, made.id, change.clone()).await.unwrap();
    assert_eq!((saved.name.as_str(), saved.revision, saved.address), ("Shop orders", 2, made.address.clone()));
    assert!(matches!(update::update(&system, &owner, workflow.id, made.id, change).await.err().unwrap(), Error::Stale(_)));
    assert!(matches!(delete::delete(&system, &owner, workflow.id, made.id, Some(1)).await.err().unwrap(), Error::Stale(_)));
    let second = new_trigger(json!({ "name": "Shop orders", "kind": "webhook" }));
    assert!(matches!(create::create(&system, &owner, workflow.id, second).await.err().unwrap(), Error::Conflict { field: Some(_), .. }));
    let mut other_kind = new_trigger(hourly(json!({})));
    other_kind.revision = 2;
    assert!(matches!(update::update(&system, &owner, workflow.id, made.id, other_kind).await.err().unwrap(), Error::Invalid(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trigger_that_is_deleted_leaves_its_runs_with_its_name_and_its_address_is_unknown() {
    let (test, system, owner, workflow) = scene("acme").await;
    let (made, secret) = trigger(&system, &owner, workflow.id, hook()).await;
    let secret = secret.unwrap();
    let run = started(send_with(&system, &made, &secret, r#"{"order": "1"}"#).await);
    ended(&system, &owner, run.id).await;
    assert_eq!(firings(&system, &owner, &made).await.len(), 1);
    delete::delete(&system, &owner, workflow.id, made.id, None).await.unwrap();
    let run = get_run::get_run(&system, &owner, run.id).await.unwrap();
    assert_eq!((run.trigger_id, run.trigger_name.as_deref()), (None, Some("Shop")));
    assert_eq!(runs(&system, &owner, workflow.id).await.len(), 1);
    let error = super::refused(send_with(&system, &made, &secret, "{}").await);
    assert!(matches!(error, Error::NotFound("webhook")), "{error}");
    let entries = audit::list::list(&system, &owner, &AuditFilter { action: Some("trigger".into()), ..AuditFilter::default() }, None, 50)
        .await
        .unwrap();
    let mut actions: Vec<&str> = entries.items.iter().map(|entry| entry.action.as_str()).collect();
    actions.sort_unstable();
    assert_eq!(actions, ["trigger.create", "trigger.delete"]);
    let _ = test;
}
