use super::again::{From, Part};
use super::*;
use std::collections::BTreeMap;

/// a → b → d, c alone: all have run but d, which failed.
fn failed_run() -> (Plan, RunState) {
    let plan = plan(vec![tool("a"), tool("b"), tool("c"), tool("d")], vec![edge("a", "b", &[("x", "x")]), edge("b", "d", &[("x", "x")])]);
    let (state, _) = begin(&plan);
    let (state, _) = transition(&plan, state, ok("a", json!({ "x": 1 })), at(1));
    let (state, _) = transition(&plan, state, ok("c", json!({ "x": 3 })), at(1));
    let (state, _) = transition(&plan, state, ok("b", json!({ "x": 2 })), at(1));
    let (state, _) = transition(&plan, state, failed("d", 1), at(1));
    assert_eq!(state.status, RunStatus::Failed);
    (plan, state)
}

fn again_from(plan: &Plan, earlier: &RunState, part: Part) -> (RunState, Vec<Action>) {
    let state = super::again::state(plan, Map::new(), 7, Some(&earlier.nodes), &part).expect("a part");
    transition(plan, state, Event::Start, at(9))
}

#[test]
fn a_failed_run_goes_on_from_what_failed_with_all_else_kept() {
    let (plan, earlier) = failed_run();
    let (state, actions) = again_from(&plan, &earlier, Part { from: From::Failure, ..Part::default() });
    assert_eq!((started(&actions), given(&actions)), (vec!["d"], json!({ "x": 2 })));
    assert_eq!(state.nodes["a"].origin, Some(Origin::Kept));
    let (state, _) = transition(&plan, state, ok("d", json!(4)), at(10));
    assert_eq!(state.status, RunStatus::Completed);
}

#[test]
fn a_run_begins_at_any_node_and_runs_what_depends_on_it() {
    let (plan, earlier) = failed_run();
    let (state, actions) = again_from(&plan, &earlier, Part { from: From::Node("b".to_owned()), ..Part::default() });
    assert_eq!((started(&actions), given(&actions)), (vec!["b"], json!({ "x": 1 })));
    assert_eq!(statuses(&state), ["a:success", "b:running", "c:success", "d:pending"]);
    assert!(
        super::again::state(&plan, Map::new(), 7, Some(&earlier.nodes), &Part { from: From::Node("z".to_owned()), ..Part::default() })
            .is_err()
    );
}

#[test]
fn a_run_up_to_a_node_runs_only_what_leads_to_it_and_gives_its_output() {
    let (plan, _) = failed_run();
    let part = Part { until: Some("b".to_owned()), ..Part::default() };
    let state = super::again::state(&plan, Map::new(), 7, None, &part).expect("a part");
    let (state, actions) = transition(&plan, state, Event::Start, at(0));
    assert_eq!(started(&actions), ["a"]);
    let (state, _) = transition(&plan, state, ok("a", json!({ "x": 1 })), at(1));
    let (state, _) = transition(&plan, state, ok("b", json!({ "x": 2 })), at(2));
    assert_eq!((state.status, &state.output), (RunStatus::Completed, &Some(json!({ "x": 2 }))));
    assert_eq!(state.nodes["d"].origin, Some(Origin::LeftOut));
}

#[test]
fn pinned_data_stands_in_for_a_node_and_what_lies_before_it_need_not_run() {
    let (plan, _) = failed_run();
    let pins = BTreeMap::from([("b".to_owned(), json!({ "x": "pinned" }))]);
    let part = Part { until: Some("d".to_owned()), pins, ..Part::default() };
    let state = super::again::state(&plan, Map::new(), 7, None, &part).expect("a part");
    let (state, actions) = transition(&plan, state, Event::Start, at(0));
    assert_eq!((started(&actions), given(&actions)), (vec!["d"], json!({ "x": "pinned" })));
    assert_eq!((state.nodes["b"].origin, state.nodes["a"].origin), (Some(Origin::Pinned), Some(Origin::LeftOut)));
    let (_, message) =
        super::again::state(&plan, Map::new(), 7, None, &Part { pins: BTreeMap::from([("z".to_owned(), json!(1))]), ..Part::default() })
            .expect_err("unknown");
    assert_eq!(message, "There is no step “z”.");
}

#[test]
fn branches_that_were_taken_are_taken_again_when_their_decision_is_kept() {
    let choose = node("if", NodeKind::Condition, json!({ "when": "input.go" }));
    let plan = plan(vec![choose, tool("yes"), tool("no")], vec![by("if", "true", "yes", &[]), by("if", "false", "no", &[])]);
    let (state, _) = with_input(&plan, json!({ "go": true }));
    let (earlier, _) = transition(&plan, state, failed("yes", 1), at(1));
    let (state, actions) = again_from(&plan, &earlier, Part { from: From::Failure, ..Part::default() });
    assert_eq!((started(&actions), state.nodes["no"].status), (vec!["yes"], NodeStatus::Skipped));
}
