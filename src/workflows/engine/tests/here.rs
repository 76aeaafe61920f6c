//! Runs of a node and what follows it.

use super::again::{From, Part, from_here};
use super::*;
use std::collections::BTreeMap;

/// a → b → d, c → d, and e alone.
fn graph() -> Plan {
    plan(
        vec![tool("a"), tool("b"), tool("c"), tool("d"), tool("e")],
        vec![edge("a", "b", &[("x", "x")]), edge("b", "d", &[("x", "x")]), edge("c", "d", &[("x", "y")])],
    )
}

fn all_ran(plan: &Plan) -> RunState {
    let (mut state, _) = begin(plan);
    for (id, x) in [("a", 1), ("c", 3), ("b", 2), ("d", 4), ("e", 5)] {
        (state, _) = transition(plan, state, ok(id, json!({ "x": x })), at(1));
    }
    assert_eq!(state.status, RunStatus::Completed);
    state
}

fn here(plan: &Plan, id: &str, earlier: Option<&RunState>, part: Part) -> Result<(RunState, Vec<Action>), (String, String)> {
    let part = Part { from: From::Node(id.to_owned()), ..part };
    let state = from_here(plan, Map::new(), 7, earlier.map(|state| &state.nodes), (id, &part))?;
    Ok(transition(plan, state, Event::Start, at(9)))
}

#[test]
fn a_run_from_a_node_runs_it_and_what_follows_with_the_results_before_it_kept() {
    let plan = graph();
    let earlier = all_ran(&plan);
    let (state, actions) = here(&plan, "b", Some(&earlier), Part::default()).expect("a part");
    assert_eq!((started(&actions), given(&actions)), (vec!["b"], json!({ "x": 1 })));
    assert_eq!((state.nodes["a"].origin, state.nodes["e"].origin), (Some(Origin::Kept), Some(Origin::Kept)));
    let (state, actions) = transition(&plan, state, ok("b", json!({ "x": 20 })), at(10));
    assert_eq!((started(&actions), given(&actions)), (vec!["d"], json!({ "x": 20, "y": 3 })));
    let (state, actions) = transition(&plan, state, ok("d", json!({ "x": 40 })), at(11));
    assert_eq!((state.status, started(&actions)), (RunStatus::Completed, Vec::<&str>::new()));
}

#[test]
fn nothing_that_lies_before_is_run_so_what_is_missing_is_named() {
    let plan = graph();
    let (field, message) = here(&plan, "b", None, Part::default()).expect_err("missing");
    assert_eq!(field, "from");
    assert!(message.contains("“a”, “c”"), "what follows needs c as well: {message}");
    assert_eq!(here(&plan, "zz", None, Part::default()).expect_err("unknown"), ("from".to_owned(), "There is no step “zz”.".to_owned()));
}

#[test]
fn pins_stand_in_for_what_was_never_run() {
    let plan = graph();
    let pins = BTreeMap::from([("b".to_owned(), json!({ "x": "pinned" })), ("c".to_owned(), json!({ "x": 7 }))]);
    let (state, actions) = here(&plan, "d", None, Part { pins, ..Part::default() }).expect("a part");
    assert_eq!((started(&actions), given(&actions)), (vec!["d"], json!({ "x": "pinned", "y": 7 })));
    assert_eq!((state.nodes["a"].origin, state.nodes["e"].origin), (Some(Origin::LeftOut), Some(Origin::LeftOut)));
    let (state, _) = transition(&plan, state, ok("d", json!({ "x": 1 })), at(10));
    assert_eq!(state.status, RunStatus::Completed);
}

#[test]
fn from_and_to_make_a_stretch_of_the_graph() {
    let plan = graph();
    let earlier = all_ran(&plan);
    let part = Part { until: Some("b".to_owned()), ..Part::default() };
    let (state, actions) = here(&plan, "a", Some(&earlier), part).expect("a part");
    assert_eq!((started(&actions), state.nodes["d"].origin), (vec!["a"], Some(Origin::LeftOut)));
    let part = Part { until: Some("c".to_owned()), ..Part::default() };
    assert_eq!(here(&plan, "a", Some(&earlier), part).expect_err("aside").0, "until");
}

#[test]
fn a_branch_that_was_not_taken_is_no_missing_result_and_one_that_was_never_reached_is() {
    let choose = node("if", NodeKind::Condition, json!({ "when": "input.go" }));
    let join = node("join", NodeKind::Merge, json!({}));
    let plan = plan(
        vec![choose, tool("yes"), tool("no"), join, tool("last")],
        vec![
            by("if", "true", "yes", &[]),
            by("if", "false", "no", &[]),
            edge("yes", "join", &[("x", "x")]),
            edge("no", "join", &[("x", "x")]),
            edge("join", "last", &[("x", "x")]),
        ],
    );
    let (open, _) = with_input(&plan, json!({ "go": true }));
    let (stopped, _) = transition(&plan, open.clone(), Event::Cancel, at(1));
    let (_, message) = here(&plan, "last", Some(&stopped), Part::default()).expect_err("never reached");
    assert!(message.contains("“yes”") && !message.contains("“no”"), "{message}");
    let (earlier, _) = transition(&plan, open, ok("yes", json!({ "x": 1 })), at(1));
    let (_, actions) = here(&plan, "last", Some(&earlier), Part::default()).expect("a part");
    assert_eq!((started(&actions), given(&actions)), (vec!["last"], json!({ "x": 1 })));
}
