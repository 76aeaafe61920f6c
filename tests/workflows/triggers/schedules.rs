use super::{super::*, firings, hourly, new_trigger, next_hour, outcomes, published, runs, scene, trigger};
use chrono::TimeDelta;
use serde_json::json;
use support::TestSystem;
use toolcrib::{
    system::System,
    workflows::{
        cancel,
        engine::RunStatus,
        get_run,
        triggers::{Outcome, Trigger, due::fire_due, due::sweep, update},
    },
};

/// Held tools: a run goes on until the test lets it end.
async fn held(slug: &str, more: serde_json::Value) -> (TestSystem, System, Actor, Held, Trigger) {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization(slug).await;
    let tools = Held::default();
    let system = server(&test, &tools);
    let workflow = published(&test, &system, &owner, "orders").await;
    let (trigger, _) = trigger(&system, &owner, workflow.id, hourly(more)).await;
    (test, system, owner, tools, trigger)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_due_time_starts_a_run_with_the_fixed_input_that_names_its_trigger_and_the_version() {
    let (test, system, owner, workflow) = scene("acme").await;
    let (trigger, secret) = trigger(&system, &owner, workflow.id, hourly(json!({}))).await;
    assert!(secret.is_none() && trigger.address.is_none() && trigger.upcoming.len() == 5);
    assert_eq!(fire_due(&system).await.unwrap(), 0, "it is not due yet");
    next_hour(&test);
    assert_eq!(fire_due(&system).await.unwrap(), 1);
    let run = ended(&system, &owner, runs(&system, &owner, workflow.id).await[0].id).await;
    assert_eq!((run.status, run.source.as_str(), run.workflow_version), (RunStatus::Completed, "schedule", Some(1)));
    assert_eq!((run.trigger_id, run.trigger_name.as_deref()), (Some(trigger.id), Some("Every hour")));
    assert_eq!(run.input_data["order"], json!("A7"));
    let fired = &firings(&system, &owner, &trigger).await[0];
    assert_eq!((fired.outcome, fired.run_id, fired.due_at), (Outcome::Started, Some(run.id), trigger.next_due_at));
    let now = toolcrib::workflows::triggers::get::get(&system, &owner, workflow.id, trigger.id).await.unwrap();
    assert_eq!((now.last_run_id, now.next_due_at), (Some(run.id), trigger.next_due_at.map(|due| due + TimeDelta::hours(1))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_due_time_fires_once_though_many_servers_look_at_the_same_moment() {
    let (test, system, owner, workflow) = scene("acme").await;
    let (trigger, _) = trigger(&system, &owner, workflow.id, hourly(json!({ "overlap": "allow" }))).await;
    let servers: Vec<System> = (0..6).map(|_| server(&test, &Held::open())).collect();
    for hour in 1..=3 {
        next_hour(&test);
        let looks = servers.iter().map(|server| {
            let server = server.clone();
            tokio::spawn(async move { fire_due(&server).await.unwrap() })
        });
        let mut fired = 0;
        for look in looks.collect::<Vec<_>>() {
            fired += look.await.unwrap();
        }
        assert_eq!((fired, runs(&system, &owner, workflow.id).await.len()), (1, hour));
    }
    assert_eq!(outcomes(&system, &owner, &trigger).await, [Outcome::Started; 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_another_server_has_the_trigger_nothing_waits_and_nothing_is_fired() {
    let (test, system, owner, workflow) = scene("acme").await;
    let (trigger, _) = trigger(&system, &owner, workflow.id, hourly(json!({}))).await;
    next_hour(&test);
    let mut other = test.owner().begin().await.unwrap();
    sqlx::query("select from workflow_triggers where id = $1 for update").bind(trigger.id).execute(&mut *other).await.unwrap();
    assert_eq!(fire_due(&system).await.unwrap(), 0);
    // It dies: its transaction is gone, and the time is still due.
    other.rollback().await.unwrap();
    assert_eq!((fire_due(&system).await.unwrap(), runs(&system, &owner, workflow.id).await.len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_server_dies_when_it_was_just_fired_is_taken_up_and_not_fired_again() {
    let (test, system, owner, tools, trigger) = held("acme", json!({})).await;
    next_hour(&test);
    assert_eq!(fire_due(&system).await.unwrap(), 1);
    system.runner.abort();
    let run = runs(&system, &owner, trigger.workflow_id).await[0].id;
    lease_ends(test.owner(), run).await;
    let other = server(&test, &Held::open());
    assert_eq!(fire_due(&other).await.unwrap(), 0);
    other.runner.take_up(&other).await.unwrap();
    assert_eq!(ended(&other, &owner, run).await.status, RunStatus::Completed);
    assert_eq!(runs(&system, &owner, trigger.workflow_id).await.len(), 1);
    drop(tools);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_run_before_goes_on_a_due_time_is_skipped() {
    let (test, system, owner, tools, trigger) = held("acme", json!({ "overlap": "skip" })).await;
    for _ in 0..2 {
        next_hour(&test);
        fire_due(&system).await.unwrap();
    }
    assert_eq!(outcomes(&system, &owner, &trigger).await, [Outcome::Started, Outcome::Skipped]);
    assert_eq!(firings(&system, &owner, &trigger).await[0].reason, "The run before had not ended.");
    tools.release("a");
    ended(&system, &owner, runs(&system, &owner, trigger.workflow_id).await[0].id).await;
    next_hour(&test);
    fire_due(&system).await.unwrap();
    assert_eq!(outcomes(&system, &owner, &trigger).await, [Outcome::Started, Outcome::Skipped, Outcome::Started]);
}

#[tokio::test(flavor = "multi_thread")]
async fn due_times_wait_for_the_run_before_and_begin_one_after_the_other() {
    let (test, system, owner, tools, trigger) = held("acme", json!({ "overlap": "queue" })).await;
    for _ in 0..3 {
        next_hour(&test);
        fire_due(&system).await.unwrap();
    }
    assert_eq!(outcomes(&system, &owner, &trigger).await, [Outcome::Started, Outcome::Queued, Outcome::Queued]);
    assert_eq!(fire_due(&system).await.unwrap(), 0);
    for open in 1..=2 {
        let run = runs(&system, &owner, trigger.workflow_id).await[0].id;
        cancel::cancel(&system, &owner, run).await.unwrap();
        // Two servers see that it has ended.
        let other = server(&test, &tools);
        let (one, two) = tokio::join!(fire_due(&system), fire_due(&other));
        assert_eq!(one.unwrap() + two.unwrap(), 1);
        assert_eq!(runs(&system, &owner, trigger.workflow_id).await.len(), open + 1);
    }
    assert_eq!(outcomes(&system, &owner, &trigger).await, [Outcome::Started; 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_go_on_beside_each_other_or_the_earlier_one_is_cancelled() {
    for (overlap, first) in [("allow", RunStatus::Running), ("cancel", RunStatus::Cancelled)] {
        let (test, system, owner, tools, trigger) = held("acme", json!({ "overlap": overlap })).await;
        next_hour(&test);
        fire_due(&system).await.unwrap();
        tools.called("a", 1).await;
        let run = runs(&system, &owner, trigger.workflow_id).await[0].id;
        next_hour(&test);
        fire_due(&system).await.unwrap();
        tools.called("a", 2).await;
        assert_eq!(status(&system, &owner, run).await, first, "{overlap}");
        assert_eq!(outcomes(&system, &owner, &trigger).await, [Outcome::Started; 2]);
        if overlap == "cancel" {
            eventually("the call is stopped", || async { tools.was_stopped("a") }).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn times_at_which_no_server_was_there_are_left_out_made_up_once_or_up_to_a_number() {
    use Outcome::{Missed, Started};
    let cases = [
        (json!({ "missed": "skip" }), vec![Missed, Started], 5),
        (json!({ "missed": "once" }), vec![Missed, Started, Started], 4),
        (json!({ "missed": "all", "missed_most": 2 }), vec![Missed, Started, Started, Started], 3),
        (json!({ "missed": "all" }), vec![Started; 6], 0),
    ];
    for (settings, expected, left_out) in cases {
        let (test, system, owner, workflow) = scene("acme").await;
        let mut settings = settings;
        settings["overlap"] = json!("allow");
        let (trigger, _) = trigger(&system, &owner, workflow.id, hourly(settings.clone())).await;
        // Five hours without a server, and one that is back when the sixth is due.
        for _ in 0..6 {
            next_hour(&test);
        }
        fire_due(&system).await.unwrap();
        assert_eq!(outcomes(&system, &owner, &trigger).await, expected, "{settings}");
        let missed: i32 = firings(&system, &owner, &trigger).await.iter().filter(|f| f.outcome == Missed).map(|f| f.count).sum();
        assert_eq!(missed, left_out, "{settings}");
        assert_eq!(fire_due(&system).await.unwrap(), 0, "nothing is made up twice");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_disabled_is_not_due_and_begins_anew_when_it_is_enabled() {
    let (test, system, owner, workflow) = scene("acme").await;
    let (made, _) = trigger(&system, &owner, workflow.id, hourly(json!({ "missed": "all" }))).await;
    let mut change = made.as_new();
    change.is_enabled = false;
    let off = update::update(&system, &owner, workflow.id, made.id, change).await.unwrap();
    assert_eq!((off.next_due_at, off.upcoming.len(), off.revision), (None, 0, 2));
    next_hour(&test);
    next_hour(&test);
    assert_eq!(fire_due(&system).await.unwrap(), 0);
    let mut change = off.as_new();
    change.is_enabled = true;
    update::update(&system, &owner, workflow.id, made.id, change).await.unwrap();
    assert_eq!(fire_due(&system).await.unwrap(), 0, "what was due meanwhile is not made up");
    next_hour(&test);
    assert_eq!(fire_due(&system).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_no_member_any_more_starts_nothing_and_the_record_says_so() {
    let (test, system, owner, workflow) = scene("acme").await;
    let (organization, _) = (owner.organization_id, ());
    let workflow_id = workflow.id;
    sqlx::query("update workflows set visibility = 'public' where id = $1").bind(workflow_id).execute(test.owner()).await.unwrap();
    let organization = toolcrib::organizations::Organization { id: organization, slug: "acme".into(), name: "acme Ltd".into() };
    let builder = test.member(&organization, toolcrib::access::Role::Builder).await;
    let (made, _) = trigger(&system, &builder, workflow_id, hourly(json!({}))).await;
    sqlx::query("delete from memberships where user_id = $1").bind(builder.user_id).execute(test.owner()).await.unwrap();
    next_hour(&test);
    fire_due(&system).await.unwrap();
    assert_eq!(runs(&system, &owner, workflow_id).await.len(), 0);
    let seen = toolcrib::workflows::triggers::get::get(&system, &owner, workflow_id, made.id).await.unwrap();
    assert_eq!(seen.acts_as_name, None);
    assert!(seen.last_refusal.unwrap().contains("no member any more"));
    // Saved by somebody else, it acts as they.
    let saved = update::update(&system, &owner, workflow_id, made.id, made.as_new()).await.unwrap();
    assert_eq!(saved.acts_as, owner.user_id);
    next_hour(&test);
    fire_due(&system).await.unwrap();
    let run = &runs(&system, &owner, workflow_id).await[0];
    assert_eq!(get_run::get_run(&system, &owner, run.id).await.unwrap().user_id, Some(owner.user_id));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workflow_that_cannot_run_any_more_is_refused_at_each_due_time_and_the_schedule_goes_on() {
    let (test, system, owner, workflow) = scene("acme").await;
    let (made, _) = trigger(&system, &owner, workflow.id, hourly(json!({}))).await;
    sqlx::query("delete from tools").execute(test.owner()).await.unwrap();
    for _ in 0..2 {
        next_hour(&test);
        assert_eq!(fire_due(&system).await.unwrap(), 1);
    }
    assert_eq!(outcomes(&system, &owner, &made).await, [Outcome::Refused; 2]);
    assert!(!firings(&system, &owner, &made).await[0].reason.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn old_firings_are_forgotten_and_the_last_of_each_outcome_stays() {
    let (test, system, owner, workflow) = scene("acme").await;
    let (made, _) = trigger(&system, &owner, workflow.id, hourly(json!({ "overlap": "allow" }))).await;
    for _ in 0..3 {
        next_hour(&test);
        fire_due(&system).await.unwrap();
    }
    sweep(&system).await.unwrap();
    assert_eq!(firings(&system, &owner, &made).await.len(), 3);
    test.pass(TimeDelta::days(31));
    sweep(&system).await.unwrap();
    assert_eq!(firings(&system, &owner, &made).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pattern_that_is_none_a_zone_that_is_none_and_a_time_that_never_comes_are_refused() {
    let (_test, system, owner, workflow) = scene("acme").await;
    for (cron, zone, expected) in
        [("61 * * * *", "Mars/Olympus", vec!["/schedule/cron", "/schedule/time_zone"]), ("0 0 30 2 *", "UTC", vec!["/schedule/cron"])]
    {
        let new = new_trigger(hourly(json!({ "cron": cron, "time_zone": zone })));
        let error = toolcrib::workflows::triggers::create::create(&system, &owner, workflow.id, new).await.err().unwrap();
        let toolcrib::Error::Invalid(errors) = error else { panic!("{error}") };
        assert_eq!(errors.iter().map(|error| error.pointer.as_str()).collect::<Vec<_>>(), expected);
    }
}
