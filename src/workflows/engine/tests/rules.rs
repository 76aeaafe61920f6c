use super::*;
use crate::workflows::graph::{FieldKind, InputField, RetryPolicy};
use std::collections::BTreeSet;

/// The table at the top of the engine, as data: every status with every event.
#[test]
fn every_transition_of_the_table_is_as_it_says() {
    let plan = plan(vec![tool("a"), tool("b")], vec![edge("a", "b", &[])]);
    let pending = new(&plan);
    let (running, _) = begin(&plan);
    let waiting = RunState { status: RunStatus::Waiting, ..running.clone() };
    let (done_a, _) = transition(&plan, running.clone(), ok("a", json!({})), at(1));
    let (completed, _) = transition(&plan, done_a, ok("b", json!({})), at(2));
    let (failed_run, _) = transition(&plan, running.clone(), failed("a", 1), at(1));
    let (cancelled, _) = transition(&plan, running.clone(), Event::Cancel, at(1));
    let decision = Decision { approved: true, by: "Ada".to_owned(), note: String::new() };
    let events = [
        Event::Start,
        Event::Resume,
        ok("a", json!({})),
        Event::Due { call: call("a"), due: at(0) },
        Event::Decided { node: "a".to_owned(), decision },
        Event::Cancel,
    ];
    use RunStatus as S;
    let table: [(&RunState, [(S, usize); 6]); 6] = [
        // start, resume, finished, due, decided, cancel: status after it, and how many actions
        (&pending, [(S::Running, 1), (S::Running, 1), (S::Pending, 0), (S::Pending, 0), (S::Pending, 0), (S::Cancelled, 1)]),
        (&running, [(S::Running, 0), (S::Running, 1), (S::Running, 1), (S::Running, 0), (S::Running, 0), (S::Cancelled, 2)]),
        (&waiting, [(S::Waiting, 0), (S::Running, 1), (S::Running, 1), (S::Waiting, 0), (S::Waiting, 0), (S::Cancelled, 2)]),
        (&completed, [(S::Completed, 0); 6]),
        (&failed_run, [(S::Failed, 0); 6]),
        (&cancelled, [(S::Cancelled, 0); 6]),
    ];
    let mut covered = BTreeSet::new();
    for (state, row) in table {
        for (index, (status, actions)) in row.into_iter().enumerate() {
            let (after, done) = transition(&plan, state.clone(), events[index].clone(), at(9));
            assert_eq!((after.status, done.len()), (status, actions), "{:?} on {:?}", state.status, events[index]);
            covered.insert((state.status.as_str(), index));
        }
    }
    assert_eq!(covered.len(), RunStatus::ALL.len() * events.len());
}

#[test]
fn steps_that_wait_for_nothing_begin_together_and_a_join_waits_for_both() {
    let plan = plan(vec![tool("a"), tool("b"), tool("join")], vec![edge("a", "join", &[("x", "a")]), edge("b", "join", &[("x", "b")])]);
    let (state, actions) = begin(&plan);
    assert_eq!(started(&actions), ["a", "b"]);
    let (state, actions) = transition(&plan, state, ok("b", json!({ "x": 2 })), at(1));
    assert_eq!(started(&actions), Vec::<&str>::new());
    let (state, actions) = transition(&plan, state, ok("a", json!({ "x": 1 })), at(2));
    assert_eq!((started(&actions), given(&actions)), (vec!["join"], json!({ "a": 1, "b": 2 })));
    let (state, actions) = transition(&plan, state, ok("join", json!("done")), at(3));
    assert_eq!((state.status, state.output, actions), (RunStatus::Completed, Some(json!("done")), vec![Action::Finish]));
}

#[test]
fn a_failure_fails_the_run_after_independent_branches_ran_to_their_end() {
    let plan = plan(vec![tool("a"), tool("b"), tool("c")], vec![edge("a", "c", &[])]);
    let (state, _) = begin(&plan);
    let (state, _) = transition(&plan, state, failed("a", 1), at(1));
    assert_eq!((state.status, statuses(&state)), (RunStatus::Running, vec!["a:error".into(), "b:running".into(), "c:skipped".into()]));
    let (state, _) = transition(&plan, state, ok("b", json!(1)), at(2));
    assert_eq!((state.status, state.error.as_deref()), (RunStatus::Failed, Some("“a” failed: no answer")));
}

