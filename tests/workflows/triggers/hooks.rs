use super::{super::ended, again, firings, new_trigger, published, refused, runs, scene, send, send_signed, send_with, started, trigger};
use chrono::TimeDelta;
use serde_json::json;
use toolcrib::{
    Error,
    workflows::{
        engine::RunStatus,
        triggers::{
            Outcome, SECRET_HEADER,
            due::sweep,
            rotate::{RotateSecret, rotate},
            update,
        },
    },
};

const BODY: &str = r#"{"order": "B2", "colour": "red"}"#;

fn webhook(more: serde_json::Value) -> serde_json::Value {
    json!({ "name": "Shop", "kind": "webhook", "webhook": more })
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_the_secret_starts_a_run_with_what_was_sent() {
    let (_test, system, owner, workflow) = scene("acme").await;
    let (hook, secret) = trigger(&system, &owner, workflow.id, webhook(json!({}))).await;
    let secret = secret.unwrap();
    let run = started(send_with(&system, &hook, &secret, BODY).await);
    let run = ended(&system, &owner, run.id).await;
    assert_eq!((run.status, run.source.as_str(), run.trigger_name.as_deref()), (RunStatus::Completed, "webhook", Some("Shop")));
    assert_eq!(serde_json::Value::Object(run.input_data), json!({ "order": "B2" }));
    let bearer = format!("Bearer {}", secret.expose());
    started(send(&system, &hook, &[("authorization", &bearer)], BODY).await);
    assert_eq!(firings(&system, &owner, &hook).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_secret_everything_is_answered_the_same_and_the_record_says_what_it_was() {
    let (_test, system, owner, workflow) = scene("acme").await;
    let (hook, secret) = trigger(&system, &owner, workflow.id, webhook(json!({}))).await;
    let mut told = Vec::new();
    told.push(refused(send(&system, &hook, &[], BODY).await).told());
    told.push(refused(send(&system, &hook, &[(SECRET_HEADER, "whsec_wrong")], "no json").await).told());
    let mut change = hook.as_new();
    change.is_enabled = false;
    update::update(&system, &owner, workflow.id, hook.id, change).await.unwrap();
    told.push(refused(send(&system, &hook, &[(SECRET_HEADER, "")], BODY).await).told());
    told.dedup();
    assert_eq!(told, ["The secret or the signature is missing or wrong."]);
    let with = refused(send_with(&system, &hook, &secret.unwrap(), BODY).await);
    assert!(matches!(with, Error::Conflict { .. }), "{with}");
    assert!(runs(&system, &owner, workflow.id).await.is_empty());
    let mut reasons: Vec<(String, i32)> =
        firings(&system, &owner, &hook).await.into_iter().map(|firing| (firing.reason, firing.count)).collect();
    reasons.sort();
    // Of one kind within a minute: one row.
    assert_eq!(reasons.iter().map(|(_, count)| count).sum::<i32>(), 4);
    for reason in ["A wrong secret was sent.", "No secret was sent.", "This trigger is disabled."] {
        assert!(reasons.iter().any(|(found, _)| found == reason), "{reasons:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_counts_for_its_time_and_body_and_within_the_tolerance_only() {
    let (test, system, owner, workflow) = scene("acme").await;
    let (hook, secret) = trigger(&system, &owner, workflow.id, webhook(json!({ "auth": "hmac", "tolerance_seconds": 60 }))).await;
    let secret = secret.unwrap();
    let now = test.now().timestamp();
    started(send_signed(&system, &hook, &secret, now, BODY).await);
    started(send_signed(&system, &hook, &secret, now - 50, BODY).await);
    for at in [now - 70, now + 70] {
        assert!(matches!(refused(send_signed(&system, &hook, &secret, at, BODY).await), Error::Unauthenticated(_)), "{at}");
    }
    // The secret itself opens nothing here, and a signature nothing but what it was made for.
    assert!(matches!(refused(send_with(&system, &hook, &secret, BODY).await), Error::Unauthenticated(_)));
    let signature = toolcrib::workflows::triggers::signature::sign(&secret, now, b"{}");
    let headers = [("x-toolcrib-timestamp", now.to_string()), ("x-toolcrib-signature", signature)];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert!(matches!(refused(send(&system, &hook, &headers, BODY).await), Error::Unauthenticated(_)));
    assert_eq!(runs(&system, &owner, workflow.id).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_counts_once_also_when_it_comes_to_many_servers_at_the_same_moment() {
    let (test, system, owner, workflow) = scene("acme").await;
    let (hook, secret) = trigger(&system, &owner, workflow.id, webhook(json!({ "auth": "hmac" }))).await;
    let secret = secret.unwrap();
    let now = test.now().timestamp();
    let servers: Vec<_> = (0..5).map(|_| super::super::server(&test, &super::Held::open())).collect();
    let sent = futures_all(servers.iter().map(|server| send_signed(server, &hook, &secret, now, BODY))).await;
    let (started, refused): (Vec<_>, Vec<_>) = sent.into_iter().partition(Result::is_ok);
    assert_eq!((started.len(), refused.len(), runs(&system, &owner, workflow.id).await.len()), (1, 4, 1));
    assert!(refused.into_iter().all(|refused| matches!(refused.map(|_| ()), Err(Error::Conflict { .. }))));
    // Later, too, and when what cannot come again was forgotten.
    test.pass(TimeDelta::seconds(200));
    sweep(&system).await.unwrap();
    assert!(matches!(super::refused(send_signed(&system, &hook, &secret, now, BODY).await), Error::Conflict { .. }));
    test.pass(TimeDelta::hours(1));
    sweep(&system).await.unwrap();
    let left: i64 = sqlx::query_scalar("select count(*) from workflow_trigger_deliveries").fetch_one(test.owner()).await.unwrap();
    assert_eq!(left, 0);
    assert!(matches!(super::refused(send_signed(&system, &hook, &secret, now, BODY).await), Error::Unauthenticated(_)));
}

async fn futures_all<T>(futures: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    use futures_util::StreamExt;
    futures.collect::<futures_util::stream::FuturesUnordered<_>>().collect().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_delivery_is_taken_once_and_answered_with_its_run() {
    let (_test, system, owner, workflow) = scene("acme").await;
    let (hook, secret) = trigger(&system, &owner, workflow.id, webhook(json!({}))).await;
    let secret = secret.unwrap();
    let named = |name: &'static str| [(SECRET_HEADER, secret.expose()), ("x-toolcrib-delivery", name)];
    let run = started(send(&system, &hook, &named("d1"), BODY).await);
    assert_eq!(again(send(&system, &hook, &named("d1"), BODY).await), run.id);
    assert_ne!(started(send(&system, &hook, &named("d2"), BODY).await).id, run.id);
    // What was refused may be sent again once it is right.
    assert!(matches!(refused(send(&system, &hook, &named("d3"), "{}").await), Error::Invalid(_)));
    started(send(&system, &hook, &named("d3"), BODY).await);
    assert_eq!(runs(&system, &owner, workflow.id).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn above_the_limit_it_is_said_when_there_is_room_again_and_then_there_is() {
    let (test, system, owner, workflow) = scene("acme").await;
    let (hook, secret) = trigger(&system, &owner, workflow.id, webhook(json!({ "rate_limit_per_minute": 2 }))).await;
    let secret = secret.unwrap();
    for _ in 0..2 {
        started(send_with(&system, &hook, &secret, BODY).await);
    }
    // What has no secret takes no room.
    refused(send(&system, &hook, &[], BODY).await);
    let Error::RateLimited { retry_after, .. } = refused(send_with(&system, &hook, &secret, BODY).await) else { panic!("it was taken") };
    assert!((55..=61).contains(&retry_after), "{retry_after}");
    test.pass(TimeDelta::seconds(i64::try_from(retry_after).unwrap()));
    started(send_with(&system, &hook, &secret, BODY).await);
    assert_eq!(runs(&system, &owner, workflow.id).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_rotation_both_secrets_count_for_a_while_and_then_the_new_one() {
    let (test, system, owner, workflow) = scene("acme").await;
    let (hook, old) = trigger(&system, &owner, workflow.id, webhook(json!({}))).await;
    let old = old.unwrap();
    let (rotated, new) = rotate(&system, &owner, workflow.id, hook.id, &RotateSecret { grace_seconds: Some(600) }).await.unwrap();
    assert_eq!(rotated.old_secret_until, Some(rotated.secret_changed_at.unwrap() + TimeDelta::seconds(600)));
    started(send_with(&system, &hook, &old, BODY).await);
    started(send_with(&system, &hook, &new, BODY).await);
    test.pass(TimeDelta::seconds(601));
    assert!(matches!(refused(send_with(&system, &hook, &old, BODY).await), Error::Unauthenticated(_)));
    started(send_with(&system, &hook, &new, BODY).await);
    let (_, newest) = rotate(&system, &owner, workflow.id, hook.id, &RotateSecret { grace_seconds: Some(0) }).await.unwrap();
    assert!(matches!(refused(send_with(&system, &hook, &new, BODY).await), Error::Unauthenticated(_)));
    started(send_with(&system, &hook, &newest, BODY).await);
    let too_long = rotate(&system, &owner, workflow.id, hook.id, &RotateSecret { grace_seconds: Some(604_801) }).await.err().unwrap();
    assert!(matches!(too_long, Error::Invalid(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_lies_encrypted_and_does_not_open_in_another_row() {
    let (test, system, owner, workflow) = scene("acme").await;
    let (hook, secret) = trigger(&system, &owner, workflow.id, webhook(json!({}))).await;
    let secret = secret.unwrap();
    for table in ["workflow_triggers", "audit_log"] {
        let rows: Vec<String> =
            sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select t::text from {table} t"))).fetch_all(test.owner()).await.unwrap();
        assert!(!rows.is_empty() && rows.iter().all(|row| !row.contains(secret.expose())), "{table}");
    }
    let (other, _) = trigger(&system, &owner, workflow.id, json!({ "name": "Other", "kind": "webhook" })).await;
    sqlx::query("update workflow_triggers o set secret_text = h.secret_text, secret_iv = h.secret_iv, secret_tag = h.secret_tag from workflow_triggers h where o.id = $1 and h.id = $2")
        .bind(other.id)
        .bind(hook.id)
        .execute(test.owner())
        .await
        .unwrap();
    assert!(matches!(refused(send_with(&system, &other, &secret, BODY).await), Error::Unavailable(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mapping_says_where_values_lie_and_what_does_not_fit_is_named() {
    let (_test, system, owner, workflow) = scene("acme").await;
    let mapping = json!([{ "field": "order", "from": "body.order.id" }, { "field": "count", "from": "headers[\"x-count\"]" }]);
    let (hook, secret) = trigger(&system, &owner, workflow.id, webhook(json!({ "mapping": mapping }))).await;
    let secret = secret.unwrap();
    let sent = |count: &'static str| [(SECRET_HEADER, secret.expose()), ("x-count", count)];
    let run = started(send(&system, &hook, &sent("3"), r#"{"order": {"id": "C3"}}"#).await);
    assert_eq!(serde_json::Value::Object(run.input_data), json!({ "order": "C3", "count": 3 }));
    let Error::Invalid(errors) = refused(send(&system, &hook, &sent("three"), r#"{"order": {}}"#).await) else { panic!("it was taken") };
    assert_eq!(errors.iter().map(|error| error.pointer.as_str()).collect::<Vec<_>>(), ["/input/order", "/input/count"]);
    assert_eq!(firings(&system, &owner, &hook).await[0].outcome, Outcome::Refused);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trigger_keeps_to_its_version_or_takes_the_newest() {
    let (test, system, owner, workflow) = scene("acme").await;
    let (newest, one) = trigger(&system, &owner, workflow.id, webhook(json!({}))).await;
    let new = json!({ "name": "Pinned", "kind": "webhook", "version": 1 });
    let (pinned, two) = trigger(&system, &owner, workflow.id, new).await;
    let change = toolcrib::workflows::UpdateWorkflow {
        revision: workflow.revision,
        definition: Some({
            let mut definition = workflow.definition.clone();
            definition.edges.iter_mut().for_each(|edge| edge.id = "f".into());
            definition
        }),
        ..Default::default()
    };
    let changed = toolcrib::workflows::update::update(&system, &owner, workflow.id, change).await.unwrap();
    let publish = toolcrib::workflows::Publish { revision: changed.revision, note: String::new() };
    toolcrib::workflows::publish::publish(&system, &owner, workflow.id, publish).await.unwrap();
    assert_eq!(started(send_with(&system, &newest, &one.unwrap(), BODY).await).workflow_version, Some(2));
    assert_eq!(started(send_with(&system, &pinned, &two.unwrap(), BODY).await).workflow_version, Some(1));
    let unknown = new_trigger(json!({ "name": "No such", "kind": "webhook", "version": 9 }));
    let error = toolcrib::workflows::triggers::create::create(&system, &owner, workflow.id, unknown).await.err().unwrap();
    assert!(matches!(error, Error::Invalid(_)), "{error}");
    let other = published(&test, &system, &owner, "others").await;
    // A secret opens its own trigger only.
    let (_, foreign) = trigger(&system, &owner, other.id, webhook(json!({}))).await;
    assert!(matches!(refused(send_with(&system, &pinned, &foreign.unwrap(), BODY).await), Error::Unauthenticated(_)));
}
