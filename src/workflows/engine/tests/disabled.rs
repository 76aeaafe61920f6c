//! Steps that are switched off.

use super::again::{From, Part, from_here, state};
use super::*;

fn off(node: Node) -> Node {
    Node { disabled: true, ..node }
}

/// a → b (off) → c, with a field from each to c.
fn line() -> Plan {
    plan(
        vec![tool("a"), off(tool("b")), tool("c")],
        vec![edge("a", "b", &[("x", "x")]), edge("b", "c", &[("y", "y")]), edge("a", "c", &[("x", "x")])],
    )
}

#[test]
fn a_step_that_is_off_is_not_called_and_its_followers_run_without_its_fields() {
    let plan = line();
    let (state, actions) = begin(&plan);
    assert_eq!(started(&actions), ["a"]);
    let (state, actions) = transition(&plan, state, ok("a", json!({ "x": 1 })), at(1));
    assert_eq!((started(&actions), given(&actions)), (vec!["c"], json!({ "x": 1 })));
    let off = &state.nodes["b"];
    assert_eq!((off.status, off.origin, off.attempts, off.started_at), (NodeStatus::Skipped, Some(Origin::Disabled), 0, None));
    let (state, _) = transition(&plan, state, ok("c", json!({ "z": 3 })), at(2));
    assert_eq!((state.status, state.output), (RunStatus::Completed, Some(json!({ "z": 3 }))));
}

#[test]
fn a_step_that_is_off_waits_for_nothing_longer_than_its_followers_would() {
    // A delay that is off does not delay; an approval that is off asks nobody.
    let plan = plan(
        vec![
            off(node("wait", NodeKind::Delay, json!({ "ms": 60_000 }))),
            off(node("ask", NodeKind::Approval, json!({ "message": "?" }))),
            tool("last"),
        ],
        vec![edge("wait", "ask", &[]), edge("ask", "last", &[])],
    );
    let (state, actions) = begin(&plan);
    assert_eq!((state.status, started(&actions)), (RunStatus::Running, vec!["last"]));
}

#[test]
fn what_is_off_decides_nothing_so_none_of_its_branches_is_taken() {
    let plan = plan(
        vec![off(node("if", NodeKind::Condition, json!({ "when": "true" }))), tool("yes"), tool("no"), tool("after")],
        vec![by("if", "true", "yes", &[]), by("if", "false", "no", &[]), edge("if", "after", &[])],
    );
    let (state, actions) = begin(&plan);
    assert_eq!(started(&actions), ["after"]);
    assert_eq!(statuses(&state), ["after:running", "if:skipped", "no:skipped", "yes:skipped"]);
    assert_eq!((state.nodes["if"].origin, state.nodes["yes"].origin), (Some(Origin::Disabled), None));
}

#[test]
fn what_lies_on_a_branch_that_is_not_taken_is_skipped_past_a_step_that_is_off_too() {
    let plan = plan(
        vec![node("if", NodeKind::Condition, json!({ "when": "false" })), off(tool("a")), tool("b")],
        vec![by("if", "true", "a", &[]), edge("a", "b", &[])],
    );
    let (state, _) = begin(&plan);
    assert_eq!(
        (state.status, statuses(&state)),
        (RunStatus::Completed, vec!["a:skipped".to_owned(), "b:skipped".to_owned(), "if:success".to_owned()])
    );
    assert_eq!(state.nodes["a"].origin, None, "it would not have run in any case");
}

#[test]
fn nothing_past_a_failure_runs_though_a_step_between_them_is_off() {
    let plan = plan(vec![tool("a"), off(tool("b")), tool("c")], vec![edge("a", "b", &[]), edge("b", "c", &[])]);
    let (state, _) = begin(&plan);
    let (state, actions) = transition(&plan, state, failed("a", 1), at(1));
    assert_eq!((state.status, started(&actions)), (RunStatus::Failed, Vec::<&str>::new()));
}