#[test]
fn a_failed_call_is_tried_again_after_longer_and_longer_waits() {
    let mut flaky = tool("a");
    flaky.config.retry = Some(RetryPolicy { max_attempts: 3, backoff_ms: 1_000, jitter: false });
    let plan = plan(vec![flaky], vec![]);
    let (state, _) = begin(&plan);
    let (state, actions) = transition(&plan, state, failed("a", 1), at(0));
    assert_eq!(wakes(&actions).1, at(1));
    let (state, _) = transition(&plan, state, Event::Due { call: call("a"), due: at(7) }, at(7));
    assert_eq!(state.nodes["a"].status, NodeStatus::Retrying, "a time that is not waited for changes nothing");
    let (state, actions) = transition(&plan, state, due(&actions), at(1));
    assert_eq!(started(&actions), ["a"]);
    let (state, actions) = transition(&plan, state, failed("a", 2), at(1));
    assert_eq!(wakes(&actions).1, at(3));
    let (state, _) = transition(&plan, state, due(&actions), at(3));
    let (state, _) = transition(&plan, state, failed("a", 3), at(3));
    assert_eq!((state.status, state.nodes["a"].attempts), (RunStatus::Failed, 3));
}

#[test]
fn jitter_is_between_half_and_all_of_the_wait_differs_by_run_and_is_the_same_for_the_same_run() {
    let mut flaky = tool("a");
    flaky.config.retry = Some(RetryPolicy { max_attempts: 2, backoff_ms: 10_000, jitter: true });
    let plan = plan(vec![flaky], vec![]);
    let wait = |seed: u64| {
        let (state, _) = transition(&plan, RunState::new(plan.definition(), Map::new(), seed), Event::Start, at(0));
        let (_, actions) = transition(&plan, state, failed("a", 1), at(0));
        (wakes(&actions).1 - at(0)).num_milliseconds()
    };
    let waits: BTreeSet<i64> = (0..200).map(wait).collect();
    assert!(waits.iter().all(|ms| (5_000..=10_000).contains(ms)), "{waits:?}");
    assert!(waits.len() > 100 && waits.first() < Some(&6_000) && waits.last() > Some(&9_000), "{waits:?}");
    assert_eq!(wait(3), wait(3));
}

#[test]
fn a_failure_that_cannot_be_helped_is_not_tried_again() {
    let mut flaky = tool("a");
    flaky.config.retry = Some(RetryPolicy { max_attempts: 3, backoff_ms: 1_000, jitter: false });
    let plan = plan(vec![flaky], vec![]);
    let (state, _) = begin(&plan);
    let (state, _) = transition(&plan, state, Event::failed(call("a"), 1, "invalid_input", "wrong", false), at(1));
    assert_eq!((state.status, state.nodes["a"].attempts), (RunStatus::Failed, 1));
}

#[test]
fn a_call_that_takes_too_long_is_stopped_and_its_late_answer_is_not_taken() {
    let mut slow = tool("a");
    slow.config.timeout_ms = Some(2_000);
    slow.config.retry = Some(RetryPolicy { max_attempts: 2, backoff_ms: 0, jitter: false });
    let plan = plan(vec![slow], vec![]);
    let (state, first) = begin(&plan);
    let (state, actions) = transition(&plan, state, due(&first), at(2));
    assert!(actions.contains(&Action::Stop { call: call("a") }), "{actions:?}");
    let (state, _) = transition(&plan, state, ok("a", json!("late")), at(3));
    let (state, again) = transition(&plan, state, due(&actions), at(3));
    assert_eq!(started(&again), ["a"]);
    let (state, _) = transition(&plan, state, ok("a", json!("later still")), at(3));
    assert_eq!(state.status, RunStatus::Running);
    let (state, _) = transition(&plan, state, due(&again), at(5));
    assert_eq!((state.status, state.error.as_deref()), (RunStatus::Failed, Some("“a” failed: It took longer than 2000 ms.")));
    assert_eq!(state.nodes["a"].error_class.as_deref(), Some("timeout"));
}

#[test]
fn a_node_may_fail_without_failing_the_run() {
    for settings in [
        json!({ "continueOnError": true, "defaultOutput": { "x": "stand-in" } }),
        json!({ "onError": "continue", "defaultOutput": { "x": "stand-in" } }),
    ] {
        let a = Node { config: serde_json::from_value(settings).expect("settings"), ..tool("a") };
        let plan = plan(vec![a, tool("b")], vec![edge("a", "b", &[("x", "x"), ("gone", "y")])]);
        let (state, _) = begin(&plan);
        let (state, actions) = transition(&plan, state, failed("a", 1), at(1));
        assert_eq!(given(&actions), json!({ "x": "stand-in" }));
        let (state, _) = transition(&plan, state, ok("b", json!(1)), at(2));
        assert_eq!(state.status, RunStatus::Completed);
    }
}