#[test]
fn a_run_whose_last_step_is_off_gives_what_the_step_before_it_gave() {
    let plan = plan(vec![tool("a"), off(tool("b"))], vec![edge("a", "b", &[])]);
    let (state, _) = begin(&plan);
    let (state, _) = transition(&plan, state, ok("a", json!({ "x": 1 })), at(1));
    assert_eq!((state.status, state.output), (RunStatus::Completed, Some(json!({ "x": 1 }))));
}

#[test]
fn input_and_output_count_though_somebody_wrote_that_they_are_off() {
    let plan = plan(
        vec![off(node("in", NodeKind::Input, json!({ "fields": [{ "name": "x" }] }))), off(node("out", NodeKind::Output, json!({})))],
        vec![edge("in", "out", &[("x", "x")])],
    );
    let (state, _) = with_input(&plan, json!({ "x": 5 }));
    assert_eq!((state.status, state.output), (RunStatus::Completed, Some(json!({ "x": 5 }))));
}

#[test]
fn after_a_crash_a_run_goes_on_past_what_is_off_as_before() {
    let plan = line();
    let (state, _) = begin(&plan);
    let (state, _) = transition(&plan, state, ok("a", json!({ "x": 1 })), at(1));
    let stored = serde_json::to_value(&state).expect("JSON");
    let read: RunState = serde_json::from_value(stored).expect("a state");
    let (read, actions) = transition(&plan, read, Event::Resume, at(5));
    assert_eq!((started(&actions), given(&actions)), (vec!["c"], json!({ "x": 1 })));
    assert_eq!(read.nodes["b"].origin, Some(Origin::Disabled));
    let (read, _) = transition(&plan, read, ok("c", json!({})), at(6));
    assert_eq!(read.status, RunStatus::Completed);
}

#[test]
fn who_goes_on_after_a_failure_keeps_what_ran_past_a_step_that_is_off() {
    let plan =
        plan(vec![tool("a"), off(tool("b")), tool("c"), tool("d")], vec![edge("a", "b", &[]), edge("b", "c", &[]), edge("c", "d", &[])]);
    let (first, _) = begin(&plan);
    let (first, _) = transition(&plan, first, ok("a", json!({})), at(1));
    let (first, _) = transition(&plan, first, ok("c", json!({})), at(2));
    let (first, _) = transition(&plan, first, failed("d", 1), at(3));
    assert_eq!(first.status, RunStatus::Failed);
    let part = Part { from: From::Failure, ..Part::default() };
    let again = state(&plan, Map::new(), 7, Some(&first.nodes), &part).expect("a state");
    let (again, actions) = transition(&plan, again, Event::Start, at(9));
    assert_eq!(started(&actions), ["d"]);
    assert_eq!((again.nodes["b"].origin, again.nodes["c"].origin), (Some(Origin::Disabled), Some(Origin::Kept)));
    // From a node on: what is off needs no earlier result.
    let part = Part { from: From::Node("c".to_owned()), ..Part::default() };
    let here = from_here(&plan, Map::new(), 7, Some(&first.nodes), ("c", &part)).expect("a state");
    let (here, actions) = transition(&plan, here, Event::Start, at(9));
    assert_eq!((started(&actions), here.nodes["b"].origin), (vec!["c"], Some(Origin::Disabled)));
}

#[test]
fn what_is_off_now_gives_nothing_though_an_earlier_run_called_it() {
    let on = plan(vec![tool("a"), tool("b")], vec![edge("a", "b", &[("x", "x")])]);
    let (first, _) = begin(&on);
    let (first, _) = transition(&on, first, ok("a", json!({ "x": 1 })), at(1));
    let (first, _) = transition(&on, first, failed("b", 1), at(2));
    let now = plan(vec![off(tool("a")), tool("b")], vec![edge("a", "b", &[("x", "x")])]);
    let part = Part { from: From::Failure, ..Part::default() };
    let again = state(&now, Map::new(), 7, Some(&first.nodes), &part).expect("a state");
    let (_, actions) = transition(&now, again, Event::Start, at(9));
    assert_eq!((started(&actions), given(&actions)), (vec!["b"], json!({})));
}