#[test]
fn an_output_that_lacks_a_mapped_field_fails_the_node_and_says_so() {
    let plan = plan(vec![tool("a"), tool("b")], vec![edge("a", "b", &[("rows[0].name", "name")])]);
    let (state, _) = begin(&plan);
    let (state, _) = transition(&plan, state, ok("a", json!({ "rows": [] })), at(1));
    assert_eq!(state.status, RunStatus::Failed);
    assert_eq!(state.error.as_deref(), Some("“b” failed: The input “name” takes “rows[0].name” of “a”, but its output has no such field."));
}

#[test]
fn an_output_of_ten_megabytes_fails_the_node_with_its_size() {
    let plan = plan(vec![tool("a")], vec![]);
    let (state, _) = begin(&plan);
    let (state, _) = transition(&plan, state, ok("a", json!("x".repeat(10 * 1024 * 1024))), at(1));
    assert_eq!(state.nodes["a"].error_class.as_deref(), Some("too_large"));
    assert!(state.error.as_deref().is_some_and(|error| error.contains("10.0 MB") && error.contains("5 MB at most")), "{:?}", state.error);
}

#[test]
fn input_and_output_nodes_carry_values_in_and_out_and_optional_inputs_may_be_missing() {
    let field = |name: &str| InputField {
        name: name.to_owned(),
        kind: FieldKind::String,
        required: false,
        description: String::new(),
        default: None,
    };
    let mut input = Node::new("in", NodeKind::Input);
    input.config.fields = vec![field("file"), field("note")];
    let plan = plan(
        vec![input, tool("a"), Node::new("out", NodeKind::Output)],
        vec![edge("in", "a", &[("file", "path"), ("note", "note")]), edge("a", "out", &[("rows[*].n", "numbers")])],
    );
    let (state, actions) = with_input(&plan, json!({ "file": "a.csv" }));
    assert_eq!(given(&actions), json!({ "path": "a.csv" }));
    let (state, _) = transition(&plan, state, ok("a", json!({ "rows": [{ "n": 1 }, { "n": 2 }] })), at(1));
    assert_eq!((state.status, state.output), (RunStatus::Completed, Some(json!({ "numbers": [1, 2] }))));
}

#[test]
fn expressions_feed_inputs_and_what_they_lack_is_said() {
    let b = Node {
        config: serde_json::from_value(json!({ "expressions": { "total": "a.price * a.count", "who": "input.name|upper" } }))
            .expect("settings"),
        ..tool("b")
    };
    let plan = plan(vec![tool("a"), b], vec![edge("a", "b", &[])]);
    let (state, _) = with_input(&plan, json!({ "name": "ada" }));
    let (_, actions) = transition(&plan, state.clone(), ok("a", json!({ "price": 2.5, "count": 4 })), at(1));
    assert_eq!(given(&actions), json!({ "total": 10.0, "who": "ADA" }));
    let (state, _) = transition(&plan, state, ok("a", json!({ "price": 2.5 })), at(1));
    assert!(
        state.error.as_deref().is_some_and(|error| error.starts_with("“b” failed: The input “total” cannot be made.")),
        "{:?}",
        state.error
    );
}

#[test]
fn a_late_or_repeated_result_changes_nothing() {
    let plan = plan(vec![tool("a"), tool("b")], vec![edge("a", "b", &[])]);
    let (state, _) = begin(&plan);
    let (state, _) = transition(&plan, state, ok("a", json!(1)), at(1));
    for late in [ok("a", json!(2)), failed("a", 1), failed("b", 7), ok("nobody", json!(1))] {
        let (after, actions) = transition(&plan, state.clone(), late, at(2));
        assert_eq!((after, actions), (state.clone(), vec![]));
    }
}

#[test]
fn notes_and_groups_are_not_known_to_a_run() {
    let mut definition = plan(vec![tool("a"), tool("b")], vec![edge("a", "b", &[("x", "x")])]).definition().clone();
    for (id, kind) in [("n", NodeKind::Note), ("g", NodeKind::Group)] {
        definition.nodes.push(Node::new(id, kind));
    }
    let plan = Plan::new(definition);
    let (state, actions) = begin(&plan);
    assert_eq!((started(&actions), state.nodes.keys().map(String::as_str).collect::<Vec<_>>()), (vec!["a"], vec!["a", "b"]));
    let (state, _) = transition(&plan, state, ok("a", json!({ "x": 1 })), at(1));
    let (state, _) = transition(&plan, state, ok("b", json!({ "y": 2 })), at(2));
    assert_eq!((state.status, state.output), (RunStatus::Completed, Some(json!({ "y": 2 }))), "the last step's output alone");
    let part = super::again::Part { until: Some("n".to_owned()), ..super::again::Part::default() };
    assert!(super::again::state(&plan, Map::new(), 7, None, &part).is_err(), "nothing is run up to a note");
}
